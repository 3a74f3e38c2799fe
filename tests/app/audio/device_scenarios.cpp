// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_scenarios.h"

#include <QJsonArray>

#include "app/audio/latency_probe.h"
#include "device_rig.h"
#include "pulse_daemon.h"
#include "scenario_parts.h"

namespace doubletalk::test {
namespace {

/// Runs until the microphone hears the loudspeaker again; seconds, or -1.
double soundAgainS(DeviceRig& rig, double most_s) {
    const SteadyClock clock;
    const auto begin_ns = clock.nowNs();
    while (double(clock.nowNs() - begin_ns) * 1e-9 < most_s) {
        rig.run(0.05);
        if (rig.uplinkDbfs() > -30.0) return double(clock.nowNs() - begin_ns) * 1e-9;
    }
    return -1.0;
}

QJsonArray takeWords(DeviceRig& rig) {
    QJsonArray words;
    for (const auto& event : rig.device->takeEvents()) {
        words.append(QString::fromStdString(event.text));
    }
    return words;
}

/// The sink goes and comes back; then the daemon dies and comes back.
QJsonObject losses() {
    PulseDaemon daemon;
    if (!daemon.start()) return failed("no PulseAudio daemon");
    DeviceRig rig;
    if (auto error = rig.start({.tone = true}); !error.empty()) return failed(error);
    QJsonObject result;
    const SteadyClock clock;
    const auto begin_ns = clock.nowNs();
    const auto begin_block = rig.snapshot.block;
    rig.run(1.0);
    result["sound_before_dbfs"] = rig.uplinkDbfs();
    result["words_start"] = takeWords(rig);

    daemon.pactl({"unload-module", "module-remap-source"});
    daemon.pactl({"unload-module", "module-null-sink"});
    rig.run(1.5);
    const auto gone = rig.device->status();
    result["state_gone"] = audio::streamStateName(gone.output.state);
    result["level_gone_dbfs"] = rig.uplinkDbfs();
    result["words_gone"] = takeWords(rig);
    daemon.pactl(QStringList{"load-module"} + PulseDaemon::sinkArguments("spk"));
    daemon.pactl({"load-module", "module-remap-source", "source_name=mic", "master=spk.monitor",
                  "channels=2", "remix=no"});
    result["again_after_return_s"] = soundAgainS(rig, 8.0);
    result["words_return"] = takeWords(rig);

    daemon.kill();
    rig.run(0.5);
    result["words_dead"] = takeWords(rig);
    if (!daemon.start()) return failed("the daemon did not restart");
    result["again_after_restart_s"] = soundAgainS(rig, 10.0);
    result["words_restart"] = takeWords(rig);
    // Away for longer than Qt waits for it.
    daemon.kill();
    rig.run(6.0);
    if (!daemon.start()) return failed("the daemon did not restart after six seconds");
    result["again_after_long_s"] = soundAgainS(rig, 10.0);

    // A second sink takes over when the chosen one goes; back when it returns.
    daemon.pactl(QStringList{"load-module"} + PulseDaemon::sinkArguments("other"));
    rig.run(1.5);
    takeWords(rig);
    daemon.pactl({"unload-module", daemon.pactl({"list", "short", "modules"})
                                       .split('\n')
                                       .filter("sink_name=spk")
                                       .value(0)
                                       .section('\t', 0, 0)});
    rig.run(2.0);
    result["state_moved"] = audio::streamStateName(rig.device->status().output.state);
    result["words_moved"] = takeWords(rig);
    daemon.pactl(QStringList{"load-module"} + PulseDaemon::sinkArguments("spk"));
    rig.run(3.0);
    result["state_moved_back"] = audio::streamStateName(rig.device->status().output.state);
    result["words_moved_back"] = takeWords(rig);

    result["blocks"] = double(rig.snapshot.block - begin_block);
    result["blocks_due"] = double(clock.nowNs() - begin_ns) * 1e-7;
    result["lost_blocks"] = double(rig.engine.lostBlocks());
    rig.stop();
    return result;
}

/// Round trips: directly, and with nothing coming back.
QJsonObject chirps() {
    PulseDaemon daemon;
    if (!daemon.start()) return failed("no PulseAudio daemon");
    daemon.pactl(QStringList{"load-module"} + PulseDaemon::sinkArguments("deaf"));
    QJsonObject result;
    {
        audio::QtAudioDevice device({.input = {.device = "mic", .buffer_ms = 10.0},
                                     .output = {.device = "spk", .buffer_ms = 20.0}});
        if (auto ok = device.open(SampleRate{kRateHz}); !ok) return failed(ok.error().message());
        const auto report = audio::measureLatency(device, {.chirps = 8});
        if (!report) return failed(report.error().message());
        result["median_ms"] = report->median_ms;
        result["spread_ms"] = report->spread_ms;
        result["confidence_ratio"] = report->confidence_ratio;
        result["found"] = report->found;
        addGaps(result, device.status());
    }
    audio::QtAudioDevice device({.input = {.device = "mic", .buffer_ms = 10.0},
                                 .output = {.device = "deaf", .buffer_ms = 20.0}});
    if (auto ok = device.open(SampleRate{kRateHz}); !ok) return failed(ok.error().message());
    const auto refused = audio::measureLatency(device, {.chirps = 3});
    result["refusal"] = refused ? QString() : QString::fromStdString(refused.error().message());
    return result;
}

/// Every rate and channel count: the tone goes out and comes back.
QJsonObject formats() {
    PulseDaemon daemon;
    if (!daemon.start()) return failed("no PulseAudio daemon");
    QJsonObject result;
    const int engine_rates[] = {8000, 16000, 48000};
    const int device_rates[] = {8000, 44100, 48000};
    for (const int engine_hz : engine_rates) {
        for (const int device_hz : device_rates) {
            DeviceRig rig;
            const int channels = device_hz == 48000 ? 2 : 1;
            const auto error = rig.start({.rate_hz = engine_hz,
                                          .tone = true,
                                          .device_rate_hz = device_hz,
                                          .device_channels = channels});
            if (!error.empty()) return failed(error);
            soundAgainS(rig, 3.0);
            rig.run(0.3);
            result[QString("%1/%2/%3").arg(engine_hz).arg(device_hz).arg(channels)] =
                rig.uplinkDbfs();
            rig.stop();
        }
    }
    return result;
}

}  // namespace

QJsonObject runScenario(const QString& name, const QStringList& arguments) {
    const auto number = [&](int k) { return arguments.value(k).toInt(); };
    if (name == "drift") return drift(number(0), number(1));
    if (name == "fade") return interrupts(false, number(0));
    if (name == "cut") return interrupts(true, number(0));
    if (name == "losses") return losses();
    if (name == "chirps") return chirps();
    if (name == "monitor") return monitor();
    if (name == "tap") return tap();
    if (name == "formats") return formats();
    return failed("no scenario " + name.toStdString());
}

}  // namespace doubletalk::test
