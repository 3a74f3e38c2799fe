// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "duplex_support.h"
#include "engine/duplex/replay.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

/// The parts in another order: a caller who comes as packets, and several streams side by side.
class TopologyTest : public QObject {
    Q_OBJECT
private slots:
    void bargeInThroughAnUplinkOfPackets() {
        const auto scene = sceneCut("barge_in", 12.0, {{"engine.uplink", "packets"}});
        DT_VERIFY_OK(scene);
        const QTemporaryDir folder;
        RunOptions options;
        options.scene = *scene;
        options.record = std::filesystem::path(folder.path().toStdString()) / "session";
        const auto run = runScene(options);
        DT_VERIFY_OK(run);
        QVERIFY(countOf(run->events, EventKind::voice_on) > 0);
        QVERIFY(countOf(run->events, EventKind::canceller_ready) >= 1);
        const auto decided = eventsOf(run->events, EventKind::barge_in_decided);
        QCOMPARE(decided.size(), std::size_t(1));
        QCOMPARE(countOf(run->events, EventKind::interrupt_issued), 1);
        QCOMPARE(run->metrics["missed_ratio"].get<double>(), 0.0);
        // The talker comes later than through a device: network and jitter buffer lie between.
        const auto talker = eventsOf(run->events, EventKind::talker_started);
        QCOMPARE(talker.size(), std::size_t(1));
        QVERIFY((decided[0].block - talker[0].block) * kBlockMs >= 80 + 40);

        const auto session = session::readSession(*options.record);
        DT_VERIFY_OK(session);
        int uplink = 0;
        for (const auto& packet : session->packets) uplink += packet.record.stream == 1 ? 1 : 0;
        QVERIFY2(std::abs(uplink - 600) <= 10, qPrintable(QString::number(uplink)));
        for (const auto loop : {ReplayLoop::open, ReplayLoop::closed}) {
            ReplayOptions again;
            again.session = *options.record;
            again.loop = loop;
            const auto replay = replaySession(again);
            DT_VERIFY_OK(replay);
            QVERIFY2(replay->identical, replay->differences.empty()
                                            ? "cancelled"
                                            : replay->differences[0].what.c_str());
        }
    }

    void lossOnTheUplinkIsConcealed() {
        const auto scene =
            sceneCut("barge_in", 12.0, {{"engine.uplink", "packets"}, {"network.loss_percent", 5}});
        DT_VERIFY_OK(scene);
        RunOptions options;
        options.scene = *scene;
        const auto run = runScene(options);
        DT_VERIFY_OK(run);
        QVERIFY(run->metrics["lost"].get<double>() > 0.0);
        QCOMPARE(countOf(run->events, EventKind::engine_failed), 0);
    }

    void threeStreamsGiveThreeResults() {
        const auto scene = sceneCut("barge_in", 11.0, {{"network.loss_percent", 5}});
        DT_VERIFY_OK(scene);
        RunOptions options;
        options.scene = *scene;
        const auto alone = runScene(options);
        DT_VERIFY_OK(alone);
        options.streams = 3;
        const auto run = runScene(options);
        DT_VERIFY_OK(run);
        QVERIFY(!alone->metrics.contains("instances"));
        const auto& others = run->metrics["instances"];
        QCOMPARE(others.size(), std::size_t(2));
        for (const char* name : {"stream2", "stream3"}) {
            QVERIFY(others.contains(name));
            QVERIFY(others[name]["erle_db"].is_object());
            QCOMPARE(others[name]["duration_s"].get<double>(), 11.0);
            // Another seed: another network.
            QVERIFY(others[name]["jitter_ms"] != run->metrics["jitter_ms"]);
        }
        QVERIFY(others["stream2"]["jitter_ms"] != others["stream3"]["jitter_ms"]);
        // The first one does not know of the others.
        for (const char* name : {"erle_db", "heard_ms", "jitter_ms", "lost", "detect_ms"}) {
            QVERIFY2(run->metrics[name] == alone->metrics[name], name);
        }
    }
};

QTEST_APPLESS_MAIN(TopologyTest)
#include "topology_test.moc"
