// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/monitor_pump.h"

#include <QCoreApplication>
#include <algorithm>
#include <utility>

#include "app/audio/device_lookup.h"
#include "app/audio/device_words.h"
#include "engine/core/clock.h"

namespace doubletalk::audio {
namespace {

struct Monitor {
    Q_DECLARE_TR_FUNCTIONS(Monitor)
};

constexpr int kTickMs = 4;
constexpr std::int64_t kRetryNs = 500'000'000;
constexpr int kPieceMs = 5;
constexpr int kFilterQuality = 5;
constexpr double kTargetMs = 60.0;
constexpr double kSmoothing = 0.004;  // a second of ticks
/// The fill settles within 10 s, 3 ms off its target for 300 ppm.
constexpr double kRatioPerMs = 1e-4;
constexpr double kMostCorrection = 2e-3;

}  // namespace

MonitorPump::MonitorPump(StreamWish wish, int rate_hz, std::string loudspeaker_id,
                         std::shared_ptr<MonitorShared> shared)
    : wish_(std::move(wish)),
      rate_hz_(rate_hz),
      loudspeaker_id_(std::move(loudspeaker_id)),
      shared_(std::move(shared)),
      timer_(this) {
    timer_.setTimerType(Qt::PreciseTimer);
    timer_.setInterval(kTickMs);
    connect(&timer_, &QTimer::timeout, this, [this] { tick(); });
}

MonitorPump::~MonitorPump() {
    busy_ = true;
    timer_.stop();
    output_.close();
}

void MonitorPump::dispose() {
    timer_.stop();
    if (busy_) {
        dispose_asked_ = true;
    } else {
        delete this;
    }
}

Result<void> MonitorPump::openStream() {
    auto device = findDevice(Direction::output, wish_.device);
    if (!device) return tl::unexpected(device.error());
    if (device->id().toStdString() == loudspeaker_id_) {
        return fail(ErrorKind::usage,
                    Monitor::tr("this device is the loudspeaker in use: the microphone would hear "
                                "what is monitored, and nothing could cancel it")
                        .toStdString(),
                    device->description().toStdString(),
                    Monitor::tr("choose another output, headphones for example").toStdString());
    }
    if (auto ok = output_.open(wish_); !ok) return ok;
    const int device_hz = output_.format().sampleRate();
    if (auto ok = to_device_.prepare(rate_hz_, device_hz, kFilterQuality); !ok) return ok;
    to_clock_.reset();
    to_clock_.setRatio(1.0);
    piece_.assign(std::size_t(rate_hz_ * kPieceMs / 1000), 0.0F);
    converted_.assign(std::size_t(device_hz * kPieceMs / 1000 + 64), 0.0F);
    pending_.assign(std::size_t(device_hz) * 3, 0.0F);
    pending_frames_ = 0;
    primed_ = false;
    publish(StreamState::starting,
            runsText(Direction::output, output_.device().description().toStdString(), device_hz,
                     output_.format().channelCount(),
                     1000.0 * output_.bufferFrames() / device_hz));
    return {};
}

Result<void> MonitorPump::open() {
    busy_ = true;
    auto ok = openStream();
    busy_ = false;
    if (ok) timer_.start();
    return ok;
}

void MonitorPump::tick() {
    if (busy_) return;
    busy_ = true;
    service(SteadyClock().nowNs());
    busy_ = false;
    if (dispose_asked_) delete this;
}

void MonitorPump::service(std::int64_t now_ns) {
    if (!output_.isOpen()) {
        // What nobody hears must not pile up.
        shared_->ring.commitRead(shared_->ring.available());
        if (now_ns < next_try_ns_) return;
        next_try_ns_ = now_ns + kRetryNs;
        if (auto ok = openStream(); !ok) {
            publish(StreamState::lost, ok.error().message());
        } else {
            ++reopened_;
        }
        return;
    }
    const int free_frames = output_.freeFrames(now_ns);
    if (output_.fault() != StreamFault::none) {
        publish(StreamState::lost,
                faultText(Direction::output, output_.device().description().toStdString(),
                          output_.fault()));
        output_.close();
        next_try_ns_ = now_ns + kRetryNs;
        return;
    }
    if (state_ == StreamState::starting && output_.steady()) publish(StreamState::running, message_);
    steer();
    if (free_frames == 0) return;
    fill(std::size_t(free_frames));
    const auto taken = std::size_t(output_.write(
        std::span(pending_).first(std::min(pending_frames_, std::size_t(free_frames))), now_ns));
    std::copy(pending_.begin() + std::ptrdiff_t(taken),
              pending_.begin() + std::ptrdiff_t(pending_frames_), pending_.begin());
    pending_frames_ -= taken;
}

/// The smoothed fill steers the ratio: that alone holds the writer's clock and the device's together.
void MonitorPump::steer() {
    const double ms = 1000.0 * double(shared_->ring.available()) / rate_hz_;
    if (!primed_) {
        fill_ms_ = kTargetMs;
        return;
    }
    fill_ms_ += kSmoothing * (ms - fill_ms_);
    const double correction = std::clamp((kTargetMs - fill_ms_) * kRatioPerMs, -kMostCorrection,
                                         kMostCorrection);
    to_clock_.setRatio(1.0 + correction);
    shared_->correction_ppm = correction * 1e6;
}

void MonitorPump::fill(std::size_t wanted) {
    auto& ring = shared_->ring;
    const auto piece = std::int64_t(piece_.size());
    if (!primed_) {
        const auto target = std::int64_t(kTargetMs * rate_hz_ / 1000.0);
        primed_ = ring.available() >= target;
        // What piled up before the device moved would stay as delay.
        if (primed_) ring.commitRead(ring.available() - target);
    }
    while (primed_ && pending_frames_ < wanted && ring.available() >= piece) {
        ring.read(piece_);
        const int n = to_device_.process(piece_, converted_);
        pending_frames_ += std::size_t(
            to_clock_.process(std::span<const float>(converted_).first(std::size_t(n)),
                              std::span(pending_).subspan(pending_frames_)));
    }
    if (pending_frames_ >= wanted) return;
    if (primed_) ++starved_;
    primed_ = false;
    std::fill(pending_.begin() + std::ptrdiff_t(pending_frames_),
              pending_.begin() + std::ptrdiff_t(wanted), 0.0F);
    pending_frames_ = wanted;
}

void MonitorPump::publish(StreamState state, const std::string& message) {
    state_ = state;
    message_ = message;
    const std::lock_guard lock(shared_->mutex);
    auto& status = shared_->status;
    status.state = state;
    status.message = message_;
    status.id = output_.device().id().toStdString();
    status.name = output_.device().description().toStdString();
    status.rate_hz = output_.format().sampleRate();
    status.channels = output_.format().channelCount();
    if (status.rate_hz > 0) {
        status.buffer_ms = 1000.0 * output_.bufferFrames() / status.rate_hz;
        status.latency_ms = status.buffer_ms + kTargetMs;
    }
    status.xruns = starved_ + output_.xruns();
    status.reopened = reopened_;
}

}  // namespace doubletalk::audio
