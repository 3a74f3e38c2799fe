// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/core/random.h"
#include "engine/device/null_device.h"
#include "engine/duplex/duplex_stream.h"
#include "tests/support/watched_device.h"

namespace doubletalk::test {

/// True as soon as it is; false after 30 s. Nothing here is right only when it is fast.
template <class Condition>
[[nodiscard]] bool eventually(Condition&& condition, int seconds = 30) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (!condition()) {
        if (std::chrono::steady_clock::now() >= end) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

template <class T>
[[nodiscard]] bool becomesReady(std::future<T>& future) {
    return future.wait_for(std::chrono::seconds(30)) == std::future_status::ready;
}

/// What the microphone hears comes out as it went in; nothing interrupts by itself.
[[nodiscard]] inline duplex::Settings transparentSettings() {
    duplex::Settings settings;
    settings.echo.canceller = "none";
    settings.echo.enabled = false;
    settings.echo.delay_search = false;
    settings.noise.reducer = "none";
    settings.noise.enabled = false;
    settings.barge_in.enabled = false;
    return settings;
}

/// The same value for so long, at 16 kHz.
[[nodiscard]] inline std::vector<float> level(int ms, float value) {
    return std::vector<float>(std::size_t(16 * ms), value);
}

/// An open stream on a device that is watched, and stepped when it has no clock of its own.
struct StreamRig {
    device::PumpedDevice* pump = nullptr;
    WatchedDevice* device = nullptr;
    std::unique_ptr<std::atomic<std::int64_t>> blocks =
        std::make_unique<std::atomic<std::int64_t>>(0);
    std::unique_ptr<std::mutex> mutex = std::make_unique<std::mutex>();
    std::unique_ptr<std::vector<Event>> events = std::make_unique<std::vector<Event>>();
    /// Last, so that it ends first: its threads use what stands above.
    std::unique_ptr<duplex::DuplexStream> stream;

    /// Steps one block at a time and waits until the worker has done it.
    [[nodiscard]] bool step(int count) {
        for (int i = 0; i < count; ++i) {
            const auto before = blocks->load();
            if (!pump->step()) return false;
            if (!eventually([&] { return blocks->load() > before; })) return false;
        }
        return true;
    }
    [[nodiscard]] std::vector<Event> eventsSoFar() const {
        const std::lock_guard lock(*mutex);
        return *events;
    }
    [[nodiscard]] int count(EventKind kind) const {
        const auto all = eventsSoFar();
        return int(std::count_if(all.begin(), all.end(),
                                 [&](const Event& event) { return event.kind == kind; }));
    }
};

[[nodiscard]] inline Result<StreamRig> makeRig(const duplex::Settings& settings,
                                               std::unique_ptr<device::PumpedDevice> pump) {
    StreamRig rig;
    rig.pump = pump.get();
    auto watched = std::make_unique<WatchedDevice>(std::move(pump));
    rig.device = watched.get();
    auto stream = duplex::DuplexStream::open(settings, std::move(watched));
    if (!stream) return tl::unexpected(stream.error());
    rig.stream = std::move(*stream);
    rig.stream->engine().setProbe([blocks = rig.blocks.get()](bool begin) {
        if (!begin) blocks->fetch_add(1);
    });
    rig.stream->setEventCallback(
        [mutex = rig.mutex.get(), events = rig.events.get()](const Event& event) {
            const std::lock_guard lock(*mutex);
            events->push_back(event);
        });
    return rig;
}

[[nodiscard]] inline Result<StreamRig> makeRig(const duplex::Settings& settings,
                                               device::Pace pace) {
    return makeRig(settings, std::make_unique<device::NullDevice>(pace));
}

/// Frames of a level: to 1 %, since after an underrun the loudspeaker's clock is followed by
/// resampling. Each edge may then cost or bring a few.
[[nodiscard]] inline std::int64_t framesNear(const std::vector<float>& samples, float value) {
    return std::count_if(samples.begin(), samples.end(),
                         [&](float x) { return std::abs(x - value) < 0.01F * value; });
}
[[nodiscard]] inline std::int64_t audibleFramesOf(const std::vector<float>& samples) {
    return std::count_if(samples.begin(), samples.end(), [](float x) { return x != 0.0F; });
}

[[nodiscard]] inline std::vector<float> noiseOf(int frames, float level, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> samples(std::size_t(frames), 0.0F);
    for (float& x : samples) x = level * float(2.0 * random.uniform() - 1.0);
    return samples;
}

}  // namespace doubletalk::test
