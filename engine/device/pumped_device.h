// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include "engine/device/audio_device.h"

namespace doubletalk::device {

/// real_time: a thread of its own calls back every 10 ms; stepped: only step() does (tests, virtual
/// clocks, faster than real time).
enum class Pace : std::uint8_t { real_time, stepped };

/// A device without hardware: says what the microphone hears and keeps what was played, 10 ms at a
/// time. The derived class must call stop() in its destructor.
class PumpedDevice : public AudioDevice {
public:
    explicit PumpedDevice(Pace pace) : pace_(pace) {}
    ~PumpedDevice() override { stopPump(); }
    PumpedDevice(const PumpedDevice&) = delete;
    PumpedDevice& operator=(const PumpedDevice&) = delete;

    [[nodiscard]] Result<void> open(SampleRate rate) override;
    [[nodiscard]] Result<void> start(DeviceCallback& callback) override;
    void stop() override { stopPump(); }
    [[nodiscard]] DeviceInfo info() const override;
    [[nodiscard]] std::string lastError() const override { return last_error_; }

    /// Calls back for this many blocks at once; time_ns counts blocks from 0. Errors: state (not
    /// started, or at real pace).
    [[nodiscard]] Result<void> step(int blocks = 1);
    /// Blocks exchanged since open().
    [[nodiscard]] std::int64_t blocks() const noexcept { return blocks_.load(); }
    /// Times the pump came more than 200 ms late and gave up what it had missed.
    [[nodiscard]] std::int64_t xruns() const noexcept { return xruns_.load(); }

protected:
    /// Before the first block of an open(). Errors end open().
    [[nodiscard]] virtual Result<void> prepare(SampleRate rate) = 0;
    virtual void capture(std::span<float> in) = 0;
    virtual void play(std::span<const float> out) = 0;
    [[nodiscard]] virtual std::string deviceName() const = 0;
    void stopPump();

private:
    void exchangeBlock(std::int64_t time_ns);
    void pump();
    tl::unexpected<Error> refuse(ErrorKind kind, const char* what, const char* hint);

    Pace pace_;
    SampleRate rate_{0};
    DeviceCallback* callback_ = nullptr;
    std::vector<float> in_;
    std::vector<float> out_;
    std::atomic<std::int64_t> blocks_{0};
    std::atomic<std::int64_t> xruns_{0};
    std::atomic<bool> running_{false};
    std::thread thread_;
    std::string last_error_;
};

}  // namespace doubletalk::device
