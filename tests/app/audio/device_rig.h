// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "app/audio/qt_audio_device.h"
#include "engine/duplex/engine.h"

namespace doubletalk::test {

/// Passes everything on and keeps what was handed over. Thread: as the device inside.
class TapDevice final : public device::AudioDevice, private device::DeviceCallback {
public:
    TapDevice(device::AudioDevice& inner, std::size_t most_frames) : inner_(inner) {
        rendered.resize(most_frames);
    }
    [[nodiscard]] Result<void> open(SampleRate rate) override { return inner_.open(rate); }
    [[nodiscard]] Result<void> start(device::DeviceCallback& callback) override {
        callback_ = &callback;
        return inner_.start(*this);
    }
    void stop() override { inner_.stop(); }
    void cut() noexcept override { inner_.cut(); }
    [[nodiscard]] device::DeviceInfo info() const override { return inner_.info(); }
    [[nodiscard]] std::string lastError() const override { return inner_.lastError(); }

    std::vector<float> rendered;  ///< by frame of Engine::renderedFrames()
    std::atomic<std::int64_t> frames{0};

private:
    void exchange(std::span<const float> in, std::span<float> out,
                  std::int64_t time_ns) noexcept override {
        callback_->exchange(in, out, time_ns);
        const auto at = std::size_t(frames.load());
        if (at + out.size() > rendered.size()) return;
        std::copy(out.begin(), out.end(), rendered.begin() + std::ptrdiff_t(at));
        frames = std::int64_t(at + out.size());
    }
    void unheard(std::int64_t frames) noexcept override { callback_->unheard(frames); }
    device::AudioDevice& inner_;
    device::DeviceCallback* callback_ = nullptr;
};

/// An engine on real devices that speaks without a pause: a tone, or noise that never repeats.
class DeviceRig {
public:
    struct Options {
        std::string input = "mic", output = "spk";
        int rate_hz = 48000;
        bool tone = false;
        bool hard_cut = false;
        int device_rate_hz = 0, device_channels = 0;
        double keep_s = 90.0;
        /// After every block, on the worker.
        std::function<void(const duplex::BlockLoop&, const duplex::BlockInput&)> observer;
    };
    /// Message of what failed; empty: it runs.
    [[nodiscard]] std::string start(const Options& options);
    /// Keeps it speaking for so long; every 5 ms what() is called.
    void run(double seconds, const std::function<void()>& what = {});
    /// Speaks no more until speak().
    void interrupt();
    void speak() { speaking_ = true; }
    void stop() { engine.stop(); }
    [[nodiscard]] double metric(std::string_view id);
    /// Level of what the microphone brings, over the last 20 ms. [dBFS]
    [[nodiscard]] double uplinkDbfs() const { return uplink_dbfs_; }

    std::unique_ptr<audio::QtAudioDevice> device;
    std::unique_ptr<TapDevice> tap;
    duplex::Engine engine;
    duplex::EngineSnapshot snapshot;
    std::int64_t uplink_frames = 0;  ///< what the microphone brought
    std::atomic<int> underruns{0};
    /// By the newest playback_silent: frames handed over that were heard.
    std::atomic<std::int64_t> silent_frame{-1};

private:
    void feed();
    void drain();
    Options options_;
    bool speaking_ = true;
    ItemId item_ = 1;
    std::int64_t item_at_ = 0;
    double phase_ = 0.0;
    std::uint64_t noise_ = 1;
    float low_[2] = {0.0F, 0.0F};
    double uplink_dbfs_ = -120.0;
};

}  // namespace doubletalk::test
