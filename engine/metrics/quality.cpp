// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/metrics/quality.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace doubletalk::metrics {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kRestOfPathMs = 60.0;
constexpr double kIe = 0.0;
constexpr double kBpl = 25.1;
constexpr double kBurstR = 1.0;

double delayImpairment(double ta_ms) noexcept {
    if (ta_ms <= 100.0) return 0.0;
    const double x = std::log2(ta_ms / 100.0);
    return 25.0 * (std::pow(1.0 + std::pow(x, 6.0), 1.0 / 6.0) -
                   3.0 * std::pow(1.0 + std::pow(x / 3.0, 6.0), 1.0 / 6.0) + 2.0);
}

}  // namespace

double rFactor(double mean_delay_ms, double loss_percent) noexcept {
    const double loss_impairment =
        kIe + (95.0 - kIe) * loss_percent / (loss_percent / kBurstR + kBpl);
    return 93.2 - delayImpairment(kRestOfPathMs + mean_delay_ms) - loss_impairment;
}

double meanOpinionScore(double r) noexcept {
    if (r <= 0.0) return 1.0;
    return 1.0 + 0.035 * r + 7e-6 * r * (r - 60.0) * (100.0 - r);
}

void Rfc3550Jitter::add(double sent_ms, double arrived_ms) noexcept {
    const double transit_ms = arrived_ms - sent_ms;
    if (packets_ > 0) {
        difference_ms_ = transit_ms - last_transit_ms_;
        jitter_ms_ += (std::abs(difference_ms_) - jitter_ms_) / 16.0;
    }
    last_transit_ms_ = transit_ms;
    ++packets_;
}

double Rfc3550Jitter::jitterMs() const noexcept { return packets_ < 2 ? kMissing : jitter_ms_; }

double Rfc3550Jitter::lastDifferenceMs() const noexcept {
    return packets_ < 2 ? kMissing : difference_ms_;
}

// The first packet is rarely the fastest: half of the range lies below it.
DelayVariation::DelayVariation(double range_ms)
    : delays_(-range_ms, range_ms, std::max(1, int(4.0 * range_ms))) {}

void DelayVariation::add(double sent_ms, double arrived_ms) noexcept {
    const double delay_ms = arrived_ms - sent_ms;
    if (delays_.count() == 0) first_ms_ = delay_ms;
    delays_.add(delay_ms - first_ms_);
}

Summary DelayVariation::summary() const {
    Summary s = delays_.summary();
    const double least = s.min;
    for (double* v : {&s.p10, &s.p50, &s.p90, &s.p95, &s.p99, &s.p999, &s.mean, &s.min, &s.max}) {
        *v -= least;
    }
    return s;
}

void DelayVariation::reset() noexcept {
    delays_.reset();
    first_ms_ = 0.0;
}

}  // namespace doubletalk::metrics
