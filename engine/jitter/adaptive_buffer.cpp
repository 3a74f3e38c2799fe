// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/adaptive_buffer.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::jitter {
namespace {

/// Stretching begins this far off and goes on until half of the second: no hunting around the
/// target.
constexpr double kStartOffMs = 15.0;
constexpr double kStopOffMs = 5.0;
/// Further above the target nothing is played but skipped, even below max_ms.
constexpr double kOverTargetMs = 150.0;
constexpr double kWindowMs = 1000.0, kSteadyMs = 100.0;  ///< of skipped packets
constexpr double kMostSkippedMs = 10000.0;               ///< then whatever comes is played
constexpr double kFastOffMs = 60.0;
/// On the average, of the frames' length; far off there is no such limit.
constexpr double kSlowShare = 0.25;
/// At once: half a frame, but room for the period of a low voice in short frames.
constexpr double kMostShare = 0.5, kMostShortShare = 0.75, kLowPeriodMs = 12.0;

}  // namespace

Result<void> AdaptiveBuffer::prepare(const StreamFormat& format, const JitterParams& params) {
    if (auto ok = SequencedBuffer::prepare(format, params); !ok) return ok;
    AdaptiveBuffer::reset();
    return {};
}

void AdaptiveBuffer::reset() {
    SequencedBuffer::reset();
    target_.prepare(frameMs(), params_.target_ms, params_.min_ms, params_.max_ms);
    direction_ = 0;
    cool_frames_ = 0.0;
    waited_slots_ = 0;
    skipped_run_ = 0;
    window_packets_ = 0;
}

void AdaptiveBuffer::setParams(const JitterParams& params) noexcept {
    const bool other_start = params.target_ms != params_.target_ms;
    SequencedBuffer::setParams(params);
    if (other_start) {
        target_.prepare(frameMs(), params.target_ms, params.min_ms, params.max_ms);
    } else {
        target_.setLimits(params.min_ms, params.max_ms);
    }
}

void AdaptiveBuffer::onArrival(const Arrival& arrival) noexcept {
    target_.add(arrival.relative_ms);
}

double AdaptiveBuffer::startDelayMs() const noexcept { return target_.targetMs(); }

bool AdaptiveBuffer::delayMoved() noexcept {
    // Congestion wanders; a new route or a sender's clock that stood still shifts all packets
    // alike.
    const auto& packet = store_.front();
    const double delay_ms =
        double(packet.arrival_ns) / 1e6 - tracker_.timestampMs(packet.timestamp);
    if (window_packets_ == 0) window_min_ms_ = window_max_ms_ = delay_ms;
    window_min_ms_ = std::min(window_min_ms_, delay_ms);
    window_max_ms_ = std::max(window_max_ms_, delay_ms);
    ++window_packets_;
    ++skipped_run_;
    if (window_packets_ * frameMs() < kWindowMs) return false;
    window_packets_ = 0;
    return window_max_ms_ - window_min_ms_ < kSteadyMs || skipped_run_ * frameMs() > kMostSkippedMs;
}

void AdaptiveBuffer::skipAbove(std::int64_t slot_ns) noexcept {
    const double limit_ms =
        std::min<double>(params_.max_ms, target_.targetMs() + kOverTargetMs) + frameMs();
    // After an outage even the only packet may be too late to be worth its delay.
    const int keep = waited_slots_ > 0 ? 0 : 1;
    bool skipped = false;
    while (store_.size() > keep && headDelayMs(slot_ns) > limit_ms) {
        if (delayMoved()) {
            tracker_.rebase(store_.front().timestamp, store_.front().arrival_ns);
            skipped_run_ = 0;
            window_packets_ = 0;
            break;
        }
        skipHead();
        skipped = true;
    }
    if (skipped) ++counts_.adjustments;
}

bool AdaptiveBuffer::adjustInSilence(double delay_ms) noexcept {
    const double off_ms = delay_ms - target_.targetMs();
    if (lastWasSpeech() || store_.front().header.speech) return false;
    if (off_ms >= frameMs() && store_.size() > 1 && !store_.at(1).header.speech &&
        !store_.front().header.last && !store_.at(1).header.marker) {
        skipHead();
        ++counts_.adjustments;
        return false;
    }
    if (off_ms > -frameMs()) return false;
    ++counts_.adjustments;
    return true;
}

int AdaptiveBuffer::wish(double delay_ms) noexcept {
    const double off_ms = delay_ms - target_.targetMs();
    const int way = off_ms > 0 ? -1 : 1;
    if (std::abs(off_ms) > kStartOffMs) direction_ = way;
    if (std::abs(off_ms) < kStopOffMs || way != direction_) direction_ = 0;
    if (direction_ == 0) return 0;
    if (cool_frames_ >= 1.0 && std::abs(off_ms) < kFastOffMs) {
        cool_frames_ -= 1.0;
        return 0;
    }
    const double room_ms =
        std::max(kMostShare * frameMs(), std::min(kMostShortShare * frameMs(), kLowPeriodMs));
    const double most_ms = std::min(std::abs(off_ms), room_ms);
    return direction_ * static_cast<int>(most_ms * format_.rate.hz / 1000.0);
}

Slot AdaptiveBuffer::get(std::int64_t slot_ns) noexcept {
    if (!running(slot_ns)) return {};
    Head now = head();
    if (now != Head::none) skipAbove(slot_ns);
    now = head();
    if (now == Head::pause) return pause();
    if (now == Head::hole && waited_slots_ > 0) {
        // The slots spent waiting stand for the packets that now turn out to be lost.
        const auto hole = store_.front().sequence - next_;
        skipHole(static_cast<int>(std::min<std::int64_t>(hole, waited_slots_)));
        waited_slots_ = 0;
        now = head();
    }
    if (now == Head::hole) return conceal();
    if (now == Head::due) {
        waited_slots_ = 0;
        skipped_run_ = 0;
        window_packets_ = 0;
        const double delay_ms = headDelayMs(slot_ns);
        if (adjustInSilence(delay_ms)) return {};
        Slot slot = playHead(slot_ns);
        if (slot.kind == SlotKind::frame) slot.stretch_frames = wish(delay_ms);
        return slot;
    }
    if (silentForLong(slot_ns)) {
        endSpurt();
        return {};
    }
    if (!lastWasSpeech()) return pause();
    ++waited_slots_;
    Slot slot;
    slot.kind = SlotKind::missing;
    slot.passed = false;
    return slot;
}

void AdaptiveBuffer::stretched(int frames) noexcept {
    if (frames == 0) return;
    ++counts_.adjustments;
    cool_frames_ = std::abs(frames) / (kSlowShare * format_.frameFrames()) - 1.0;
}

JitterState AdaptiveBuffer::state() const noexcept {
    JitterState state = SequencedBuffer::state();
    state.target_ms = target_.targetMs();
    return state;
}

}  // namespace doubletalk::jitter
