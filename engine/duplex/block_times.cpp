// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/block_times.h"

#include <cmath>
#include <limits>

#include "engine/core/frames.h"

namespace doubletalk::duplex {
namespace {

constexpr double kLoadSmoothing = 0.05;

}  // namespace

void BlockTimes::add(double ms) noexcept {
    ms = std::max(ms, 0.0);
    max_ms_ = std::max(max_ms_, ms);
    load_ratio_ += kLoadSmoothing * (ms / kBlockMs - load_ratio_);
    ++bins_[std::size_t(std::min(ms / kBinMs, double(kBins - 1)))];
    ++count_;
}

double BlockTimes::percentileMs(double percent) const noexcept {
    if (count_ == 0) return std::numeric_limits<double>::quiet_NaN();
    const auto rank =
        std::max(std::int64_t(std::ceil(0.01 * percent * double(count_))), std::int64_t{1});
    std::int64_t seen = 0;
    for (std::size_t bin = 0; bin + 1 < kBins; ++bin) {
        seen += bins_[bin];
        if (seen >= rank) return std::min(double(bin + 1) * kBinMs, max_ms_);
    }
    return max_ms_;
}

}  // namespace doubletalk::duplex
