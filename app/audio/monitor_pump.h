// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/audio/device_status.h"
#include "app/audio/output_stream.h"
#include "engine/core/ring.h"
#include "engine/dsp/async_resampler.h"
#include "engine/dsp/resampler.h"

namespace doubletalk::audio {

/// Outlives whichever of MonitorOutput and MonitorPump ends first.
struct MonitorShared {
    explicit MonitorShared(std::int64_t frames) : ring(frames) {}
    Ring<float> ring;
    std::atomic<double> correction_ppm{std::numeric_limits<double>::quiet_NaN()};
    std::mutex mutex;
    StreamStatus status;  ///< guarded
};

/// Plays the ring on its device. Thread: device.
class MonitorPump final : public QObject {
public:
    MonitorPump(StreamWish wish, int rate_hz, std::string loudspeaker_id,
                std::shared_ptr<MonitorShared> shared);
    ~MonitorPump() override;
    [[nodiscard]] Result<void> open();
    /// Deletes it as soon as no call of it is on the stack.
    void dispose();

private:
    void tick();
    void service(std::int64_t now_ns);
    [[nodiscard]] Result<void> openStream();
    void fill(std::size_t wanted);
    void steer();
    void publish(StreamState state, const std::string& message);

    StreamWish wish_;
    int rate_hz_;
    std::string loudspeaker_id_;
    std::shared_ptr<MonitorShared> shared_;
    QTimer timer_;
    bool busy_ = false, dispose_asked_ = false;
    OutputStream output_;
    StreamState state_ = StreamState::off;
    std::string message_;
    dsp::Resampler to_device_;
    dsp::AsyncResampler to_clock_;
    std::vector<float> piece_, converted_, pending_;
    std::size_t pending_frames_ = 0;
    bool primed_ = false;
    double fill_ms_ = 0.0;  ///< smoothed
    std::int64_t next_try_ns_ = 0, reopened_ = 0, starved_ = 0;
};

}  // namespace doubletalk::audio
