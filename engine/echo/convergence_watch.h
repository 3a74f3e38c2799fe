// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "engine/core/frames.h"

namespace doubletalk::echo {

/// When echo was first 10 and 20 dB down over a trailing window of 250 ms of active echo, counted
/// from the onset of the far end. Thread: one at a time. Real-time safe.
class ConvergenceWatch {
public:
    /// One block of active echo: powers before and after the canceller.
    void add(BlockIndex block, double before, double after) noexcept;
    /// The far end is active; only the first call after restart() counts.
    void onset(BlockIndex block) noexcept {
        if (onset_ < 0) onset_ = block;
    }
    void restart() noexcept { *this = {}; }
    [[nodiscard]] double ms10() const noexcept { return ms10_; }  ///< NaN: not yet
    [[nodiscard]] double ms20() const noexcept { return ms20_; }

private:
    static constexpr int kWindowBlocks = 25;  // 250 ms

    std::array<double, kWindowBlocks> before_{}, after_{};
    std::int64_t blocks_ = 0;
    BlockIndex onset_ = -1;
    double ms10_ = std::numeric_limits<double>::quiet_NaN();
    double ms20_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace doubletalk::echo
