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
constexpr double kResidualForget = 0.99;  ///< a second
constexpr double kSlew = 0.02;            ///< per observation: half a second to reach the fit
constexpr double kPull = 1e-6;            ///< per frame of distance between the line and the fit
constexpr double kMaxPull = 2e-6;         ///< slow on purpose: a canceller follows 2 ppm, not 50
constexpr double kMostDrift = 1e-3;       ///< no two audio clocks differ by more
/// Off the line: beyond rounding, and beyond what the devices usually do.
constexpr std::int64_t kFirstWatch = 10;
constexpr double kLeastStep = 16.0;
constexpr double kUsualSigmas = 4.0;
/// So many steps of one height and within a fragment, at one distance from each other and back
/// against the slope, are none: what a server drops comes when it comes. Fewer where the slope is
/// hardly one of two clocks.
constexpr int kTeeth = 5, kTeethWhereSteep = 3;
constexpr double kHardlyDrift = 4e-4;
constexpr std::int64_t kToothWithin = 4000;
constexpr double kAlike = 0.05;     ///< distances and heights of teeth
constexpr double kAlikeWithin = 5;  ///< observations, frames
/// No jump for so long: no saw (any more).
constexpr std::int64_t kSmoothFor = 2500;
/// Spread of a saw-tooth half a block high, in blocks: 0.5 / sqrt(12).
constexpr double kToothSigma = 0.144;
constexpr int kBackFor = 10;      ///< observations on the line that end a watch
constexpr int kStepFor = 50;      ///< and off it, in one place, that make a step
constexpr int kPatternFor = 500;  ///< without either: it is what the devices do from now on

}  // namespace

void ClockMap::shiftOrigin(double captured, double excess) noexcept {
    sum_xx_ += captured * (captured * sum_w_ - 2.0 * sum_x_);
    sum_xu_ += captured * excess * sum_w_ - excess * sum_x_ - captured * sum_u_;
    sum_uu_ += excess * (excess * sum_w_ - 2.0 * sum_u_);
    sum_x_ -= captured * sum_w_;
    sum_u_ -= excess * sum_w_;
}

double ClockMap::leastStep() const noexcept {
    return in_fragments_ ? double(fragment_frames_) : kLeastStep;
}

/// By the spread around the line, beyond that of rounding: what is seen while the devices are
/// unsteady says little of the slope. At first the spread is not known.
double ClockMap::weight() const noexcept {
    if (observations_ < kFirstWatch) return 1.0 / (leastStep() * leastStep());
    // Along one tooth of a saw all seems steady.
    const double least = in_fragments_ ? kToothSigma * double(fragment_frames_) : 1.0;
    return 1.0 / std::max(least * least, spread_sq_);
}

void ClockMap::forget() noexcept {
    for (double* sum : {&sum_w_, &sum_x_, &sum_xx_, &sum_u_, &sum_xu_, &sum_uu_, &before_xx_,
                        &before_xu_, &before_uu_, &free_}) {
        *sum *= kForget;
    }
}

void ClockMap::fit() noexcept {
    const double mean_x = sum_x_ / sum_w_;
    const double mean_u = sum_u_ / sum_w_;
    const double xx = before_xx_ + sum_xx_ - sum_x_ * mean_x;
    if (xx <= 0.0 || observations_ < 3) {
        slope_ = 0.0;
        offset_ = mean_u;
        return;
    }
    const double xu = before_xu_ + sum_xu_ - sum_x_ * mean_u;
    slope_ = std::clamp(xu / xx, -kMostDrift, kMostDrift);
    too_steep_ = std::abs(xu / xx) > kMostDrift;
    offset_ = mean_u - slope_ * mean_x;

    const double residual = -offset_;  // the newest observation is the origin
    residual_sq_ = kResidualForget * residual_sq_ + (1.0 - kResidualForget) * residual * residual;
    residual_lag_ =
        kResidualForget * residual_lag_ + (1.0 - kResidualForget) * residual * last_residual_;
    last_residual_ = residual;
    // About its own mean: a fit that is off is no unsteadiness.
    mean_residual_ += (1.0 - kResidualForget) * (residual - mean_residual_);
    const double apart = residual - mean_residual_;
    spread_sq_ = kResidualForget * spread_sq_ + (1.0 - kResidualForget) * apart * apart;
    // Rounding errors run in ramps, device bursts in patterns: neighbours are not independent.
    const double correlation =
        residual_sq_ > 0.0 ? std::clamp(residual_lag_ / residual_sq_, 0.0, 0.99) : 0.0;
    const double uu = before_uu_ + sum_uu_ - sum_u_ * mean_u;
    const double variance = std::max(0.0, uu - slope_ * xu) / std::max(1.0, free_ - 2.0);
    slope_sigma_ = std::sqrt(variance / xx * (1.0 + correlation) / (1.0 - correlation));
}

void ClockMap::beginWatch() noexcept {
    watched_ = agreeing_ = 0;
    watch_sum_ = watch_sq_ = agreed_sum_ = 0.0;
}

/// True while this observation must stay out of the fit. A device that dropped audio moves the
/// difference of the clocks for good; a burst comes back.
bool ClockMap::watching(double residual) noexcept {
    const double usual = std::max(leastStep(), kUsualSigmas * std::sqrt(spread_sq_));
    if (watched_ == 0 && (observations_ < kFirstWatch || std::abs(residual) < usual)) return false;
    ++watched_;
    watch_sum_ += residual;
    watch_sq_ += residual * residual;
    if (agreeing_ > 0 && std::abs(residual - agreed_sum_ / agreeing_) > usual) {
        agreeing_ = 0;
        agreed_sum_ = 0.0;
    }
    ++agreeing_;
    agreed_sum_ += residual;
    const double place = agreed_sum_ / agreeing_;
    if (std::abs(place) < usual && agreeing_ >= kBackFor) {
        beginWatch();
    } else if (agreeing_ >= kStepFor) {
        absorbStep(std::round(place));
        countTeeth(place);
        beginWatch();
    } else if (watched_ >= kPatternFor) {
        const double mean = watch_sum_ / watched_;
        spread_sq_ = std::max(spread_sq_, watch_sq_ / watched_ - mean * mean);
        absorbStep(std::round(mean));
        beginWatch();
    }
    return true;
}

/// The line jumps once, by whole frames. What was seen before still tells of the slope, no longer
/// of the place: an error of the step cannot bend the slope.
void ClockMap::absorbStep(double step) noexcept {
    before_xx_ += sum_xx_ - sum_x_ * sum_x_ / sum_w_;
    before_xu_ += sum_xu_ - sum_x_ * sum_u_ / sum_w_;
    before_uu_ += sum_uu_ - sum_u_ * sum_u_ / sum_w_;
    free_ = std::max(0.0, free_ - 1.0);
    const double distance =
        std::round(double(last_played_) + offset_ - playbackPosition(double(last_captured_)));
    offset_ += step;
    mean_residual_ = 0.0;
    // Where the fit has wandered off the line by more than a step this is the moment to follow.
    line_played_ += step + (following_ && std::abs(distance) > kLeastStep ? distance : 0.0);
    // The new stretch begins where the step was found to lead.
    sum_w_ = weight();
    sum_x_ = sum_xx_ = sum_xu_ = 0.0;
    sum_u_ = sum_w_ * offset_;
    sum_uu_ = sum_u_ * offset_;
}

/// Both sides of a device come in fragments that beat against each other: what looks like steps of
/// one sign is a saw-tooth, and a line along one tooth is steeper than any drift.
void ClockMap::countTeeth(double step) noexcept {
    const auto alike = [](double a, double b) {
        return std::abs(a - b) <= kAlike * std::abs(b) + kAlikeWithin;
    };
    const bool small = std::abs(step) <= double(fragment_frames_) && step * slope_ < 0.0;
    const auto distance = observations_ - last_tooth_;
    // What the clocks do over a whole tooth is no more than clocks do.
    const double over_all = slope_ + step / (double(distance) * fragment_frames_);
    const bool again = teeth_ > 0 && distance < kToothWithin && alike(step, tooth_step_) &&
                       std::abs(over_all) < kHardlyDrift;
    const bool regular = teeth_ < 2 || alike(double(distance), double(tooth_distance_));
    last_tooth_ = observations_;
    tooth_step_ = step;
    tooth_distance_ = distance;
    if (!small) {
        teeth_ = 0;
    } else if (!again) {
        teeth_ = 1;
    } else {
        teeth_ = regular ? teeth_ + 1 : 2;
    }
}

bool ClockMap::isSaw() const noexcept {
    return teeth_ >= (std::abs(slope_) > kHardlyDrift ? kTeethWhereSteep : kTeeth);
}

/// In fragments: what lies within one of the fit is no step any more. The line goes on from where
/// it is.
void ClockMap::fitAnew(bool in_fragments) noexcept {
    ClockMap fresh(fragment_frames_);
    fresh.in_fragments_ = in_fragments;
    fresh.begun_ = true;
    fresh.last_captured_ = last_captured_;
    fresh.last_played_ = last_played_;
    fresh.first_captured_ = double(last_captured_);
    fresh.ratio_ = ratio_;
    fresh.line_captured_ = line_captured_;
    fresh.line_played_ = line_played_;
    *this = fresh;
}

void ClockMap::skip(std::int64_t captured_frames) noexcept {
    last_captured_ += captured_frames;
    line_captured_ += double(captured_frames);
    first_captured_ += double(captured_frames);
}

void ClockMap::steer(double captured) noexcept {
    // The memory of the fit is 4000 observations long, the run may be longer.
    const double seen = std::min(1.0, 6000.0 / std::max(1.0, double(observations_)));
    const double length = std::max(1.0, (captured - first_captured_) * seen);
    const double limit = std::max(kMinDrift, kSigmas * slope_sigma_ + kRounding / length);
    if (!following_) {
        const bool clear = observations_ >= kFirstFit && std::abs(slope_) > limit;
        significant_ = clear ? significant_ + 1 : 0;
        following_ = significant_ >= kSureFor;
        if (following_ && in_fragments_) {
            const double position = line_played_ + ratio_ * (captured - line_captured_);
            const double distance = std::round(double(last_played_) + offset_ - position);
            // What ran up while the fit was wrong.
            if (std::abs(distance) > kLeastStep) line_played_ += distance;
        }
    }
    // The line goes on from where it is: positions are continuous, only the ratio moves.
    line_played_ += ratio_ * (captured - line_captured_);
    line_captured_ = captured;
    if (!following_) {
        ratio_ += kSlew * (1.0 - ratio_);
        if (std::abs(ratio_ - 1.0) < 1e-6) ratio_ = 1.0;
        return;
    }
    const double distance = double(last_played_) + offset_ - line_played_;
    lag_frames_ = distance;
    const double target = 1.0 + slope_ + std::clamp(kPull * distance, -kMaxPull, kMaxPull);
    ratio_ += kSlew * (target - ratio_);
}

void ClockMap::observe(std::int64_t captured_frames, std::int64_t played_frames) noexcept {
    if (!begun_) {
        begun_ = true;
        first_captured_ = line_captured_ = double(captured_frames);
        line_played_ = double(played_frames);
        last_captured_ = captured_frames;
        last_played_ = played_frames;
    }
    const std::int64_t captured = captured_frames - last_captured_;
    const std::int64_t excess = played_frames - last_played_ - captured;
    last_captured_ = captured_frames;
    last_played_ = played_frames;
    smooth_ = std::abs(double(excess)) < kLeastStep ? smooth_ + 1 : 0;
    shiftOrigin(double(captured), double(excess));
    offset_ += slope_ * double(captured) - double(excess);  // prediction, seen from here
    ++observations_;
    if (!watching(-offset_)) {
        forget();
        sum_w_ += weight();
        free_ += 1.0;
        fit();
    }
    const bool steep = observations_ >= kFirstFit && too_steep_;
    if (!in_fragments_ && (steep || isSaw())) fitAnew(true);
    if (in_fragments_ && smooth_ >= kSmoothFor) fitAnew(false);
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
