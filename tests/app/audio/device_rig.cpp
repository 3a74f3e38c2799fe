// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_rig.h"

#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <thread>

#include "engine/duplex/chain_meter.h"

namespace doubletalk::test {
namespace {

constexpr double kAheadMs = 250.0;  // what the machine takes of this thread at once, and more
constexpr float kToneLevel = 0.3F;
constexpr double kToneHz = 1000.0;

}  // namespace

std::string DeviceRig::start(const Options& options) {
    options_ = options;
    audio::QtAudioDeviceOptions wish;
    wish.input.device = options.input;
    wish.output.device = options.output;
    wish.input.rate_hz = wish.output.rate_hz = options.device_rate_hz;
    wish.input.channels = wish.output.channels = options.device_channels;
    device = std::make_unique<audio::QtAudioDevice>(wish);
    tap = std::make_unique<TapDevice>(*device, std::size_t(options.keep_s * options.rate_hz));
    if (auto ok = tap->open(SampleRate{options.rate_hz}); !ok) return ok.error().message();
    duplex::Settings settings;
    settings.engine.rate_hz = options.rate_hz;
    settings.echo.enabled = settings.noise.enabled = settings.barge_in.enabled = false;
    settings.barge_in.hard_cut = options.hard_cut;
    if (auto ok = engine.prepare(settings, *tap); !ok) return ok.error().message();
    engine.setListener([this](const duplex::ToldEvent& told) {
        if (told.event.kind == EventKind::underrun) ++underruns;
        if (told.event.kind == EventKind::playback_silent) {
            silent_frame = std::int64_t(told.event.value2);
        }
    });
    if (options.observer) engine.setObserver(options.observer);
    if (auto ok = engine.start(); !ok) return ok.error().message();
    return {};
}

void DeviceRig::feed() {
    if (!speaking_) return;
    std::array<float, 480> frames{};
    while (engine.bufferedFrames() < std::int64_t(kAheadMs * options_.rate_hz / 1000.0)) {
        for (auto& sample : frames) {
            if (options_.tone) {
                sample = kToneLevel * float(std::sin(phase_));
                phase_ = std::fmod(phase_ + 2.0 * std::numbers::pi * kToneHz / options_.rate_hz,
                                   2.0 * std::numbers::pi);
                continue;
            }
            noise_ = noise_ * 6364136223846793005ULL + 1442695040888963407ULL;
            const float white = float(std::int32_t(noise_ >> 32)) / 2147483648.0F;
            // Below some 3 kHz, so that a fraction of a frame changes little.
            low_[0] += 0.3F * (white - low_[0]);
            low_[1] += 0.3F * (low_[0] - low_[1]);
            sample = low_[1];
        }
        const ProvenanceSpan span{
            .item = item_, .frames = std::int64_t(frames.size()), .item_sample = double(item_at_)};
        item_at_ += engine.writeDirect(frames, span);
    }
}

void DeviceRig::drain() {
    std::array<float, 960> frames{};
    for (int n = engine.readUplink(frames); n > 0; n = engine.readUplink(frames)) {
        double power = 0.0;
        for (int i = 0; i < n; ++i)
            power += double(frames[std::size_t(i)]) * frames[std::size_t(i)];
        uplink_dbfs_ = 10.0 * std::log10(power / n + 1e-12);
        uplink_frames += n;
    }
}

void DeviceRig::run(double seconds, const std::function<void()>& what) {
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(seconds));
    while (Clock::now() < end) {
        feed();
        drain();
        engine.snapshot(snapshot);
        if (what) what();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

void DeviceRig::interrupt() {
    engine.interrupt(item_);
    ++item_;
    item_at_ = 0;
    speaking_ = false;
}

double DeviceRig::metric(std::string_view id) {
    engine.snapshot(snapshot);
    const auto names = duplex::ChainMeter::columns();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == id) return snapshot.row[i];
    }
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace doubletalk::test
