// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/clock_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace doubletalk::echo {
namespace {

constexpr double kForget = 1.0 - 1.0 / 4000.0;
constexpr std::int64_t kFirstFit = 200;  ///< observations before there is a slope: 2 s
constexpr int kSureFor = 50;             ///< observations a slope must stay significant
constexpr double kMinDrift = 3e-6;
constexpr double kSigmas = 3.0;
/// Rounding to whole frames (±0.5) can feign a slope of up to 3 * 0.5 / length.
constexpr double kRounding = 1.5;
constexpr double kResidualForget = 0.99;
constexpr double kSlew = 0.02;     ///< per observation: half a second to reach the fit
constexpr double kPull = 1e-6;     ///< per frame of distance between the line and the fit
constexpr double kMaxPull = 2e-6;  ///< slow on purpose: a canceller follows 2 ppm, not 50
constexpr int kWatchFor = 20;
/// A line that is off by so much of what one observation captures, for three seconds.
constexpr double kOffShare = 0.2;
constexpr int kOffLong = 300;
constexpr double kOffGrowth = 0.25;
constexpr std::int64_t kSureAfter = 500;
constexpr double kImpossible = 3e-3;
constexpr double kMostDrift = 1e-3;  ///< no two audio clocks differ by more
/// A burst raises the threshold of a step; it sinks again within seconds.
constexpr double kLeastStep = 16.0;
constexpr double kThresholdForget = 0.998;
constexpr double kOffForget = 0.95;

}  // namespace

void ClockMap::shiftOrigin(double captured, double excess) noexcept {
    sum_xx_ += captured * (captured * sum_w_ - 2.0 * sum_x_);
    sum_xu_ += captured * excess * sum_w_ - excess * sum_x_ - captured * sum_u_;
    sum_uu_ += excess * (excess * sum_w_ - 2.0 * sum_u_);
    sum_x_ -= captured * sum_w_;
    sum_u_ -= excess * sum_w_;
}

void ClockMap::fit() noexcept {
    const double mean_x = sum_x_ / sum_w_;
    const double mean_u = sum_u_ / sum_w_;
    const double xx = sum_xx_ - sum_x_ * mean_x;
    if (xx <= 0.0 || observations_ < 3) {
        slope_ = 0.0;
        offset_ = mean_u;
        return;
    }
    const double xu = sum_xu_ - sum_x_ * mean_u;
    slope_ = xu / xx;
    offset_ = mean_u - slope_ * mean_x;

    const double residual = -offset_;  // the newest observation is the origin
    residual_sq_ = kResidualForget * residual_sq_ + (1.0 - kResidualForget) * residual * residual;
    residual_lag_ =
        kResidualForget * residual_lag_ + (1.0 - kResidualForget) * residual * last_residual_;
    last_residual_ = residual;
    // Rounding errors run in ramps, device bursts in patterns: neighbours are not independent.
    const double correlation =
        residual_sq_ > 0.0 ? std::clamp(residual_lag_ / residual_sq_, 0.0, 0.99) : 0.0;
    const double squares = std::max(0.0, sum_uu_ - sum_u_ * mean_u - slope_ * xu);
    const double variance = squares / std::max(1.0, sum_w_ - 2.0);
    slope_sigma_ = std::sqrt(variance / xx * (1.0 + correlation) / (1.0 - correlation));
}

/// True while this observation must stay out of the fit. A skipped buffer moves the difference of
/// the clocks for good; a burst comes back.
bool ClockMap::stepping(std::int64_t moved, double excess_residual) noexcept {
    step_threshold_ = std::max(kLeastStep, kThresholdForget * step_threshold_);
    if (watching_ == 0) {
        if (observations_ < 10 ||
            std::abs(double(moved)) < std::max(step_threshold_, 6.0 * std::sqrt(residual_sq_)))
            return false;
        watching_ = kWatchFor;
        watch_sum_ = 0.0;
        watch_size_ = double(moved);
    }
    watch_sum_ += excess_residual;
    if (--watching_ > 0) return true;
    const double moved_by =
        watch_sum_ / kWatchFor;  // the fit lies in the middle of what was before
    if (moved_by * watch_size_ > 0.5 * watch_size_ * watch_size_) {
        absorbStep(std::round(moved_by));
    } else {
        step_threshold_ = std::max(step_threshold_, 1.5 * std::abs(watch_size_));
    }
    return true;
}

void ClockMap::absorbStep(double step) noexcept {
    // Everything seen so far moves by the step: the slope stays, the line jumps once, by whole
    // frames.
    sum_xu_ += step * sum_x_;
    sum_uu_ += step * (step * sum_w_ + 2.0 * sum_u_);
    sum_u_ += step * sum_w_;
    offset_ += step;
    line_played_ += step;
}

/// A step that came in pieces, or beside a burst, was not seen as one: the line is off, for long.
/// True while this observation must stay out of the fit.
bool ClockMap::lineIsOff(double captured, double excess_residual) noexcept {
    if (mean_captured_ == 0.0) mean_captured_ = captured;
    if (captured > 0.0) mean_captured_ += (1.0 - kOffForget) * (captured - mean_captured_);
    off_ = kOffForget * off_ + (1.0 - kOffForget) * excess_residual;
    // Beyond what the device's own bursts do.
    const double usual = std::max(kOffShare * mean_captured_, std::sqrt(residual_sq_));
    const bool far = observations_ > kSureAfter && std::abs(off_) > usual;
    const bool watched = off_for_ < 0 || (far && std::abs(slope_) < kMostDrift);
    off_for_ = watched ? off_for_ + 1 : 0;
    if (off_for_ == kOffLong / 2) off_half_ = off_;
    if (off_for_ < kOffLong) return off_for_ > 0;
    // A step stays where it is; what goes on growing is a slope still to be learnt.
    if (std::abs(off_ - off_half_) < kOffGrowth * std::abs(off_)) {
        absorbStep(std::round(off_));
        off_ = 0.0;
    }
    off_for_ = -kOffLong;
    return false;
}

/// A beginning full of steps can bend the fit beyond what is possible: what was seen is forgotten, the
/// line in use goes on.
void ClockMap::forgetImpossible() noexcept {
    if (observations_ < kSureAfter || std::abs(slope_) < kImpossible) return;
    sum_w_ = sum_x_ = sum_xx_ = sum_u_ = sum_xu_ = sum_uu_ = 0.0;
    slope_ = offset_ = slope_sigma_ = residual_sq_ = residual_lag_ = last_residual_ = off_ = 0.0;
    watching_ = off_for_ = significant_ = 0;
    observations_ = 1;
    first_captured_ = double(last_captured_);
    following_ = false;
}

void ClockMap::skip(std::int64_t captured_frames) noexcept {
    last_captured_ += captured_frames;
    line_captured_ += double(captured_frames);
    first_captured_ += double(captured_frames);
}

void ClockMap::steer(double captured) noexcept {
    // The memory of the fit is 4000 observations long, the run may be longer.
    const double seen = std::min(1.0, 6000.0 / double(observations_));
    const double length = std::max(1.0, (captured - first_captured_) * seen);
    const double limit = std::max(kMinDrift, kSigmas * slope_sigma_ + kRounding / length);
    if (!following_) {
        const bool clear = observations_ >= kFirstFit && std::abs(slope_) > limit;
        significant_ = clear ? significant_ + 1 : 0;
        following_ = significant_ >= kSureFor;
    }
    // The line goes on from where it is: positions are continuous, only the ratio moves.
    line_played_ += ratio_ * (captured - line_captured_);
    line_captured_ = captured;
    if (!following_) return;
    const double distance = double(last_played_) + offset_ - line_played_;
    const double target = 1.0 + std::clamp(slope_, -kMostDrift, kMostDrift) +
                          std::clamp(kPull * distance, -kMaxPull, kMaxPull);
    ratio_ += kSlew * (target - ratio_);
}

void ClockMap::observe(std::int64_t captured_frames, std::int64_t played_frames) noexcept {
    if (observations_ == 0) {
        first_captured_ = line_captured_ = double(captured_frames);
        line_played_ = double(played_frames);
        last_captured_ = captured_frames;
        last_played_ = played_frames;
    }
    const std::int64_t captured = captured_frames - last_captured_;
    const std::int64_t excess = played_frames - last_played_ - captured;
    last_captured_ = captured_frames;
    last_played_ = played_frames;
    shiftOrigin(double(captured), double(excess));
    offset_ += slope_ * double(captured) - double(excess);  // prediction, seen from here
    ++observations_;
    const bool off = lineIsOff(double(captured), -offset_);
    if (!stepping(excess, -offset_) && !off) {
        sum_w_ = kForget * sum_w_ + 1.0;
        sum_x_ *= kForget;
        sum_xx_ *= kForget;
        sum_u_ *= kForget;
        sum_xu_ *= kForget;
        sum_uu_ *= kForget;
        fit();
    }
    forgetImpossible();
    steer(double(captured_frames));
}

double ClockMap::playbackPosition(double capture_frame) const noexcept {
    return line_played_ + ratio_ * (capture_frame - line_captured_);
}

double ClockMap::driftPpm() const noexcept {
    if (observations_ < kFirstFit) return std::numeric_limits<double>::quiet_NaN();
    return slope_ * 1e6;
}

double ClockMap::driftConfidencePpm() const noexcept {
    if (observations_ < kFirstFit) return std::numeric_limits<double>::quiet_NaN();
    return 1.96 * slope_sigma_ * 1e6;
}

}  // namespace doubletalk::echo
