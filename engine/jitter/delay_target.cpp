// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/delay_target.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::jitter {
namespace {

constexpr double kBaseDelayMs = 60.0;
constexpr double kMemoryMs = 6000.0;
/// The rating hardly minds the first 80 ms; talkers do, so every ms must earn a little.
constexpr double kPricePerMs = 0.03;
/// Share of packets that the starting value takes for late below itself.
constexpr float kStartDoubt = 0.004F;
constexpr double kFallMsPerSecond = 10.0;
constexpr double kPacketLossRobustness = 25.1;  ///< Bpl
constexpr double kMaxImpairment = 95.0;

}  // namespace

double delayImpairment(double playout_delay_ms) {
    const double total_ms = kBaseDelayMs + playout_delay_ms;
    if (total_ms <= 100.0) return 0.0;
    const double x = std::log2(total_ms / 100.0);
    return 25.0 * (std::pow(1.0 + std::pow(x, 6.0), 1.0 / 6.0) -
                   3.0 * std::pow(1.0 + std::pow(x / 3.0, 6.0), 1.0 / 6.0) + 2.0);
}

void DelayTarget::prepare(double frame_ms, double start_ms, double min_ms, double max_ms) noexcept {
    histogram_.fill(0.0F);
    for (int i = 0; i < kBins; ++i) {
        delay_cost_[i] =
            static_cast<float>(delayImpairment(kBinMs * (i + 1)) + kPricePerMs * kBinMs * (i + 1));
    }
    forget_ = std::exp(-frame_ms / kMemoryMs);
    fall_ms_ = kFallMsPerSecond * frame_ms / 1000.0;
    target_ms_ = start_ms;
    setLimits(min_ms, max_ms);
    // The starting value holds until the first seconds have been measured.
    const int bin = std::clamp(static_cast<int>(target_ms_ / kBinMs) - 1, 0, kBins - 1);
    histogram_[bin] = kStartDoubt;
    histogram_[0] += 1.0F - kStartDoubt;
}

void DelayTarget::setLimits(double min_ms, double max_ms) noexcept {
    min_ms_ = std::min(min_ms, max_ms);
    max_ms_ = max_ms;
    target_ms_ = std::clamp(target_ms_, min_ms_, max_ms_);
}

double DelayTarget::best() const noexcept {
    double late = 0.0;  // share above the bin's upper edge
    for (const float share : histogram_) late += share;
    const double all = late;
    double best_cost = 1e9;
    double best_ms = max_ms_;
    for (int i = 0; i < kBins; ++i) {
        late -= histogram_[i];
        const double edge_ms = kBinMs * (i + 1);
        if (edge_ms < min_ms_) continue;
        if (edge_ms > max_ms_) break;
        const double percent = 100.0 * std::max(late, 0.0) / all;
        const double cost =
            delay_cost_[i] + kMaxImpairment * percent / (percent + kPacketLossRobustness);
        if (cost < best_cost - 1e-6) {
            best_cost = cost;
            best_ms = edge_ms;
        }
    }
    return std::clamp(best_ms, min_ms_, max_ms_);
}

void DelayTarget::add(double relative_ms) noexcept {
    const auto bin =
        static_cast<std::size_t>(std::clamp(relative_ms / kBinMs, 0.0, double(kBins - 1)));
    const auto keep = static_cast<float>(forget_);
    for (float& share : histogram_) share *= keep;
    histogram_[bin] += 1.0F - keep;
    const double wanted_ms = best();
    target_ms_ = std::max(wanted_ms, target_ms_ - fall_ms_);
    target_ms_ = std::clamp(target_ms_, min_ms_, max_ms_);
}

}  // namespace doubletalk::jitter
