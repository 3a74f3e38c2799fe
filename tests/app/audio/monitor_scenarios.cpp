// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numbers>
#include <thread>
#include <vector>

#include "app/audio/monitor_output.h"
#include "app/bench/monitor.h"
#include "device_rig.h"
#include "parec_capture.h"
#include "pulse_daemon.h"
#include "scenario_parts.h"

namespace doubletalk::test {
namespace {

using std::chrono::milliseconds;

/// Best correlation of a piece of the capture with the signal that was to be played.
double likeness(std::span<const float> piece, const std::vector<float>& signal) {
    constexpr std::size_t kEvery = 4;  // the noise lies below some 3 kHz
    double best = 0.0, a = 1e-9;
    for (std::size_t i = 0; i < piece.size(); i += kEvery) a += double(piece[i]) * piece[i];
    for (std::size_t at = 0; at + piece.size() <= signal.size(); ++at) {
        double cross = 0.0, b = 1e-9;
        for (std::size_t i = 0; i < piece.size(); i += kEvery) {
            const double y = signal[at + i];
            cross += piece[i] * y;
            b += y * y;
        }
        best = std::max(best, cross / std::sqrt(a * b));
    }
    return best;
}

/// Three pieces of 20 ms, looked for in the signal.
double leastLikeness(const std::vector<float>& captured, const std::vector<float>& signal) {
    constexpr std::size_t kPiece = kRateHz / 50;
    double least = 1.0;
    for (int k = 1; k <= 3; ++k) {
        const auto at = captured.size() * std::size_t(k) / 4;
        if (at + kPiece > captured.size()) return 0.0;
        least = std::min(least, likeness(std::span(captured).subspan(at, kPiece), signal));
    }
    return least;
}

}  // namespace

QJsonObject monitor() {
    PulseDaemon daemon;
    if (!daemon.start()) return failed("no PulseAudio daemon");
    daemon.pactl(QStringList{"load-module"} + PulseDaemon::sinkArguments("phones"));
    QJsonObject result;
    audio::MonitorOutput output;
    const auto refused = output.start({.device = "spk"}, 16000, "spk");
    result["refusal"] = refused ? QString() : QString::fromStdString(refused.error().message());
    if (auto ok = output.start({.device = "phones"}, 16000, "spk"); !ok) {
        return failed(ok.error().message());
    }
    ParecCapture capture("phones.monitor");
    const SteadyClock clock;
    const auto begin_ns = clock.nowNs();
    std::array<float, 160> block{};
    std::int64_t n = 0;
    // A writer whose clock is 300 ppm fast.
    for (int k = 0; k < 800; ++k) {
        for (auto& x : block)
            x = 0.3F * float(std::sin(2.0 * std::numbers::pi * double(n++) / 16.0));
        output.write(block);
        const auto due_ns = begin_ns + std::int64_t((k + 1) * 10e6 / 1.0003);
        std::this_thread::sleep_for(std::chrono::nanoseconds(due_ns - clock.nowNs()));
    }
    result["state"] = audio::streamStateName(output.status().state);
    result["fill_ms"] = double(output.fillFrames()) / 16.0;
    result["starved"] = double(output.status().xruns);
    result["dropped"] = double(output.droppedFrames());
    result["correction_ppm"] = output.correctionPpm();
    output.stop();
    capture.stop();
    const auto seconds = capture.frames.size() / kRateHz;
    const auto tail = std::span(capture.frames)
                          .subspan(std::size_t(kRateHz) * 2,
                                   std::size_t(kRateHz) * (seconds > 4 ? seconds - 4 : 0));
    double power = 0.0;
    for (const float x : tail) power += double(x) * x;
    result["level_dbfs"] =
        10.0 * std::log10(power / double(std::max<std::size_t>(tail.size(), 1)) + 1e-12);
    result["clicks"] = clicksOfTone(tail);
    return result;
}

QJsonObject tap() {
    PulseDaemon daemon;
    if (!daemon.start()) return failed("no PulseAudio daemon");
    daemon.pactl(QStringList{"load-module"} + PulseDaemon::sinkArguments("phones"));
    QJsonObject result;
    bench::Monitor monitor;
    std::vector<float> microphone, track;
    microphone.reserve(std::size_t(kRateHz) * 10);
    DeviceRig rig;
    const auto error =
        rig.start({.keep_s = 10.0,
                   .observer = [&](const duplex::BlockLoop& loop, const duplex::BlockInput& input) {
                       monitor.hear(loop, input);
                       const auto near = loop.uplink().near();
                       if (microphone.size() + near.size() <= microphone.capacity()) {
                           microphone.insert(microphone.end(), near.begin(), near.end());
                       }
                   }});
    if (!error.empty()) return failed(error);
    const auto refused = monitor.start(bench::FeedTap::microphone, "spk", kRateHz, "spk");
    result["refusal"] = refused ? QString() : QString::fromStdString(refused.error().message());
    if (auto ok = monitor.start(bench::FeedTap::microphone, "phones", kRateHz, "spk"); !ok) {
        return failed(ok.error().message());
    }
    rig.run(2.5);
    {
        ParecCapture capture("phones.monitor");
        rig.run(1.5);
        capture.stop();
        rig.stop();
        result["tap_likeness"] = leastLikeness(capture.frames, microphone);
        // The same noise backwards: what chance makes of it.
        std::vector<float> reversed(microphone.rbegin(), microphone.rend());
        result["other_likeness"] = leastLikeness(capture.frames, reversed);
    }
    // A track: three seconds of what was handed to the loudspeaker.
    track.assign(rig.tap->rendered.begin(), rig.tap->rendered.begin() + 3 * kRateHz);
    if (auto ok = monitor.play(track, "phones", kRateHz); !ok) return failed(ok.error().message());
    std::this_thread::sleep_for(milliseconds(1200));
    ParecCapture capture("phones.monitor");
    std::this_thread::sleep_for(milliseconds(1200));
    capture.stop();
    result["track_likeness"] = leastLikeness(capture.frames, track);
    result["position_s"] = monitor.positionS();
    monitor.stop();
    return result;
}

}  // namespace doubletalk::test
