// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/trace_run.h"

#include <QtTest>

#include "engine/jitter/jitter_buffer_registry.h"
#include "engine/metrics/quality.h"
#include "tests/engine/network/model_trace.h"

using namespace doubletalk;
using namespace doubletalk::network;
using test::TraceModel;

namespace {

TraceResult run(const Trace& trace, const char* name, int target_ms = 80) {
    auto buffer = std::move(*jitter::createJitterBuffer(name));
    jitter::JitterParams params;
    params.target_ms = target_ms;
    auto result = runTrace(trace, *buffer, params);
    if (!result) qFatal("%s", result.error().message().c_str());
    return *result;
}

}  // namespace

class TraceRunTest : public QObject {
    Q_OBJECT
private slots:
    /// A fixed buffer can be computed by hand: late is what comes after first arrival + target.
    void fixed_agrees_with_arithmetic() {
        for (const int target_ms : {40, 80, 200}) {
            TraceModel model;
            model.spikes_per_min = 10.0;
            model.loss = 0.01;
            const Trace trace = model.make();
            const double deadline = trace.packets.front().arrival_ms + target_ms;
            std::int64_t late = 0, due = 0;
            const double end = trace.packets.back().send_ms + trace.minDelayMs();
            for (const auto& p : trace.packets) {
                if (p.send_ms + deadline > end) continue;  // its slot is after the last one
                ++due;
                late += !p.lost() && p.arrival_ms - p.send_ms > deadline;
            }
            const auto r = run(trace, "fixed", target_ms);
            QCOMPARE(r.mean_delay_ms, double(target_ms));
            QCOMPARE(r.p95_delay_ms, double(target_ms));
            QCOMPARE(r.lost, trace.lostPackets());
            QVERIFY2(std::abs(r.concealed_percent - 100.0 * double(late) / double(due)) < 0.05,
                     qPrintable(QString::number(r.concealed_percent)));
            QCOMPARE(r.r_factor, metrics::rFactor(r.mean_delay_ms,
                                                  r.concealed_percent + r.network_loss_percent));
        }
    }

    /// The formula on a trace small enough for pen and paper: packet 3 comes 100 ms late.
    void counts_skipped_and_empty_slots_once() {
        Trace trace;
        for (int i = 0; i < 20; ++i) {
            trace.packets.push_back({i, i * 20.0, i * 20.0 + (i == 3 ? 100.0 : 0.0)});
        }
        const auto r = run(trace, "fixed", 40);
        // Slots 0 to 19 (first arrival to last send): 2 idle, packets 0 to 17, number 3 concealed.
        QCOMPARE(r.played, 17);
        QCOMPARE(r.concealed_percent, 100.0 / 18.0);
        QCOMPARE(r.late, 1);
        QCOMPARE(r.mean_delay_ms, 40.0);
    }

    void nobody_conceals_on_a_calm_network() {
        TraceModel model;
        model.jitter_ms = 3.0;
        for (const auto& entry : jitter::jitterBuffers()) {
            const auto r = run(model.make(), std::string(entry.name).c_str());
            QVERIFY2(r.concealed_percent < 1.0, std::string(entry.name).c_str());
            QVERIFY(r.mean_delay_ms < 100.0);
        }
        QVERIFY(run(model.make(), "adaptive").mean_delay_ms < 50.0);
    }

    /// With the spikes of Wi-Fi: as good a rating as fixed 80 ms, fewer packets thrown away.
    void adaptive_holds_its_own() {
        double adaptive = 0.0, fixed = 0.0, speex = 0.0;
        std::int64_t adaptive_gone = 0, fixed_gone = 0;
        for (const double spikes : {0.0, 6.0, 16.0}) {
            for (const double jitter_ms : {3.0, 12.0, 40.0}) {
                TraceModel model;
                model.spikes_per_min = spikes;
                model.jitter_ms = jitter_ms;
                model.seed = 5;
                const Trace trace = model.make();
                const auto a = run(trace, "adaptive");
                const auto f = run(trace, "fixed");
                adaptive += a.r_factor / 9.0;
                fixed += f.r_factor / 9.0;
                speex += run(trace, "speexdsp").r_factor / 9.0;
                adaptive_gone += a.discarded;
                fixed_gone += f.discarded;
            }
        }
        const auto text = QString("%1 %2 %3 gone %4 %5")
                              .arg(adaptive)
                              .arg(fixed)
                              .arg(speex)
                              .arg(adaptive_gone)
                              .arg(fixed_gone);
        QVERIFY2(adaptive > fixed - 0.2, qPrintable(text));
        QVERIFY2(adaptive > speex, qPrintable(text));
        QVERIFY2(adaptive_gone < fixed_gone, qPrintable(text));
    }

    /// One spike of 180 ms on a calm network: how long until the delay is within 20 ms of before.
    void comes_down_after_a_spike() {
        Trace trace;
        for (int i = 0; i < 3000; ++i) {
            const double block = i >= 2000 ? 2000 * 20.0 + 180.0 : 0.0;
            trace.packets.push_back({i, i * 20.0, std::max(i * 20.0, block)});
        }
        const auto played = [&](int packets) {
            Trace part = trace;
            part.packets.resize(static_cast<std::size_t>(packets));
            const auto r = run(part, "adaptive");
            return std::pair(r.mean_delay_ms * double(r.played), double(r.played));
        };
        // Mean delay of the second that ends with each packet.
        const auto delayAt = [&](int packets) {
            const auto from = played(packets - 50), to = played(packets);
            return (to.first - from.first) / (to.second - from.second);
        };
        const double calm = delayAt(2000);
        QVERIFY2(calm <= 60.0, qPrintable(QString::number(calm)));
        int seconds = 1;
        while (seconds < 19 && delayAt(2000 + 50 * seconds) > calm + 20.0) ++seconds;
        qInfo("back within %d s", seconds);
        QVERIFY2(seconds <= 8, qPrintable(QString::number(seconds)));
        QVERIFY(delayAt(3000) <= calm + 20.0);
        // A buffer that only counts the packets off loses these; waiting loses at most four.
        QVERIFY(run(trace, "adaptive").discarded <= 4);
    }

    /// A route that is 400 ms longer from one moment on: silence for little more than a second.
    void a_new_route_is_accepted() {
        Trace trace;
        for (int i = 0; i < 2000; ++i) {
            trace.packets.push_back({i, i * 20.0, i * 20.0 + (i < 500 ? 0.0 : 400.0)});
        }
        const auto r = run(trace, "adaptive");
        QVERIFY2(r.played > 1880, qPrintable(QString::number(r.played)));
    }

    void refuses_what_it_cannot_run() {
        auto buffer = std::move(*jitter::createJitterBuffer("fixed"));
        Trace trace = TraceModel{}.make();
        trace.frame_ms = 22.5;
        QCOMPARE(runTrace(trace, *buffer, {}).error().kind, ErrorKind::unsupported);
        trace.frame_ms = 20.0;
        trace.packets.resize(2);
        QCOMPARE(runTrace(trace, *buffer, {}).error().kind, ErrorKind::state);
        trace.packets.clear();
        QVERIFY(!runTrace(trace, *buffer, {}));
    }
};

QTEST_APPLESS_MAIN(TraceRunTest)
#include "trace_run_test.moc"
