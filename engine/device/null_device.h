// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/device/pumped_device.h"

namespace doubletalk::device {

/// A silent microphone and a loudspeaker nobody hears.
class NullDevice final : public PumpedDevice {
public:
    explicit NullDevice(Pace pace = Pace::real_time) : PumpedDevice(pace) {}
    ~NullDevice() override { stopPump(); }

private:
    [[nodiscard]] Result<void> prepare(SampleRate) override { return {}; }
    void capture(std::span<float> in) override;
    void play(std::span<const float>) override {}
    [[nodiscard]] std::string deviceName() const override { return "null"; }
};

}  // namespace doubletalk::device
