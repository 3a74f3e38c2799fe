// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/repeat_concealer.h"

#include <algorithm>
#include <cmath>

#include "engine/jitter/stream_check.h"

namespace doubletalk::jitter {
namespace {

constexpr double kMinPeriodMs = 2.5;
constexpr double kMaxPeriodMs = 15.0;
constexpr double kFadeMs = 4.0;
constexpr double kHoldMs = 10.0;
/// Time constants of the fade for a fully voiced and a noise-like end.
constexpr double kVoicedMs = 40.0;
constexpr double kUnvoicedMs = 15.0;
constexpr float kSilent = 1e-4F;

}  // namespace

Result<void> RepeatConcealer::prepare(const StreamFormat& format, const LossParams&) {
    if (auto ok = checkStream(format); !ok) return ok;
    frame_ = format.frameFrames();
    min_period_ = format.rate.framesOf(kMinPeriodMs);
    max_period_ = format.rate.framesOf(kMaxPeriodMs);
    fade_ = std::min(format.rate.framesOf(kFadeMs), frame_ / 2);
    hold_ = format.rate.framesOf(kHoldMs);
    step_ = std::max(1, format.rate.hz / 8000);
    history_.assign(static_cast<std::size_t>(3 * max_period_), 0.0F);
    cycle_.assign(static_cast<std::size_t>(max_period_), 0.0F);
    tail_.assign(static_cast<std::size_t>(fade_), 0.0F);
    reset();
    return {};
}

void RepeatConcealer::reset() {
    std::fill(history_.begin(), history_.end(), 0.0F);
    lost_.fill(false);
    packet_ = 0;
    done_ = 0;
    gain_ = 0.0F;
}

int RepeatConcealer::findPeriod(float& likeness) const noexcept {
    const float* end = history_.data() + history_.size();
    const int window = max_period_;
    likeness = 0.0F;
    int best = max_period_;
    const auto score = [&](int lag, int step) {
        double cross = 0.0, now = 1e-9, then = 1e-9;
        for (int i = 1; i <= window; i += step) {
            cross += double(end[-i]) * end[-i - lag];
            now += double(end[-i]) * end[-i];
            then += double(end[-i - lag]) * end[-i - lag];
        }
        return static_cast<float>(cross / std::sqrt(now * then));
    };
    for (int lag = min_period_; lag <= max_period_; lag += step_) {
        const float s = score(lag, step_);
        // A multiple of the period scores alike: the longer one must be clearly better.
        if (s > likeness + (lag > best ? 0.02F : 0.0F)) {
            likeness = s;
            best = lag;
        }
    }
    if (step_ > 1) {
        const int from = std::max(min_period_, best - step_ + 1);
        const int to = std::min(max_period_, best + step_ - 1);
        likeness = -1.0F;
        for (int lag = from; lag <= to; ++lag) {
            const float s = score(lag, 1);
            if (s > likeness) {
                likeness = s;
                best = lag;
            }
        }
    }
    likeness = std::clamp(likeness, 0.0F, 1.0F);
    return best;
}

void RepeatConcealer::begin() noexcept {
    float likeness = 0.0F;
    period_ = findPeriod(likeness);
    const float* end = history_.data() + history_.size();
    // The end of the cycle fades into what came before its start, so it closes without a step.
    const int join = period_ / 4;
    for (int i = 0; i < period_; ++i) {
        float x = end[i - period_];
        const int into = i - (period_ - join);
        if (into >= 0) {
            const float f = float(into + 1) / float(join + 1);
            x = x * (1.0F - f) + end[i - 2 * period_] * f;
        }
        cycle_[i] = x;
    }
    const float straight = 2.0F * end[-1] - end[-2];
    const float cap = 2.0F * std::max(std::abs(end[-1]), std::abs(cycle_[0]));
    bend_ = std::clamp(straight, -cap, cap) - cycle_[0];
    const auto losses = std::count(lost_.begin(), lost_.end(), true);
    const double crowded = 1.0 - 0.05 * double(losses);
    const double tau_ms = (kUnvoicedMs + (kVoicedMs - kUnvoicedMs) * likeness * likeness) * crowded;
    const double rate_per_ms = double(max_period_) / kMaxPeriodMs;
    decay_ = static_cast<float>(std::exp(-1.0 / (tau_ms * rate_per_ms)));
    gain_ = 1.0F;
    phase_ = 0;
    done_ = 0;
}

void RepeatConcealer::synthesize(std::span<float> out) noexcept {
    for (float& y : out) {
        if (gain_ < kSilent) {
            y = 0.0F;
            continue;
        }
        y = gain_ * cycle_[phase_];
        if (done_ < fade_) y += bend_ * (1.0F - float(done_) / float(fade_));
        phase_ = phase_ + 1 == period_ ? 0 : phase_ + 1;
        if (++done_ > hold_) gain_ *= decay_;
    }
}

void RepeatConcealer::merge(std::span<float> frame) noexcept {
    synthesize(tail_);
    for (int i = 0; i < fade_; ++i) {
        const float f = float(i + 1) / float(fade_ + 1);
        frame[i] = frame[i] * f + tail_[i] * (1.0F - f);
    }
}

void RepeatConcealer::remember(std::span<const float> frame) noexcept {
    const auto keep = history_.size();
    if (frame.size() >= keep) {
        std::copy(frame.end() - static_cast<std::ptrdiff_t>(keep), frame.end(), history_.begin());
    } else {
        std::copy(history_.begin() + static_cast<std::ptrdiff_t>(frame.size()), history_.end(),
                  history_.begin());
        std::copy(frame.begin(), frame.end(),
                  history_.end() - static_cast<std::ptrdiff_t>(frame.size()));
    }
}

void RepeatConcealer::process(std::span<const float> in, std::span<float> out) noexcept {
    const bool was_lost = lost_[(packet_ + kPackets - 1) % kPackets];
    const bool lost = in.empty();
    if (lost) {
        if (!was_lost) begin();
        synthesize(out);
    } else {
        if (in.data() != out.data()) std::copy(in.begin(), in.end(), out.begin());
        if (was_lost) merge(out);
    }
    lost_[packet_] = lost;
    packet_ = (packet_ + 1) % kPackets;
    remember(out);
}

}  // namespace doubletalk::jitter
