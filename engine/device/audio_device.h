// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk::device {

struct DeviceInfo {
    std::string name;
    SampleRate rate{0};  ///< 0 Hz before open()
    int block_frames = 0;
    bool capture = true;
    bool playback = true;
    double input_latency_ms = 0.0;   ///< from the air to exchange()
    double output_latency_ms = 0.0;  ///< from exchange() to the air
    bool real_time = false;          ///< paced by a clock; else stepped by its owner
};

/// Whoever takes captured audio and gives audio to play.
class DeviceCallback {
public:
    virtual ~DeviceCallback() = default;
    /// in was captured, out is to be filled, both mono. A device with one clock makes both equally
    /// long; with two clocks each length is what its own clock asks for, and may be 0. time_ns: the
    /// device's clock at the end of in. Thread: rt.
    virtual void exchange(std::span<const float> in, std::span<float> out,
                          std::int64_t time_ns) noexcept = 0;
    /// The newest frames of those handed over so far that nobody will hear: a hard cut threw them
    /// away. Thread: rt, between two exchanges.
    virtual void unheard(std::int64_t /*frames*/) noexcept {}
};

/// A microphone and a loudspeaker, on one clock or two. Thread: its owner's, except that the
/// callback is called on a thread of the device (or in step()).
class AudioDevice {
public:
    virtual ~AudioDevice() = default;
    /// Takes the device for mono audio at this rate. Errors: usage, not_found, io, format.
    [[nodiscard]] virtual Result<void> open(SampleRate rate) = 0;
    /// Calls callback until stop(); it must live until then. Errors: state (not open, running).
    [[nodiscard]] virtual Result<void> start(DeviceCallback& callback) = 0;
    /// When it returns the callback is not called any more. May be called at any time.
    virtual void stop() = 0;
    /// Throws away what was handed over and is not heard yet, where the device can: a hard cut.
    /// Thread: any. Real-time safe.
    virtual void cut() noexcept {}
    [[nodiscard]] virtual DeviceInfo info() const = 0;
    /// Why the device stopped by itself or refused the last call; empty when all is well.
    [[nodiscard]] virtual std::string lastError() const = 0;
};

}  // namespace doubletalk::device
