// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAudioDevice>
#include <QAudioFormat>
#include <QIODevice>
#include <QPointer>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "app/audio/stream_wish.h"
#include "engine/core/result.h"

class QAudioSource;

namespace doubletalk::audio {

/// A running input, polled; the mean of its channels. Thread: device, with the same caution as
/// OutputStream.
class InputStream {
public:
    InputStream();
    ~InputStream();

    /// Looks the device up and starts it. Errors: not_found, io, with what to do.
    [[nodiscard]] Result<void> open(const StreamWish& wish);
    void close();
    [[nodiscard]] bool isOpen() const noexcept { return source_ != nullptr; }

    /// What was captured since the last call; empty when nothing was, or it failed.
    [[nodiscard]] std::span<const float> read(std::int64_t now_ns);
    /// What read() found wrong.
    [[nodiscard]] StreamFault fault() const noexcept { return fault_; }

    [[nodiscard]] const QAudioDevice& device() const noexcept { return device_; }
    [[nodiscard]] const QAudioFormat& format() const noexcept { return format_; }
    [[nodiscard]] int bufferFrames() const noexcept { return buffer_frames_; }
    [[nodiscard]] bool moving() const noexcept { return moving_; }
    /// It has moved for a fifth of a second: beyond the hitches of its start.
    [[nodiscard]] bool steady() const noexcept {
        return moving_ && frames_ >= format_.sampleRate() / 5;
    }
    [[nodiscard]] std::int64_t readFrames() const noexcept { return frames_; }

private:
    QAudioDevice device_;
    QAudioFormat format_;
    std::unique_ptr<QAudioSource> source_;
    QPointer<QIODevice> io_;
    std::vector<char> bytes_;
    std::vector<float> mono_;
    int buffer_frames_ = 0;
    std::int64_t frames_ = 0;
    std::int64_t opened_ns_ = 0, last_frames_ns_ = 0, next_poll_ns_ = 0;
    bool moving_ = false;
    StreamFault fault_ = StreamFault::none;
};

}  // namespace doubletalk::audio
