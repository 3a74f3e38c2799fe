// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/time_stretch.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::dsp {
namespace {

constexpr double kMinLagMs = 2.5;
constexpr double kMaxLagMs = 15.0;
constexpr double kFadeMs = 4.0;
constexpr float kGoodSimilarity = 0.5F;
constexpr double kQuietPower = 1e-5;  ///< -50 dBFS: any splice will do

/// Normalised correlation of n samples; 1 when both are quiet.
float similarity(const float* a, const float* b, int n, int step) {
    double cross = 0.0, aa = 0.0, bb = 0.0;
    for (int i = 0; i < n; i += step) {
        cross += double(a[i]) * b[i];
        aa += double(a[i]) * a[i];
        bb += double(b[i]) * b[i];
    }
    if ((aa + bb) * step < 2.0 * kQuietPower * n) return 1.0F;
    return static_cast<float>(cross / (std::sqrt(aa * bb) + 1e-12));
}

}  // namespace

void TimeStretch::prepare(SampleRate rate, int max_frame_frames) {
    min_lag_ = rate.framesOf(kMinLagMs);
    max_lag_ = rate.framesOf(kMaxLagMs);
    fade_ = std::max(1, std::min(rate.framesOf(kFadeMs), max_frame_frames / 4));
    step_ = std::max(1, rate.hz / 8000);
    work_.assign(static_cast<std::size_t>(max_lag_ + max_frame_frames), 0.0F);
    reset();
}

void TimeStretch::reset() noexcept {
    std::fill(work_.begin(), work_.end(), 0.0F);
    filled_ = 0;
}

TimeStretch::Splice TimeStretch::best(const float* at, int way, int max_lag) const noexcept {
    Splice found;
    const auto look = [&](int from, int to, int step) {
        for (int lag = from; lag <= to; lag += step) {
            const float s = similarity(at, at + way * lag, fade_, step);
            // Among equals the longest: quiet passages then move as much as is wished.
            if (s >= found.similarity) found = {lag, s};
        }
    };
    look(min_lag_, max_lag, step_);
    if (step_ > 1 && found.lag > 0) {
        const int middle = found.lag;
        found = {};
        look(std::max(min_lag_, middle - step_ + 1), std::min(max_lag, middle + step_ - 1), 1);
    }
    return found;
}

void TimeStretch::remember(int frames) noexcept {
    std::copy(work_.begin() + frames, work_.begin() + frames + max_lag_, work_.begin());
    filled_ = std::min(filled_ + frames, max_lag_);
}

int TimeStretch::process(std::span<const float> in, int wish_frames,
                         std::span<float> out) noexcept {
    const int n = static_cast<int>(in.size());
    float* x = work_.data() + max_lag_;
    std::copy(in.begin(), in.end(), x);
    Splice splice;
    const int way = wish_frames > 0 ? -1 : 1;
    if (wish_frames != 0) {
        const int room = wish_frames > 0 ? filled_ : n - fade_;
        const int most = std::min({std::abs(wish_frames), room, max_lag_});
        if (most >= min_lag_ && n >= fade_) splice = best(x, way, most);
        if (splice.similarity < kGoodSimilarity) splice.lag = 0;
    }
    if (splice.lag == 0) {
        std::copy(in.begin(), in.end(), out.begin());
        remember(n);
        return 0;
    }
    // From the signal to itself one lag later (shorter) or earlier (longer).
    const float* other = x + way * splice.lag;
    const int total = n - way * splice.lag;
    for (int i = 0; i < fade_; ++i) {
        const float f = float(i + 1) / float(fade_ + 1);
        out[i] = x[i] * (1.0F - f) + other[i] * f;
    }
    std::copy(other + fade_, other + total, out.begin() + fade_);
    remember(n);
    return total - n;
}

}  // namespace doubletalk::dsp
