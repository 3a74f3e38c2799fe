// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "engine/device/audio_device.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::test {

/// Any device, with everything it captured and played kept, real-time rules watched around
/// exchange(), and faults on demand: a device that stands still, one that does not start.
/// played() and captured() only while stopped or between steps.
class WatchedDevice final : public device::AudioDevice, private device::DeviceCallback {
public:
    explicit WatchedDevice(std::unique_ptr<device::AudioDevice> inner) : inner_(std::move(inner)) {}
    ~WatchedDevice() override { inner_->stop(); }

    [[nodiscard]] Result<void> open(SampleRate rate) override {
        constexpr int kKeptS = 60;
        played_.assign(std::size_t(rate.hz) * kKeptS, 0.0F);
        captured_.assign(played_.size(), 0.0F);
        return inner_->open(rate);
    }
    [[nodiscard]] Result<void> start(device::DeviceCallback& callback) override {
        if (refuse_start) return fail(ErrorKind::io, "the device is gone");
        callback_ = &callback;
        return inner_->start(*this);
    }
    void stop() override { inner_->stop(); }
    [[nodiscard]] device::DeviceInfo info() const override { return inner_->info(); }
    [[nodiscard]] std::string lastError() const override { return inner_->lastError(); }

    /// The device's thread stands still for so long before its next exchange.
    void stall(int ms) { stall_ms_ = ms; }
    [[nodiscard]] std::vector<float> played() const {
        return {played_.begin(), played_.begin() + std::ptrdiff_t(frames_.load())};
    }
    [[nodiscard]] std::vector<float> captured() const {
        return {captured_.begin(), captured_.begin() + std::ptrdiff_t(frames_.load())};
    }
    [[nodiscard]] std::int64_t frames() const { return frames_; }
    [[nodiscard]] std::int64_t allocations() const { return allocations_; }
    [[nodiscard]] std::int64_t locks() const { return locks_; }

    bool refuse_start = false;

private:
    void exchange(std::span<const float> in, std::span<float> out,
                  std::int64_t time_ns) noexcept override {
        if (const int ms = stall_ms_.exchange(0); ms > 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(ms));
        }
        {
            const RtGuard guard;
            callback_->exchange(in, out, time_ns);
            allocations_ += guard.allocations() + guard.frees();
            locks_ += guard.locks();
        }
        const auto at = frames_.load();
        if (std::size_t(at) + in.size() > played_.size()) return;
        std::copy(in.begin(), in.end(), captured_.begin() + at);
        std::copy(out.begin(), out.end(), played_.begin() + at);
        frames_ += std::int64_t(in.size());
    }

    std::unique_ptr<device::AudioDevice> inner_;
    device::DeviceCallback* callback_ = nullptr;
    std::vector<float> played_, captured_;
    std::atomic<std::int64_t> frames_{0}, allocations_{0}, locks_{0};
    std::atomic<int> stall_ms_{0};
};

}  // namespace doubletalk::test
