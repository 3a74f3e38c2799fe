// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace doubletalk::duplex {

/// How long blocks take to compute: longest, smoothed load, percentiles in fixed memory (bins of
/// 0.1 ms). Thread: one at a time. Real-time safe.
class BlockTimes {
public:
    /// One block took so long [ms].
    void add(double ms) noexcept;
    void reset() noexcept { *this = {}; }
    [[nodiscard]] double maxMs() const noexcept { return max_ms_; }
    /// Time for a block / its length, smoothed over about 20 blocks.
    [[nodiscard]] double loadRatio() const noexcept { return load_ratio_; }
    /// Upper edge of the bin that holds the percentile (0..100), at most maxMs(); NaN before the
    /// first block.
    [[nodiscard]] double percentileMs(double percent) const noexcept;

private:
    static constexpr double kBinMs = 0.1;
    static constexpr std::size_t kBins = 400;  // the last one holds all above

    std::array<std::int64_t, kBins> bins_{};
    std::int64_t count_ = 0;
    double max_ms_ = 0.0, load_ratio_ = 0.0;
};

}  // namespace doubletalk::duplex
