// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/active_level.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace doubletalk::room {
namespace {

constexpr int kThresholds = 32;  // 3 dB apart, from the loudest envelope down: a gain moves the
                                 // level by just that gain
constexpr double kStepDb = 3.0;
constexpr double kMarginDb = 15.9;
constexpr double kHangoverS = 0.2;
constexpr double kEnvelopeS = 0.03;

/// Two exponential averages of the size, one after the other.
struct Envelope {
    explicit Envelope(int rate_hz) : g(std::exp(-1.0 / (rate_hz * kEnvelopeS))) {}
    double next(float x) {
        p = g * p + (1.0 - g) * std::abs(double(x));
        q = g * q + (1.0 - g) * p;
        return q;
    }
    double g;
    double p = 0.0;
    double q = 0.0;
};

}  // namespace

double activeLevelDbfs(std::span<const float> samples, int rate_hz) {
    double energy = 0.0;
    double loudest = 0.0;
    Envelope first(rate_hz);
    for (const float x : samples) {
        energy += double(x) * x;
        loudest = std::max(loudest, first.next(x));
    }
    std::array<std::int64_t, kThresholds> active{};
    std::array<std::int64_t, kThresholds> hang{};
    const auto hangover = std::int64_t(std::ceil(kHangoverS * rate_hz));
    hang.fill(hangover);
    std::array<double, kThresholds> thresholds{};
    for (std::size_t j = 0; j < kThresholds; ++j) {
        thresholds[j] = loudest * std::pow(10.0, -kStepDb * double(j) / 20.0);
    }
    Envelope envelope(rate_hz);
    for (const float x : samples) {
        const double q = envelope.next(x);
        for (std::size_t j = 0; j < kThresholds; ++j) {
            if (q >= thresholds[j]) {
                ++active[j];
                hang[j] = 0;
            } else if (hang[j] < hangover) {
                ++active[j];
                ++hang[j];
            }
        }
    }
    // From quiet to loud, up to where speech lies just the margin above the threshold. (The other
    // way round a single loud sample, active once, would look like the answer.)
    if (!(energy > 0.0)) return -std::numeric_limits<double>::infinity();
    double last_level = 10.0 * std::log10(energy / double(samples.size()));
    double last_gap = std::numeric_limits<double>::infinity();
    for (std::size_t j = kThresholds; j-- > 0;) {
        if (active[j] == 0) break;
        const double level = 10.0 * std::log10(energy / double(active[j]));
        const double gap = level - 20.0 * std::log10(thresholds[j]) - kMarginDb;
        if (gap <= 0.0) {
            if (!std::isfinite(last_gap)) return level;
            return last_level + last_gap / (last_gap - gap) * (level - last_level);
        }
        last_level = level;
        last_gap = gap;
    }
    return last_level;
}

void setActiveLevel(std::vector<float>& samples, int rate_hz, double level_dbfs) {
    const double now = activeLevelDbfs(samples, rate_hz);
    if (!std::isfinite(now)) return;
    const auto gain = float(std::pow(10.0, (level_dbfs - now) / 20.0));
    for (float& x : samples) x *= gain;
}

}  // namespace doubletalk::room
