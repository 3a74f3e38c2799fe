// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QProcess>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "device_rig.h"
#include "pulse_daemon.h"
#include "scenario_parts.h"
#include "stall_watch.h"

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
    constexpr double kStallMs = 10.0;
    constexpr int kPart = 1500;
    rig.run(kSettleS);
    const auto from = rig.uplink_frames;
    const int underruns_before = rig.underruns;
    // Of every eight seconds or so.
    struct Part {
        double fill = 0.0;    ///< mean
        double excess = 0.0;  ///< mean of what was handed over beyond what the clocks tell
        double drift_ppm = 0.0, stall_ms = 0.0;
        std::int64_t end = 0;  ///< frames handed over
        std::int64_t lost_blocks = 0;
        int seen = 0;
    };
    std::vector<Part> parts;
    Part part;
    double least = 1e9, most = 0.0, sum = 0.0;
    int seen = 0;
    std::int64_t lost_before = rig.engine.lostBlocks();
    const auto begin = rig.tap->frames.load();
    StallWatch stalls;
    rig.run(seconds - kSettleS, [&] {
        const auto fill = double(rig.snapshot.fill_frames);
        least = std::min(least, fill);
        most = std::max(most, fill);
        sum += fill;
        ++seen;
        part.fill += fill / kPart;
        part.excess +=
            (double(rig.tap->frames) - double(rig.uplink_frames) * kRateHz / rate_hz) / kPart;
        if (++part.seen < kPart) return;
        part.drift_ppm = rig.metric("drift_ppm");
        part.stall_ms = stalls.takeLongestMs();
        part.end = rig.tap->frames;
        part.lost_blocks =
            rig.engine.lostBlocks() - std::exchange(lost_before, rig.engine.lostBlocks());
        parts.push_back(std::exchange(part, {}));
    });
    QJsonObject result;
    result["drift_ppm"] = rig.metric("drift_ppm");
    result["fill_min_frames"] = least;
    result["fill_mean_frames"] = sum / std::max(seen, 1);
    result["fill_max_frames"] = most;
    // The lead, and the block that was just written.
    result["fill_wanted_frames"] =
        (duplex::EngineParams{}.playout_lead_ms + int(kBlockMs)) * kRateHz / 1000;
    result["underruns"] = rig.underruns - underruns_before;
    result["lost_blocks"] = double(rig.engine.lostBlocks());
    addGaps(result, rig.device->status());
    rig.stop();
    // What was handed over: the tone without a jump is a compensation without a click. Where the
    // machine stood still for longer than a device waits, or the server dropped audio, there and in
    // what follows it, no compensation can be judged.
    const auto out = std::span(rig.tap->rendered);
    QJsonArray list;
    int clicks = 0;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        const auto& one = parts[k];
        const auto first = std::size_t(k == 0 ? begin : parts[k - 1].end);
        const auto last = std::min(out.size(), std::size_t(one.end));
        const int here = first < last ? clicksOfTone(out.subspan(first, last - first)) : 0;
        clicks += here;
        const bool dropped = k > 0 && std::abs(one.excess - parts[k - 1].excess) > kDropFrames;
        const bool stalled = one.stall_ms > kStallMs || (k > 0 && parts[k - 1].stall_ms > kStallMs);
        list.append(QJsonObject{{"calm", k > 0 && !dropped && !stalled},
                                {"clicks", here},
                                {"drift_ppm", one.drift_ppm},
                                {"fill", one.fill},
                                {"lost_blocks", double(one.lost_blocks)},
                                {"stall_ms", one.stall_ms}});
    }
    result["parts"] = list;
    result["clicks"] = clicks;
    result["captured"] = double(rig.uplink_frames - from);
    recorder.kill();
    recorder.waitForFinished();
    return result;
}

}  // namespace doubletalk::test
