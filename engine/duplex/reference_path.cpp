// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/reference_path.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::duplex {
namespace {

constexpr int kHistoryMs = 508;           // the usable delay and what interpolation needs
constexpr double kMapPull = 0.01;         // share of the map's position error taken a block
constexpr int kInterpolationFrames = 17;  // a sinc needs this much of the future
constexpr double kStepFrames = 64;        // of the map, not its slow following
constexpr double kLeadMs = 4.0;           // kept before the echo's peak
constexpr double kFinderReachMs = 400.0;  // delay that engines with a search of their own reach
constexpr double kUsableMs = 500.0;

}  // namespace

Result<void> ReferencePath::prepare(SampleRate rate, const echo::EchoParams& params) {
    rate_ = rate;
    params_ = params;
    if (auto ok = aligner_.prepare(rate, kHistoryMs); !ok) return ok;
    if (auto ok = estimator_.prepare(rate); !ok) return ok;
    map_ = echo::ClockMap(rate.blockFrames());
    const auto block = std::size_t(rate.blockFrames());
    far_.assign(block, 0.0F);
    echo_aligned_.assign(block, 0.0F);
    unshifted_.assign(block, 0.0F);
    reset();
    return {};
}

void ReferencePath::reset() noexcept {
    map_.reset();
    aligner_.reset();
    estimator_.reset();
    position_ = 0.0;
    positioned_ = false;
    guard_frames_ = 0;
    shift_frames_ = 0;
    shift_change_ = 0;
}

void ReferencePath::observe(std::int64_t captured_frames, std::int64_t played_frames) noexcept {
    map_.observe(captured_frames, played_frames);
}

void ReferencePath::process(std::int64_t first_capture_frame, std::span<const float> near,
                            const echo::CancellerTraits& traits) noexcept {
    const double ratio = map_.ratio();
    const double mapped = map_.playbackPosition(double(first_capture_frame));
    if (!positioned_) {
        position_ = mapped;
        positioned_ = true;
    } else if (guard_frames_ > 0) {
        // The map's line moves a little with every exchange; the reader follows without jumping.
        position_ += kMapPull * (mapped - position_);
    }
    // A device that stood still moved one clock against the other for good.
    if (std::abs(mapped - position_) >= kStepFrames) position_ = mapped;
    shift_change_ = 0;
    if (guard_frames_ == 0 && ratio != 1.0) {
        // For good: the place stays between frames, also where the ratio comes back to 1.
        guard_frames_ = kInterpolationFrames;
        shift_change_ = guard_frames_;
    }
    if (params_.delay_search) {
        aligner_.read(position_, ratio, guard_frames_, unshifted_);
        estimator_.process(unshifted_, near);
        follow(traits);
    }
    aligner_.read(position_, ratio, double(shift_frames_ + guard_frames_), far_);
    const auto state = alignment();
    const double echo_ms = std::isfinite(state.delay_ms) ? std::max(state.delay_ms, 0.0) : 0.0;
    const double echo_frames = std::round(std::min(echo_ms, kUsableMs) * rate_.hz / 1000.0);
    aligner_.read(position_, ratio, std::max(echo_frames, double(guard_frames_)), echo_aligned_);
    position_ += ratio * double(near.size());
}

echo::DelayState ReferencePath::delay() const noexcept {
    auto state = alignment();
    // The reader is where the map's line is, the echo where the clocks are.
    const double lag_ms = 1000.0 * map_.lagFrames() / rate_.hz;
    state.delay_ms += lag_ms;
    state.median_ms += lag_ms;
    return state;
}

echo::DelayState ReferencePath::alignment() const noexcept {
    auto state = estimator_.state();
    const double guard_ms = 1000.0 * guard_frames_ / rate_.hz;
    state.delay_ms += guard_ms;
    state.median_ms += guard_ms;
    return state;
}

void ReferencePath::follow(const echo::CancellerTraits& traits) noexcept {
    const auto state = estimator_.state();
    if (state.status != echo::DelayStatus::locked || state.delay_ms > kUsableMs) return;
    // The guard is part of every read, so it is already taken out of this delay.
    const double peak = state.delay_ms * rate_.hz / 1000.0;
    const double lead = std::max(kLeadMs * rate_.hz / 1000.0, double(traits.lead_frames));
    const double reach = traits.finds_delay ? kFinderReachMs * rate_.hz / 1000.0
                                            : 0.25 * params_.tail_ms * rate_.hz / 1000.0;
    const double inside = peak - shift_frames_;
    if (inside >= 0.5 * lead && inside <= std::max(reach, 1.5 * lead)) return;
    const int wanted = std::max(0, int(std::lround(peak - lead)));
    shift_change_ += wanted - shift_frames_;
    shift_frames_ = wanted;
}

}  // namespace doubletalk::duplex
