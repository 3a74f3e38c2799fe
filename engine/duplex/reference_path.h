// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/echo/canceller.h"
#include "engine/echo/clock_map.h"
#include "engine/echo/delay_estimator.h"
#include "engine/echo/reference_aligner.h"

namespace doubletalk::duplex {

/// From raw playback frames to the far end a canceller wants: maps the playback clock to the
/// capture clock, follows the echo delay and moves the far end when the canceller's window needs
/// it. Thread: worker. process() is real-time safe.
class ReferencePath {
public:
    [[nodiscard]] Result<void> prepare(SampleRate rate, const echo::EchoParams& params);
    void setParams(const echo::EchoParams& params) noexcept { params_ = params; }
    void reset() noexcept;

    /// Running totals of both clocks, once a block.
    void observe(std::int64_t captured_frames, std::int64_t played_frames) noexcept;
    /// Captured time without a device, before the observe() that holds it.
    void skip(std::int64_t captured_frames) noexcept { map_.skip(captured_frames); }
    /// Playback frames as handed over; then one block: fills far and the unshifted reference.
    void push(std::span<const float> playback) noexcept { aligner_.push(playback); }
    void process(std::int64_t first_capture_frame, std::span<const float> near,
                 const echo::CancellerTraits& traits) noexcept;

    /// Far end for the canceller, shifted; one block.
    [[nodiscard]] std::span<const float> far() const noexcept { return far_; }
    /// Reference as played, on the capture clock, delayed by the echo delay (for the meters).
    [[nodiscard]] std::span<const float> echoAligned() const noexcept { return echo_aligned_; }
    /// How much later far() is than at the last block.
    [[nodiscard]] int shiftChange() const noexcept { return shift_change_; }
    [[nodiscard]] int shiftFrames() const noexcept { return shift_frames_; }
    [[nodiscard]] double ratio() const noexcept { return map_.ratio(); }
    [[nodiscard]] const echo::ClockMap& clockMap() const noexcept { return map_; }
    [[nodiscard]] echo::DelayState delay() const noexcept;

private:
    void follow(const echo::CancellerTraits& traits) noexcept;
    /// The echo behind the reader, guard included.
    [[nodiscard]] echo::DelayState alignment() const noexcept;

    SampleRate rate_;
    echo::EchoParams params_;
    echo::ClockMap map_;
    echo::ReferenceAligner aligner_;
    echo::DelayEstimator estimator_;
    std::vector<float> far_, echo_aligned_, unshifted_;
    double position_ = 0.0;  ///< playback clock, of the block's first frame
    bool positioned_ = false;
    int shift_frames_ = 0;
    int shift_change_ = 0;
    int guard_frames_ = 0;  ///< the unshifted reference is read this much late, once there is drift
};

}  // namespace doubletalk::duplex
