// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace doubletalk::echo {

/// Line fitted over pairs (captured frames, played frames): capture clock → playback clock. Least
/// squares with a memory of 40 s (4000 observations). A clock that skipped (a server that dropped
/// or inserted audio) is a step: before and after it the line has one slope and two places. What
/// comes back within half a second is a burst and counts for nothing. Where both sides come in
/// fragments (a saw-tooth: steps alike, at one distance) the fit begins anew and only what is
/// beyond a fragment is a step, until nothing jumps for 25 s.
/// Positions never
/// jump except by such a step, or once where what was followed before was a saw-tooth; the ratio
/// never does: the line starts as whole frames at ratio 1 and, once the slope is
/// known, follows the fit. Thread: worker. Real-time safe.
class ClockMap {
public:
    /// fragment_frames: 10 ms, one block.
    explicit ClockMap(int fragment_frames = 160) noexcept : fragment_frames_(fragment_frames) {}
    /// Called once a block with the running totals of both clocks.
    void observe(std::int64_t captured_frames, std::int64_t played_frames) noexcept;
    /// Captured time that no device captured (a made-up block; negative: a dropped one): both
    /// clocks stay as they are to each other.
    void skip(std::int64_t captured_frames) noexcept;
    void reset() noexcept { *this = ClockMap(fragment_frames_); }
    /// Playback frames per capture frame; exactly 1 until the slope is known well enough: beyond
    /// 3 ppm, its 3 sigma and what counting whole frames can feign.
    [[nodiscard]] double ratio() const noexcept { return ratio_; }
    /// Playback position of a capture position.
    [[nodiscard]] double playbackPosition(double capture_frame) const noexcept;
    /// [playback frames] How far the fit's place is from the line's, which follows it slowly.
    [[nodiscard]] double lagFrames() const noexcept { return lag_frames_; }
    /// (slope of the fit - 1) * 1e6; NaN before 2 s of data (200 observations).
    [[nodiscard]] double driftPpm() const noexcept;
    /// Half of the 95 % confidence interval, NaN before 2 s of data.
    [[nodiscard]] double driftConfidencePpm() const noexcept;

private:
    void shiftOrigin(double captured, double excess) noexcept;
    [[nodiscard]] double weight() const noexcept;
    void forget() noexcept;
    void fit() noexcept;
    bool watching(double residual) noexcept;
    void beginWatch() noexcept;
    void absorbStep(double step) noexcept;
    void countTeeth(double step) noexcept;
    [[nodiscard]] bool isSaw() const noexcept;
    void fitAnew(bool in_fragments) noexcept;
    [[nodiscard]] double leastStep() const noexcept;
    void steer(double captured) noexcept;

    /// Weighted sums since the last step over x = captured and u = played - captured, both seen
    /// from the newest observation, so that they stay small however long the run is.
    double sum_w_ = 0.0, sum_x_ = 0.0, sum_xx_ = 0.0, sum_u_ = 0.0, sum_xu_ = 0.0, sum_uu_ = 0.0;
    /// Of the time before it: sums about each stretch's own mean.
    double before_xx_ = 0.0, before_xu_ = 0.0, before_uu_ = 0.0;
    double free_ = 0.0;  ///< observations in all these, less one for each step
    std::int64_t last_captured_ = 0, last_played_ = 0;
    std::int64_t observations_ = 0;
    double first_captured_ = 0.0;

    double slope_ = 0.0;        ///< of the fit, minus 1
    double offset_ = 0.0;       ///< of the fit at the newest observation
    double slope_sigma_ = 0.0;  ///< with the correlation of the residuals allowed for
    double residual_sq_ = 0.0;  ///< smoothed squares and neighbour products of the residuals
    double residual_lag_ = 0.0;
    double last_residual_ = 0.0;
    double mean_residual_ = 0.0,
           spread_sq_ = 0.0;  ///< of the last second, and their spread about it

    /// Observations off the line are watched until they agree on where they are.
    int watched_ = 0;  ///< 0: nothing is off
    double watch_sum_ = 0.0, watch_sq_ = 0.0;
    int agreeing_ = 0;  ///< the newest so many, which lie together
    double agreed_sum_ = 0.0;

    int fragment_frames_;
    bool in_fragments_ = false;  ///< seen: what lies within one is no step
    bool too_steep_ = false;     ///< the fit, for two audio clocks
    int teeth_ = 0;              ///< small steps alike in a row
    std::int64_t last_tooth_ = 0, tooth_distance_ = 0;
    double tooth_step_ = 0.0;
    std::int64_t smooth_ = 0;  ///< observations since the last jump
    bool begun_ = false;

    bool following_ = false;
    int significant_ = 0;  ///< observations in a row with a significant slope
    double ratio_ = 1.0;
    double lag_frames_ = 0.0;
    double line_captured_ = 0.0, line_played_ = 0.0;  ///< a point of the line in use
};

}  // namespace doubletalk::echo
