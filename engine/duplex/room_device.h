// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/device/pumped_device.h"
#include "engine/room/virtual_room.h"

namespace doubletalk::duplex {

/// A virtual room as an audio device: the microphone hears what was played, the talkers and noise.
/// One device has one clock: rooms whose clocks differ need the scene's closed loop.
class RoomDevice final : public device::PumpedDevice {
public:
    RoomDevice(const room::RoomParams& params, std::uint64_t seed,
               std::vector<room::TalkerSignal> talkers,
               device::Pace pace = device::Pace::real_time);
    ~RoomDevice() override { stopPump(); }

    [[nodiscard]] device::DeviceInfo info() const override;

private:
    /// Errors: usage, those of VirtualRoom::prepare().
    [[nodiscard]] Result<void> prepare(SampleRate rate) override;
    void capture(std::span<float> in) override;
    void play(std::span<const float> out) override;
    [[nodiscard]] std::string deviceName() const override { return "room"; }

    room::RoomParams params_;
    std::uint64_t seed_;
    std::vector<room::TalkerSignal> talkers_;
    room::VirtualRoom room_;
    std::vector<float> queued_;  ///< handed over and not yet consumed: one block
};

}  // namespace doubletalk::duplex
