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

class QAudioSink;

namespace doubletalk::audio {

/// A running output, in push mode, with what is known of its position. Mono in; every channel gets
/// the same. Thread: device. Deleting Qt's object runs events of the thread: nothing of the owner
/// may be re-entered while open() or close() run.
class OutputStream {
public:
    OutputStream();
    ~OutputStream();

    /// Looks the device up and starts it. Errors: not_found, io, with what to do.
    [[nodiscard]] Result<void> open(const StreamWish& wish);
    void close();
    [[nodiscard]] bool isOpen() const noexcept { return sink_ != nullptr; }

    /// Frames the device takes now; 0 when it has failed. Once each tick, before write().
    [[nodiscard]] int freeFrames(std::int64_t now_ns);
    /// What freeFrames() found wrong.
    [[nodiscard]] StreamFault fault() const noexcept { return fault_; }
    /// Writes at most what freeFrames() said; returns the frames taken.
    int write(std::span<const float> mono, std::int64_t now_ns);
    /// Throws away what is not heard yet and starts again at once; the position goes on from what
    /// was heard. Returns the frames thrown away (about), -1 when the stream failed.
    std::int64_t cut();

    [[nodiscard]] const QAudioDevice& device() const noexcept { return device_; }
    [[nodiscard]] const QAudioFormat& format() const noexcept { return format_; }
    [[nodiscard]] int bufferFrames() const noexcept { return buffer_frames_; }
    /// The device has taken something since open().
    [[nodiscard]] bool moving() const noexcept { return moving_; }
    /// It has moved for a fifth of a second: beyond the hitches of its start.
    [[nodiscard]] bool steady() const noexcept {
        return moving_ && written_ >= format_.sampleRate() / 5;
    }
    /// Frames taken since open(), less those cut.
    [[nodiscard]] std::int64_t writtenFrames() const noexcept { return written_; }
    /// Of these, heard now: about, by the system's own count. Between the bounds below.
    [[nodiscard]] double heardFrames() const;
    /// Times the queue had run empty.
    [[nodiscard]] std::int64_t xruns() const noexcept { return xruns_; }

private:
    [[nodiscard]] Result<void> startSink();

    StreamWish wish_;
    QAudioDevice device_;
    QAudioFormat format_;
    std::unique_ptr<QAudioSink> sink_;
    QPointer<QIODevice> io_;  ///< the library deletes it when the server dies
    std::vector<char> bytes_;
    int buffer_frames_ = 0;
    std::int64_t written_ = 0;
    std::int64_t base_ = 0;  ///< written_ when the sink was last started
    std::int64_t last_taken_ns_ = 0;
    bool moving_ = false;
    std::int64_t xruns_ = 0;
    StreamFault fault_ = StreamFault::none;
};

}  // namespace doubletalk::audio
