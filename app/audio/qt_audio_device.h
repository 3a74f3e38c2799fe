// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/audio/device_status.h"
#include "app/audio/stream_wish.h"
#include "engine/device/audio_device.h"

namespace doubletalk::audio {

class DevicePump;
struct PumpShared;

/// Input and output are chosen apart; one of them may be "none".
struct QtAudioDeviceOptions {
    StreamWish input{.buffer_ms = 10.0};
    StreamWish output{.buffer_ms = 20.0};
};

/// A microphone and a loudspeaker of the system through Qt Multimedia, each at its own rate and on
/// its own clock, mono float at the engine's rate inside. A device that vanishes, stalls or comes
/// back, and a sound server that dies and restarts, are watched: status() and takeEvents() say what
/// happens, and it is opened again every 0.5 s until it runs. While a side is down exchange() gets
/// an empty span for it.
/// Thread: open, start, stop on one owner; the rest any. Needs a QCoreApplication.
class QtAudioDevice final : public device::AudioDevice {
public:
    explicit QtAudioDevice(QtAudioDeviceOptions options);
    ~QtAudioDevice() override;

    /// Opens both sides and lets them run with silence. Errors: usage, state, not_found, io.
    [[nodiscard]] Result<void> open(SampleRate rate) override;
    [[nodiscard]] Result<void> start(device::DeviceCallback& callback) override;
    /// The microphone is released too; start() opens it again.
    void stop() override;
    [[nodiscard]] device::DeviceInfo info() const override;
    [[nodiscard]] std::string lastError() const override;
    void cut() noexcept override;

    [[nodiscard]] DeviceStatus status() const;
    /// What happened since the last call, oldest first (the last 256).
    [[nodiscard]] std::vector<DeviceEvent> takeEvents();

private:
    Result<void> openStreams();
    void awaitMotion() const;
    tl::unexpected<Error> refuse(Error error);

    QtAudioDeviceOptions options_;
    SampleRate rate_{0};
    std::shared_ptr<PumpShared> shared_;
    DevicePump* pump_ = nullptr;  ///< lives and dies in the device thread
    bool running_ = false;
    bool streams_open_ = false;
    std::string last_error_;
};

}  // namespace doubletalk::audio
