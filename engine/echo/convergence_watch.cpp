// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/convergence_watch.h"

#include <cmath>
#include <numeric>

namespace doubletalk::echo {

void ConvergenceWatch::add(BlockIndex block, double before, double after) noexcept {
    onset(block);
    const auto slot = std::size_t(blocks_++ % kWindowBlocks);
    before_[slot] = before;
    after_[slot] = after;
    if (blocks_ < kWindowBlocks) return;
    const double sum_before = std::accumulate(before_.begin(), before_.end(), 0.0);
    const double sum_after = std::accumulate(after_.begin(), after_.end(), 0.0);
    if (sum_before <= 0.0) return;
    const double ms = double(block + 1 - onset_) * kBlockMs;
    if (std::isnan(ms10_) && sum_before >= 10.0 * sum_after) ms10_ = ms;
    if (std::isnan(ms20_) && sum_before >= 100.0 * sum_after) ms20_ = ms;
}

}  // namespace doubletalk::echo
