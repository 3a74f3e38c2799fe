// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/room_device.h"

#include <algorithm>

namespace doubletalk::duplex {

RoomDevice::RoomDevice(const room::RoomParams& params, std::uint64_t seed,
                       std::vector<room::TalkerSignal> talkers, device::Pace pace)
    : PumpedDevice(pace), params_(params), seed_(seed), talkers_(std::move(talkers)) {}

Result<void> RoomDevice::prepare(SampleRate rate) {
    if (params_.loudspeaker_ppm != params_.microphone_ppm) {
        return fail(ErrorKind::usage, "a device has one clock", "room.loudspeaker_ppm",
                    "set it equal to room.microphone_ppm, or run a scene");
    }
    queued_.assign(std::size_t(rate.blockFrames()), 0.0F);
    return room_.prepare(rate, params_, seed_, talkers_);
}

device::DeviceInfo RoomDevice::info() const {
    auto info = PumpedDevice::info();
    // A block handed over is consumed while the next one is captured.
    info.output_latency_ms = kBlockMs + (info.rate.hz > 0 ? room_.outputLatencyMs() : 0.0);
    return info;
}

void RoomDevice::capture(std::span<float> in) { room_.advance(queued_, in); }

void RoomDevice::play(std::span<const float> out) {
    std::copy(out.begin(), out.end(), queued_.begin());
}

}  // namespace doubletalk::duplex
