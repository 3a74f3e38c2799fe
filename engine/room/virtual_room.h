// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/room/room_params.h"

namespace doubletalk::room {

/// A talker's dry signal, already at the room's rate and level (at the microphone).
struct TalkerSignal {
    std::int64_t start_frame = 0;  ///< true time at which its direct sound reaches the microphone
    std::vector<float> samples;
};

/// Exact parts of one captured block before clipping: microphone = echo + speech + noise.
struct Truth {
    std::span<const float> echo, speech, noise;  ///< y, s, n
};

/// Image-source room with loudspeaker, microphone, talkers, noise and two device clocks. Moves in
/// capture blocks: give it what was played, get what the microphone hears. Same seed and input,
/// same bits. Ref: Allen & Berkley 1979. Thread: device (one at a time); advance() does not
/// allocate.
///
/// Clocks: advance() number k (from 0) makes capture frames [k B, (k+1) B); the playback frames
/// handed over before it are [0, (k+1) B) when the clocks agree, so the first call gets the block
/// of silence that stands in the loudspeaker's queue at the start. Playback frame p sounds at
/// p / playback rate + outputLatencyMs(), capture frame c is heard at c / capture rate: with equal
/// clocks the echo of p begins in capture frame p + bulk delay + distance / 343 m/s.
class VirtualRoom {
public:
    VirtualRoom();
    ~VirtualRoom();
    VirtualRoom(VirtualRoom&&) noexcept;
    VirtualRoom& operator=(VirtualRoom&&) noexcept;
    /// Errors: usage (rate, a place outside the room, impossible reverberation time, clocks that
    /// differ without 2 ms of bulk delay to interpolate in).
    [[nodiscard]] Result<void> prepare(SampleRate rate, const RoomParams& params,
                                       std::uint64_t seed, std::vector<TalkerSignal> talkers);
    /// Playback frames the loudspeaker clock consumes before the next capture block is complete
    /// (blockFrames() when both clocks agree).
    [[nodiscard]] int framesWanted() const noexcept;
    /// The most framesWanted() can become.
    [[nodiscard]] int maxFramesWanted() const noexcept;
    /// played: exactly framesWanted() frames just handed to the loudspeaker (fewer: the rest is
    /// silence); microphone: one block.
    void advance(std::span<const float> played, std::span<float> microphone) noexcept;
    /// Of the block last returned.
    [[nodiscard]] Truth truth() const noexcept;
    /// Settings that act while running: noise, clipping, echo gain (over one block). The others are
    /// not looked at. Real-time safe.
    void setParams(const RoomParams& params) noexcept;
    /// New echo path (positions, RT60, gain, and the talkers' place) from the next block on, with a
    /// 10 ms cross-fade. Size, clocks and delays stay. Builds responses: not real-time safe.
    [[nodiscard]] Result<void> changePath(const RoomParams& params);
    /// Loudspeaker → microphone response in use, at the capture rate (without bulk delay, with the
    /// echo gain).
    [[nodiscard]] std::span<const float> echoResponse() const noexcept;
    /// Exact time from hand-over to sound at the loudspeaker.
    [[nodiscard]] double outputLatencyMs() const noexcept;
    /// The fault reference_late_ms in playback frames: the caller hands the canceller its reference
    /// this much later. The room cannot do it: it never sees the reference.
    [[nodiscard]] int referenceLateFrames() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::room
