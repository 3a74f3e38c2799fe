// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/position_fit.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::audio {
namespace {

constexpr double kForget = 1.0 - 1.0 / 500.0;  // a second of 2 ms ticks

}  // namespace

void PositionFit::add(std::int64_t time_ns, double frames) noexcept {
    if (points_ == 0) {
        origin_ns_ = time_ns;
        origin_frames_ = frames;
    }
    const double dx = double(time_ns - origin_ns_) * 1e-9;
    const double dy = frames - origin_frames_;
    xx_ += dx * (dx * w_ - 2.0 * x_);
    yy_ += dy * (dy * w_ - 2.0 * y_);
    xy_ += dx * dy * w_ - dy * x_ - dx * y_;
    x_ -= dx * w_;
    y_ -= dy * w_;
    origin_ns_ = time_ns;
    origin_frames_ = frames;
    w_ = kForget * w_ + 1.0;
    for (double* sum : {&x_, &y_, &xx_, &xy_, &yy_}) *sum *= kForget;
    ++points_;
    const double spread = xx_ - x_ * x_ / w_;
    if (spread <= 0.0) return;
    slope_ = (xy_ - x_ * y_ / w_) / spread;
    offset_ = (y_ - slope_ * x_) / w_;
}

double PositionFit::at(std::int64_t time_ns) const noexcept {
    return origin_frames_ + offset_ + slope_ * double(time_ns - origin_ns_) * 1e-9;
}

double PositionFit::sigmaFrames() const noexcept {
    if (w_ <= 0.0) return 0.0;
    const double squares = (yy_ - y_ * y_ / w_) - slope_ * (xy_ - x_ * y_ / w_);
    return std::sqrt(std::max(squares, 0.0) / w_);
}

}  // namespace doubletalk::audio
