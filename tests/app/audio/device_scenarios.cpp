// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "device_scenarios.h"

#include <sys/stat.h>

#include <QJsonArray>
#include <QProcess>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <numbers>
#include <thread>

#include "app/audio/latency_probe.h"
#include "app/audio/monitor_output.h"
#include "app/bench/monitor.h"
#include "device_rig.h"
#include "parec_capture.h"
#include "pulse_daemon.h"

namespace doubletalk::test {
namespace {

using std::chrono::milliseconds;

constexpr int kRateHz = 48000;
constexpr double kQuiet = 0.001;  // -60 dBFS

QJsonObject failed(const std::string& what) { return {{"error", QString::fromStdString(what)}}; }

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 1e9;
    std::ranges::sort(values);
    return values[std::min(values.size() - 1, std::size_t(share * double(values.size())))];
}

void addGaps(QJsonObject& result, const audio::DeviceStatus& status) {
    result["tick_gap_p99_ms"] = status.tick_gap_p99_ms;
    result["tick_gap_max_ms"] = status.tick_gap_max_ms;
    result["xruns"] = double(status.output.xruns);
}

/// Jumps of a 1 kHz tone: 10 ms windows whose phase is off the line of the two before by more than
/// 0.05 rad, which is 0.4 frames.
int clicksOfTone(std::span<const float> tone) {
    constexpr std::size_t kWindow = 480;
    std::vector<double> phases;
    for (std::size_t at = 0; at + kWindow <= tone.size(); at += kWindow) {
        double re = 0.0, im = 0.0;
        for (std::size_t i = 0; i < kWindow; ++i) {
            const double w = 2.0 * std::numbers::pi * 1000.0 * double(i) / kRateHz;
            re += double(tone[at + i]) * std::cos(w);
            im -= double(tone[at + i]) * std::sin(w);
        }
        phases.push_back(std::atan2(im, re));
    }
    int clicks = 0;
    for (std::size_t k = 2; k < phases.size(); ++k) {
        const double bend = phases[k] - 2.0 * phases[k - 1] + phases[k - 2];
        if (std::abs(std::remainder(bend, 2.0 * std::numbers::pi)) > 0.05) ++clicks;
    }
    return clicks;
}

/// The microphone's clock runs at rate_hz instead of 48000; what the engine makes of it.
QJsonObject drift(int rate_hz, double seconds) {
    PulseDaemon daemon;
    const auto fifo = daemon.folder() + "/fifo";
    if (!daemon.start()) return failed("no PulseAudio daemon");
    daemon.pactl({"load-module", "module-pipe-source", "source_name=dmic", "file=" + fifo,
                  "format=s16le", "rate=48000", "channels=2"});
    QProcess recorder;
    recorder.start("sh", {"-c", QString("exec parec -d spk.monitor --raw --format=s16le --rate=%1 "
                                        "--channels=2 --latency-msec=5 > %2")
                                    .arg(rate_hz)
                                    .arg(fifo)});
    DeviceRig rig;
    if (auto error = rig.start({.input = "dmic", .tone = true, .keep_s = seconds + 5.0});
        !error.empty()) {
        return failed(error);
    }
    constexpr double kSettleS = 20.0;
    constexpr double kDropFrames = 150.0;
    constexpr int kPart = 1500;
    rig.run(kSettleS);
    const auto from = rig.uplink_frames;
    const int underruns_before = rig.underruns;
    // Means of every eight seconds or so: the fill, and whether the server dropped something since
    // the one before: more was handed over, or less, than the clocks can tell.
    QJsonArray fills, disturbed;
    double least = 1e9, most = 0.0, sum = 0.0;
    int seen = 0;
    double part_fill = 0.0, part_excess = 0.0, last_excess = 0.0;
    int part_seen = 0;
    rig.run(seconds - kSettleS, [&] {
        const auto fill = double(rig.snapshot.fill_frames);
        least = std::min(least, fill);
        most = std::max(most, fill);
        sum += fill;
        ++seen;
        part_fill += fill;
        part_excess += double(rig.tap->frames) - double(rig.uplink_frames) * kRateHz / rate_hz;
        if (++part_seen == kPart) {
            const double excess = part_excess / kPart;
            disturbed.append(!fills.isEmpty() && std::abs(excess - last_excess) > kDropFrames);
            fills.append(part_fill / kPart);
            last_excess = excess;
            part_fill = part_excess = 0.0;
            part_seen = 0;
        }
    });
    QJsonObject result;
    result["drift_ppm"] = rig.metric("drift_ppm");
    result["fill_min_frames"] = least;
    result["fill_mean_frames"] = sum / std::max(seen, 1);
    result["fill_max_frames"] = most;
    result["fills"] = fills;
    result["disturbed"] = disturbed;
    // The lead, and the block that was just written.
    result["fill_wanted_frames"] =
        (duplex::EngineParams{}.playout_lead_ms + int(kBlockMs)) * kRateHz / 1000;
    result["underruns"] = rig.underruns - underruns_before;
    result["lost_blocks"] = double(rig.engine.lostBlocks());
    addGaps(result, rig.device->status());
    rig.stop();
    // What was handed over: the tone without a jump is a compensation without a click.
    const auto& out = rig.tap->rendered;
    const auto end = std::size_t(rig.tap->frames.load());
    const auto begin = std::min(end, std::size_t(kSettleS * kRateHz));
    result["clicks"] = clicksOfTone(std::span(out).subspan(begin, end - begin));
    result["captured"] = double(rig.uplink_frames - from);
    recorder.kill();
    recorder.waitForFinished();
    return result;
}

struct Spoken {
    std::int64_t asked_ns = 0;
    double heard_frames = 0.0, cut_heard_frames = 0.0;
    double ledger_frames = 0.0;
    std::int64_t rendered_at = 0;  ///< frames handed over when it was asked
};

/// Frame of rendered[] that the capture shows in the last 10 ms up to its frame `end`: the best
/// correlation near a guess; -1: none.
std::int64_t contentAt(const std::vector<float>& captured, std::int64_t end,
                       const std::vector<float>& rendered, std::int64_t near_frame) {
    constexpr std::int64_t kWindow = 480, kReach = 4800;
    if (end < kWindow) return -1;
    double best = 0.0;
    std::int64_t found = -1;
    for (auto at = std::max(near_frame - kReach, kWindow); at < near_frame + kReach; ++at) {
        if (at > std::int64_t(rendered.size())) break;
        double cross = 0.0, a = 1e-9, b = 1e-9;
        for (std::int64_t i = 0; i < kWindow; i += 2) {
            const double x = captured[std::size_t(end - kWindow + i)];
            const double y = rendered[std::size_t(at - kWindow + i)];
            cross += x * y;
            a += x * x;
            b += y * y;
        }
        if (const double c = cross / std::sqrt(a * b); c > best) {
            best = c;
            found = at;
        }
    }
    return best > 0.8 ? found : -1;
}

/// Interrupts again and again; how long it still sounds, and how right the heard position is.
QJsonObject interrupts(bool hard_cut, int rounds) {
    PulseDaemon daemon;
    if (!daemon.start()) return failed("no PulseAudio daemon");
    ParecCapture capture("spk.monitor");
    DeviceRig rig;
    if (auto error = rig.start({.hard_cut = hard_cut, .keep_s = rounds * 0.6 + 10.0});
        !error.empty()) {
        return failed(error);
    }
    const SteadyClock clock;
    rig.run(6.0);  // the sound server settles for some seconds after its streams began
    std::vector<Spoken> spoken;
    for (int k = 0; k < rounds; ++k) {
        rig.speak();
        rig.run(0.30 + 0.0013 * (k % 10));
        Spoken one;
        const auto status = rig.device->status();
        one.asked_ns = clock.nowNs();
        one.heard_frames = status.heard.at(one.asked_ns);
        one.rendered_at = rig.tap->frames;
        rig.interrupt();
        rig.run(0.15);
        one.cut_heard_frames = rig.device->status().cut.heard_frames;
        one.ledger_frames = double(rig.silent_frame);
        spoken.push_back(one);
    }
    QJsonObject result;
    addGaps(result, rig.device->status());
    rig.stop();
    capture.stop();

    std::vector<double> quiet_ms, heard_ms, cut_ms, ledger_ms;
    for (const auto& one : spoken) {
        // The last loud frame of the 150 ms after it was asked.
        const auto first = capture.frameAt(one.asked_ns);
        const auto last = capture.frameAt(one.asked_ns + 140'000'000);
        auto loud = last;
        while (loud > first && std::abs(capture.frames[std::size_t(loud)]) < kQuiet) --loud;
        quiet_ms.push_back(double(capture.timeNs(loud) - one.asked_ns) * 1e-6);
        const auto content = contentAt(capture.frames, first, rig.tap->rendered, one.rendered_at);
        // frameAt() is a step of 5 ms; on average half of one is on its way already.
        if (content >= 0) heard_ms.push_back((one.heard_frames - double(content)) / 48.0);
        if (hard_cut) {
            const auto end =
                contentAt(capture.frames, loud + 1, rig.tap->rendered, one.rendered_at);
            if (end >= 0) cut_ms.push_back((one.cut_heard_frames - double(end)) / 48.0);
            if (end >= 0) ledger_ms.push_back((one.ledger_frames - double(end)) / 48.0);
        }
    }
    const auto absolute = [](std::vector<double> values) {
        for (auto& value : values) value = std::abs(value);
        return values;
    };
    if (qEnvironmentVariableIsSet("DT_DEVICE_DETAILS")) {
        QJsonArray details;
        for (const auto value : heard_ms) details.append(value);
        result["heard_ms"] = details;
    }
    result["rounds"] = rounds;
    result["quiet_p50_ms"] = percentile(quiet_ms, 0.5);
    result["quiet_p95_ms"] = percentile(quiet_ms, 0.95);
    result["heard_found"] = int(heard_ms.size());
    result["heard_p50_ms"] = percentile(heard_ms, 0.5);
    result["heard_error_p95_ms"] = percentile(absolute(heard_ms), 0.95);
    if (hard_cut) {
        result["cut_found"] = int(cut_ms.size());
        result["cut_p50_ms"] = percentile(cut_ms, 0.5);
        result["cut_error_p95_ms"] = percentile(absolute(cut_ms), 0.95);
        result["ledger_p50_ms"] = percentile(ledger_ms, 0.5);
        result["ledger_error_p95_ms"] = percentile(absolute(ledger_ms), 0.95);
    }
    return result;
}

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

/// A second output plays a tone; refused on the loudspeaker itself.
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

/// The monitor plays a tap of the running engine, then a track, on a second output.
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
