// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "app/audio/device_list.h"

namespace doubletalk::audio {

enum class StreamState : std::uint8_t {
    off,       ///< "none" was chosen, or nothing is open
    starting,  ///< open, and not yet steady
    running,
    moved,  ///< runs on another device than the chosen one
    lost    ///< gone; tried again every 0.5 s
};
[[nodiscard]] const char* streamStateName(StreamState state) noexcept;

struct StreamStatus {
    StreamState state = StreamState::off;
    std::string id, name;
    std::string message;  ///< what it does, or what is wrong and what to do
    int rate_hz = 0, channels = 0;
    double buffer_ms = 0.0;   ///< granted
    double latency_ms = 0.0;  ///< by buffers and filters; the chirp measures the truth
    std::int64_t xruns = 0;   ///< output: times the queue ran empty
    std::int64_t reopened = 0, moves = 0;
};

/// Where the loudspeaker is: a line fitted over the last second. Frames at the engine's rate,
/// counted as Engine::renderedFrames().
struct HeardPosition {
    std::int64_t time_ns = 0;  ///< steady clock
    double frames = std::numeric_limits<double>::quiet_NaN();
    double frames_per_s = 0.0;
    double error_ms = std::numeric_limits<double>::quiet_NaN();  ///< ±, 95 %
    [[nodiscard]] double at(std::int64_t now_ns) const noexcept {
        return frames + frames_per_s * double(now_ns - time_ns) * 1e-9;
    }
};

/// What the last hard cut did, in the same frames.
struct CutReport {
    std::int64_t number = 0;  ///< 0: none yet
    double heard_frames = 0.0;
    double never_heard_frames = 0.0;
    double error_ms = 0.0;  ///< ±
};

struct DeviceStatus {
    StreamStatus input, output;
    double tick_gap_p99_ms = 0.0, tick_gap_max_ms = 0.0;  ///< since open()
    std::int64_t ticks = 0;
    HeardPosition heard;
    CutReport cut;
};

/// Something happened to a device.
struct DeviceEvent {
    std::int64_t time_ns = 0;  ///< steady clock
    Direction direction = Direction::output;
    StreamState state = StreamState::off;
    std::string text;
};

}  // namespace doubletalk::audio
