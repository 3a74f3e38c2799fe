// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "app/audio/device_status.h"
#include "app/audio/input_stream.h"
#include "app/audio/output_stream.h"
#include "app/audio/position_fit.h"
#include "app/audio/qt_audio_device.h"
#include "app/audio/tick_gaps.h"
#include "engine/core/frames.h"
#include "engine/dsp/resampler.h"

namespace doubletalk::audio {

/// What the device thread and everybody else both see; outlives whichever ends first.
struct PumpShared {
    std::atomic<device::DeviceCallback*> callback{nullptr};
    std::atomic<bool> exchanging{false};
    std::atomic<bool> cut_asked{false};
    std::mutex mutex;
    DeviceStatus status;              ///< guarded
    std::vector<DeviceEvent> events;  ///< guarded
};

/// Polls both streams each 2 ms, converts, calls the callback, and brings back what was lost.
/// Thread: device.
class DevicePump final : public QObject {
public:
    DevicePump(const QtAudioDeviceOptions& options, SampleRate rate,
               std::shared_ptr<PumpShared> shared);
    ~DevicePump() override;

    /// The first opening: its errors are the caller's. Later ones are told as events.
    [[nodiscard]] Result<void> open();
    void close();
    /// Deletes it as soon as no call of it is on the stack.
    void dispose();

private:
    struct Side {
        Direction direction;
        bool wanted = false;
        StreamState state = StreamState::off;
        std::string id, name, message;
        std::int64_t next_try_ns = 0;
        std::int64_t reopened = 0, moves = 0;
        double latency_ms = 0.0;
    };

    void tick();
    void service(std::int64_t now_ns);
    void cutIfAsked(std::int64_t now_ns);
    void tellUnheard(std::int64_t frames);
    [[nodiscard]] Result<void> openSide(Side& side);
    void opened(Side& side, const QAudioDevice& device, const QAudioFormat& format,
                int buffer_frames, double filter_ms);
    void lose(Side& side, StreamFault fault, std::int64_t now_ns);
    void retry(Side& side, std::int64_t now_ns);
    void watchList(std::int64_t now_ns);
    void watchSide(Side& side);
    [[nodiscard]] std::span<const float> capture(std::int64_t now_ns);
    [[nodiscard]] int wantedFrames(std::int64_t now_ns);
    void exchange(std::span<const float> in, int wanted, std::int64_t now_ns);
    void play(std::span<const float> out, std::int64_t now_ns);
    void follow(std::int64_t now_ns);
    void publish(std::int64_t now_ns);
    [[nodiscard]] StreamStatus statusOf(const Side& side) const;
    [[nodiscard]] double heardNow() const;
    void tell(Side& side, StreamState state, std::string text);

    QtAudioDeviceOptions options_;
    SampleRate rate_;
    std::shared_ptr<PumpShared> shared_;
    QTimer timer_;
    bool busy_ = false;  ///< Qt's destructors run the thread's events: no second tick inside one
    bool close_asked_ = false, dispose_asked_ = false;

    InputStream input_;
    OutputStream output_;
    Side in_side_{.direction = Direction::input};
    Side out_side_{.direction = Direction::output};
    dsp::Resampler to_engine_, to_device_;
    std::vector<float> in_frames_, out_frames_;
    std::vector<float> pending_;  ///< at the output's rate, not yet taken
    std::size_t pending_frames_ = 0;
    int free_frames_ = 0;

    std::int64_t clock_start_ns_ = 0, clock_frames_ = 0;  ///< of an input that is "none"
    std::int64_t rendered_ = 0;  ///< frames exchanged with the callback for the output
    PositionFit fit_;
    CutReport cut_;
    TickGaps gaps_;
    std::int64_t next_list_ns_ = 0, next_publish_ns_ = 0;
};

}  // namespace doubletalk::audio
