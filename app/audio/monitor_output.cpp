// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/monitor_output.h"

#include <chrono>
#include <limits>

#include "app/audio/device_thread.h"
#include "app/audio/monitor_pump.h"

namespace doubletalk::audio {
namespace {

constexpr std::chrono::seconds kOpenWait{5};
constexpr std::chrono::seconds kCloseWait{1};
constexpr double kBufferMs = 20.0;
constexpr int kLowestHz = 8000;
constexpr int kHighestHz = 48000;

}  // namespace

MonitorOutput::MonitorOutput() = default;
MonitorOutput::~MonitorOutput() { stop(); }

Result<void> MonitorOutput::start(const StreamWish& wish, int rate_hz,
                                  const std::string& loudspeaker_id) {
    stop();
    if (rate_hz < kLowestHz || rate_hz > kHighestHz) {
        return fail(ErrorKind::usage, "no monitor at " + std::to_string(rate_hz) + " Hz", {},
                    "8000 to 48000 Hz work");
    }
    auto thread = DeviceThread::instance();
    if (!thread) return tl::unexpected(thread.error());
    auto shared = std::make_shared<MonitorShared>(rate_hz / 2);
    struct Made {
        MonitorPump* pump = nullptr;
        Result<void> opened;
    };
    auto made = std::make_shared<Made>();
    auto asked = wish;
    if (asked.buffer_ms <= 0.0) asked.buffer_ms = kBufferMs;
    auto answered = (*thread)->call(
        [made, asked, rate_hz, loudspeaker_id, shared] {
            auto* pump = new MonitorPump(asked, rate_hz, loudspeaker_id, shared);
            made->opened = pump->open();
            if (made->opened) {
                made->pump = pump;
            } else {
                pump->dispose();
            }
        },
        kOpenWait);
    if (!answered) return answered;
    if (!made->opened) return made->opened;
    pump_ = made->pump;
    shared_ = std::move(shared);
    return {};
}

void MonitorOutput::stop() {
    if (pump_ != nullptr) {
        if (auto thread = DeviceThread::instance()) {
            (void)(*thread)->call([pump = pump_] { pump->dispose(); }, kCloseWait);
        }
    }
    pump_ = nullptr;
    shared_ = nullptr;
}

int MonitorOutput::write(std::span<const float> frames) noexcept {
    return shared_ ? int(shared_->ring.write(frames)) : 0;
}

StreamStatus MonitorOutput::status() const {
    if (!shared_) return {};
    const std::lock_guard lock(shared_->mutex);
    return shared_->status;
}

std::int64_t MonitorOutput::fillFrames() const noexcept {
    return shared_ ? shared_->ring.available() : 0;
}

std::int64_t MonitorOutput::droppedFrames() const noexcept {
    return shared_ ? shared_->ring.overflowFrames() : 0;
}

double MonitorOutput::correctionPpm() const noexcept {
    return shared_ ? shared_->correction_ppm.load() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace doubletalk::audio
