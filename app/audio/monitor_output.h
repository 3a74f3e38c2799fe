// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>

#include "app/audio/device_status.h"
#include "app/audio/stream_wish.h"
#include "engine/core/result.h"

namespace doubletalk::audio {

class MonitorPump;
struct MonitorShared;

/// What the operator hears: a mono stream on a second output, never part of the reference. Whoever
/// has the stream writes it; its clock and the device's are held together by resampling. The device
/// is watched as that of QtAudioDevice.
/// Thread: start, stop, status on one owner; write() on one other. Needs a QCoreApplication.
class MonitorOutput {
public:
    MonitorOutput();
    ~MonitorOutput();
    MonitorOutput(const MonitorOutput&) = delete;
    MonitorOutput& operator=(const MonitorOutput&) = delete;

    /// rate_hz: of what is written, 8000..48000. Errors: usage when it is the device of
    /// loudspeaker_id (what is monitored would become echo), not_found, io, state.
    [[nodiscard]] Result<void> start(const StreamWish& wish, int rate_hz,
                                     const std::string& loudspeaker_id);
    void stop();
    /// Frames taken; the rest is dropped and counted. Real-time safe.
    int write(std::span<const float> frames) noexcept;
    [[nodiscard]] StreamStatus status() const;
    /// Frames waiting, not yet handed to the device. Thread: any.
    [[nodiscard]] std::int64_t fillFrames() const noexcept;
    [[nodiscard]] std::int64_t droppedFrames() const noexcept;
    /// Device rate over the stream's nominal one, less 1. NaN before it is known.
    [[nodiscard]] double correctionPpm() const noexcept;

private:
    std::shared_ptr<MonitorShared> shared_;
    MonitorPump* pump_ = nullptr;  ///< lives and dies in the device thread
};

}  // namespace doubletalk::audio
