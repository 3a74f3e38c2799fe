// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

namespace doubletalk::jitter {

/// Which delay to aim at: the one with the smallest sum of the impairments by delay and by late
/// packets (the two terms of G.107), over a slowly forgetting histogram of packet delays. Late
/// packets weigh so much that it rises within a few packets, and it falls at most kFallMsPerSecond.
/// Thread: one at a time. Real-time safe.
/// Ref: ITU-T G.107 sections 7.4 and 7.5.
class DelayTarget {
public:
    void prepare(double frame_ms, double start_ms, double min_ms, double max_ms) noexcept;
    void setLimits(double min_ms, double max_ms) noexcept;
    /// One packet arrived relative_ms above the running minimum.
    void add(double relative_ms) noexcept;
    [[nodiscard]] double targetMs() const noexcept { return target_ms_; }

private:
    static constexpr int kBins = 220;  ///< of kBinMs; the last one takes everything above
    static constexpr double kBinMs = 10.0;
    [[nodiscard]] double best() const noexcept;

    std::array<float, kBins> histogram_{};
    std::array<float, kBins> delay_cost_{};  ///< Idd and price at each upper edge
    double forget_ = 0.998;
    double fall_ms_ = 0.2;  ///< [ms] a packet
    double min_ms_ = 40.0, max_ms_ = 200.0, target_ms_ = 80.0;
};

/// G.107 impairment by delay for a playout delay on top of the base delay of METRICS.md.
[[nodiscard]] double delayImpairment(double playout_delay_ms);

}  // namespace doubletalk::jitter
