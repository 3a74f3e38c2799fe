// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <algorithm>
#include <cmath>
#include <vector>

#include "device_rig.h"
#include "parec_capture.h"
#include "pulse_daemon.h"
#include "scenario_parts.h"

namespace doubletalk::test {
namespace {

constexpr double kQuiet = 0.001;  // -60 dBFS

double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 1e9;
    std::ranges::sort(values);
    return values[std::min(values.size() - 1, std::size_t(share * double(values.size())))];
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

}  // namespace

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

}  // namespace doubletalk::test
