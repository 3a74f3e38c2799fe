// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QProcess>
#include <algorithm>
#include <cmath>

#include "device_rig.h"
#include "pulse_daemon.h"
#include "scenario_parts.h"

namespace doubletalk::test {

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

}  // namespace doubletalk::test
