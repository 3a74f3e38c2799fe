// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/pumped_device.h"

#include <algorithm>
#include <chrono>

#include "engine/core/clock.h"
#include "engine/core/thread_role.h"

namespace doubletalk::device {
namespace {

constexpr std::int64_t kGiveUpNs = 200'000'000;

}  // namespace

tl::unexpected<Error> PumpedDevice::refuse(ErrorKind kind, const char* what, const char* hint) {
    last_error_ = what;
    return fail(kind, what, deviceName(), hint);
}

Result<void> PumpedDevice::open(SampleRate rate) {
    if (running_.load()) return refuse(ErrorKind::state, "the device is running", "stop it first");
    if (!rate.isEngineRate()) {
        return refuse(ErrorKind::usage, "the device cannot run at this rate",
                      "8, 16, 32 and 48 kHz work");
    }
    if (auto ok = prepare(rate); !ok) {
        last_error_ = ok.error().message();
        return ok;
    }
    rate_ = rate;
    in_.assign(std::size_t(rate.blockFrames()), 0.0F);
    out_.assign(in_.size(), 0.0F);
    blocks_ = 0;
    xruns_ = 0;
    last_error_.clear();
    return {};
}

Result<void> PumpedDevice::start(DeviceCallback& callback) {
    if (rate_.hz == 0) return refuse(ErrorKind::state, "the device is not open", "open it first");
    if (running_.load()) return refuse(ErrorKind::state, "the device is running", "stop it first");
    callback_ = &callback;
    running_ = true;
    if (pace_ == Pace::real_time) thread_ = std::thread([this] { pump(); });
    return {};
}

void PumpedDevice::stopPump() {
    running_ = false;
    if (thread_.joinable()) thread_.join();
    callback_ = nullptr;
}

DeviceInfo PumpedDevice::info() const {
    DeviceInfo info;
    info.name = deviceName();
    info.rate = rate_;
    info.block_frames = rate_.blockFrames();
    info.input_latency_ms = kBlockMs;  // a block is handed over once it is complete
    info.real_time = pace_ == Pace::real_time;
    return info;
}

void PumpedDevice::exchangeBlock(std::int64_t time_ns) {
    capture(in_);
    {
        const ScopedRole role(ThreadRole::rt);
        callback_->exchange(in_, out_, time_ns);
    }
    play(out_);
    blocks_.fetch_add(1);
}

Result<void> PumpedDevice::step(int blocks) {
    if (pace_ != Pace::stepped) {
        return refuse(ErrorKind::state, "the device runs at real pace",
                      "make it with Pace::stepped to step it");
    }
    if (!running_.load()) return refuse(ErrorKind::state, "the device is not started", "start it");
    for (int i = 0; i < blocks; ++i) exchangeBlock((blocks_.load() + 1) * kBlockNs);
    return {};
}

void PumpedDevice::pump() {
    const SteadyClock clock;
    std::int64_t due_ns = clock.nowNs();
    while (running_.load()) {
        due_ns += kBlockNs;
        const std::int64_t now_ns = clock.nowNs();
        if (now_ns - due_ns > kGiveUpNs) {
            xruns_.fetch_add(1);
            due_ns = now_ns;
        }
        if (due_ns > now_ns) {
            std::this_thread::sleep_for(std::chrono::nanoseconds(due_ns - now_ns));
        }
        if (running_.load()) exchangeBlock(clock.nowNs());
    }
}

}  // namespace doubletalk::device
