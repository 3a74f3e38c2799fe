// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/qt_audio_device.h"

#include <chrono>
#include <thread>
#include <utility>

#include "app/audio/device_pump.h"
#include "app/audio/device_thread.h"

namespace doubletalk::audio {
namespace {

constexpr std::chrono::seconds kOpenWait{5};
constexpr std::chrono::seconds kCloseWait{1};
/// An idle sink takes up to 1.9 s before its first request.
constexpr std::chrono::milliseconds kMotionWait{2500};
constexpr std::chrono::milliseconds kMotionNap{10};
constexpr std::chrono::microseconds kExchangeNap{50};

}  // namespace

const char* streamStateName(StreamState state) noexcept {
    switch (state) {
        case StreamState::starting:
            return "starting";
        case StreamState::running:
            return "running";
        case StreamState::moved:
            return "moved";
        case StreamState::lost:
            return "lost";
        default:
            return "off";
    }
}

QtAudioDevice::QtAudioDevice(QtAudioDeviceOptions options)
    : options_(std::move(options)), shared_(std::make_shared<PumpShared>()) {}

QtAudioDevice::~QtAudioDevice() {
    stop();
    if (pump_ == nullptr) return;
    if (auto thread = DeviceThread::instance()) {
        (void)(*thread)->call([pump = pump_] { pump->dispose(); }, kCloseWait);
    }
}

tl::unexpected<Error> QtAudioDevice::refuse(Error error) {
    last_error_ = error.message();
    return tl::unexpected(std::move(error));
}

Result<void> QtAudioDevice::open(SampleRate rate) {
    if (running_) {
        return refuse({ErrorKind::state, "the device is running", info().name, "stop it first"});
    }
    if (!rate.isEngineRate()) {
        return refuse({ErrorKind::usage, "the engine cannot run at this rate", info().name,
                       "8, 16, 32 and 48 kHz work"});
    }
    if (options_.input.device == kNoDevice && options_.output.device == kNoDevice) {
        return refuse({ErrorKind::usage, "neither a microphone nor a loudspeaker was chosen", {},
                       "choose at least one of them"});
    }
    auto thread = DeviceThread::instance();
    if (!thread) return refuse(thread.error());
    if (pump_ != nullptr) {
        auto closed = (*thread)->call([pump = pump_] { pump->dispose(); }, kCloseWait);
        pump_ = nullptr;
        if (!closed) return refuse(closed.error());
    }
    auto made = std::make_shared<DevicePump*>(nullptr);
    auto ok = (*thread)->call(
        [this_options = options_, rate, shared = shared_, made] {
            *made = new DevicePump(this_options, rate, shared);
        },
        kCloseWait);
    if (!ok) return refuse(ok.error());
    pump_ = *made;
    rate_ = rate;
    return openStreams();
}

Result<void> QtAudioDevice::openStreams() {
    auto thread = DeviceThread::instance();
    if (!thread) return refuse(thread.error());
    auto opened = std::make_shared<Result<void>>();
    auto answered =
        (*thread)->call([pump = pump_, opened] { *opened = pump->open(); }, kOpenWait);
    if (!answered) return refuse(answered.error());
    if (!*opened) return refuse(opened->error());
    streams_open_ = true;
    last_error_.clear();
    awaitMotion();
    return {};
}

/// A stream that was just opened may deliver nothing at first: the engine would begin with a gap.
void QtAudioDevice::awaitMotion() const {
    const auto until = std::chrono::steady_clock::now() + kMotionWait;
    const auto starting = [](const StreamStatus& s) { return s.state == StreamState::starting; };
    for (auto now = status(); starting(now.input) || starting(now.output); now = status()) {
        if (std::chrono::steady_clock::now() > until) return;
        std::this_thread::sleep_for(kMotionNap);
    }
}

Result<void> QtAudioDevice::start(device::DeviceCallback& callback) {
    if (pump_ == nullptr) {
        return refuse({ErrorKind::state, "the device is not open", info().name, "open it first"});
    }
    if (running_) {
        return refuse({ErrorKind::state, "the device is running", info().name, "stop it first"});
    }
    if (!streams_open_) {
        if (auto ok = openStreams(); !ok) return ok;
    }
    shared_->cut_asked = false;
    shared_->callback = &callback;
    running_ = true;
    return {};
}

void QtAudioDevice::stop() {
    shared_->callback = nullptr;
    while (shared_->exchanging.load()) std::this_thread::sleep_for(kExchangeNap);
    running_ = false;
    if (!streams_open_) return;
    streams_open_ = false;
    if (auto thread = DeviceThread::instance()) {
        (void)(*thread)->call([pump = pump_] { pump->close(); }, kCloseWait);
    }
}

void QtAudioDevice::cut() noexcept { shared_->cut_asked = true; }

device::DeviceInfo QtAudioDevice::info() const {
    const auto now = status();
    const auto named = [](const StreamWish& wish, const StreamStatus& stream) {
        if (!stream.name.empty()) return stream.name;
        return wish.device.empty() ? std::string("default") : wish.device;
    };
    device::DeviceInfo info;
    info.name = named(options_.input, now.input) + " / " + named(options_.output, now.output);
    info.rate = rate_;
    info.block_frames = rate_.blockFrames();
    info.capture = options_.input.device != kNoDevice;
    info.playback = options_.output.device != kNoDevice;
    info.input_latency_ms = now.input.latency_ms;
    info.output_latency_ms = now.output.latency_ms;
    info.real_time = true;
    return info;
}

std::string QtAudioDevice::lastError() const {
    if (!last_error_.empty()) return last_error_;
    const auto now = status();
    if (now.output.state == StreamState::lost) return now.output.message;
    return now.input.state == StreamState::lost ? now.input.message : std::string();
}

DeviceStatus QtAudioDevice::status() const {
    const std::lock_guard lock(shared_->mutex);
    return shared_->status;
}

std::vector<DeviceEvent> QtAudioDevice::takeEvents() {
    const std::lock_guard lock(shared_->mutex);
    return std::exchange(shared_->events, {});
}

}  // namespace doubletalk::audio
