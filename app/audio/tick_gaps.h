// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace doubletalk::audio {

/// Distances of a timer's ticks, so that a late device thread is seen. Real-time safe.
class TickGaps {
public:
    void tick(std::int64_t now_ns) noexcept;
    void reset() noexcept { *this = {}; }
    [[nodiscard]] std::int64_t ticks() const noexcept { return ticks_; }
    [[nodiscard]] double maxMs() const noexcept { return double(max_ns_) * 1e-6; }
    /// Upper edge of the 0.1 ms bin; 100 ms and more count as 100. 0 without ticks.
    [[nodiscard]] double p99Ms() const noexcept;

private:
    std::array<std::int64_t, 1001> bins_{};
    std::int64_t last_ns_ = 0, max_ns_ = 0, ticks_ = 0;
};

}  // namespace doubletalk::audio
