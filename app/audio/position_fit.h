// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace doubletalk::audio {

/// Line through (time, frames) of a clock that reports in steps: least squares with a memory of a
/// second. Real-time safe.
class PositionFit {
public:
    void add(std::int64_t time_ns, double frames) noexcept;
    void reset() noexcept { *this = {}; }
    [[nodiscard]] bool ready() const noexcept { return points_ >= kFirst; }
    [[nodiscard]] double at(std::int64_t time_ns) const noexcept;
    [[nodiscard]] double framesPerS() const noexcept { return slope_; }
    /// Standard deviation of the reports around the line.
    [[nodiscard]] double sigmaFrames() const noexcept;

private:
    static constexpr std::int64_t kFirst = 50;
    std::int64_t origin_ns_ = 0, points_ = 0;
    double origin_frames_ = 0.0;
    double w_ = 0, x_ = 0, y_ = 0, xx_ = 0, xy_ = 0, yy_ = 0;  ///< seen from the newest point
    double slope_ = 0.0, offset_ = 0.0;
};

}  // namespace doubletalk::audio
