// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cstring>
#include <limits>

#include "duplex_support.h"
#include "engine/duplex/replay.h"
#include "engine/session/wav_file.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

namespace {

/// [s] what is run of a scene: all of it where length matters most, else what the machine allows.
double secondsOf(const std::string& id) {
    if (kSlowBuild) return 6.0;
    return id == "barge_in" || id == "single_talk" ? 0.0 : 10.0;
}

std::filesystem::path pathIn(const QTemporaryDir& folder, const char* name) {
    return std::filesystem::path(folder.path().toStdString()) / name;
}

QByteArray tell(const std::vector<session::Difference>& differences) {
    QByteArray text = "differs: ";
    for (std::size_t i = 0; i < std::min<std::size_t>(differences.size(), 6); ++i) {
        const auto& d = differences[i];
        text += QByteArray::fromStdString("block " + std::to_string(d.block) + " " + d.what + " " +
                                          d.left + " | " + d.right + "; ");
    }
    return text;
}

bool sameBits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

}  // namespace

/// Every shipped scene, recorded and run again.
class SceneReplayTest : public QObject {
    Q_OBJECT
    void record(const std::string& id, double seconds, const std::filesystem::path& folder) {
        const auto scene = sceneCut(id, seconds);
        DT_VERIFY_OK(scene);
        RunOptions options;
        options.scene = *scene;
        options.record = folder;
        const auto run = runScene(options);
        DT_VERIFY_OK(run);
    }
    void scenes() {
        QTest::addColumn<QString>("id");
        const auto all = room::shippedScenes();
        DT_VERIFY_OK(all);
        QVERIFY(all->size() >= 13);
        for (const auto& scene : *all) {
            QTest::newRow(scene.id.c_str()) << QString::fromStdString(scene.id);
        }
    }

private slots:
    void equalSettings_data() { scenes(); }
    void equalSettings() {
        QFETCH(QString, id);
        const QTemporaryDir folder;
        const auto recorded = pathIn(folder, "recorded");
        record(id.toStdString(), secondsOf(id.toStdString()), recorded);
        if (QTest::currentTestFailed()) return;
        for (const auto loop : {ReplayLoop::open, ReplayLoop::closed}) {
            ReplayOptions options;
            options.session = recorded;
            options.loop = loop;
            const auto replay = replaySession(options);
            DT_VERIFY_OK(replay);
            QVERIFY2(replay->identical, tell(replay->differences));
            QVERIFY(replay->decisions.empty());
            QVERIFY(replay->run.metrics["duration_s"].get<double>() >= 6.0);
        }
    }

    void changedSettings_data() { scenes(); }
    void changedSettings() {
        QFETCH(QString, id);
        const QTemporaryDir folder;
        const auto recorded = pathIn(folder, "recorded");
        record(id.toStdString(), kSlowBuild ? 4.0 : 8.0, recorded);
        if (QTest::currentTestFailed()) return;
        const auto before = session::readSession(recorded);
        DT_VERIFY_OK(before);

        ReplayOptions closed;
        closed.session = recorded;
        closed.settings = {{"echo.tail_ms", "448"}};
        const auto again = replaySession(closed);
        DT_VERIFY_OK(again);
        QCOMPARE(again->loop, ReplayLoop::closed);
        QVERIFY(!again->identical);  // and so the comparison is able to see a difference

        ReplayOptions open;
        open.session = recorded;
        open.settings = {{"jitter.target_ms", "160"}};
        open.loop = ReplayLoop::open;
        open.record = pathIn(folder, "open");
        const auto replayed = replaySession(open);
        DT_VERIFY_OK(replayed);
        QCOMPARE(replayed->loop, ReplayLoop::open);
        const auto after = session::readSession(*open.record);
        DT_VERIFY_OK(after);
        QVERIFY(!before->playback.empty());
        QVERIFY(sameBits(before->playback, after->playback));
        QVERIFY(sameBits(before->taps.at("mic"), after->taps.at("mic")));
        QVERIFY(sameBits(before->taps.at("far"), after->taps.at("far")));
        int rate_hz = 0;
        const auto own = session::readWav(*open.record / "tracks" / "replayed-playback.wav", 1,
                                          1 << 24, rate_hz);
        DT_VERIFY_OK(own);
        QCOMPARE(rate_hz, before->rate_hz);
        QCOMPARE(own->front().size(), before->playback.size());
        // A larger buffer plays later; a scene whose assistant speaks directly has no buffer.
        if (!before->packets.empty()) QVERIFY(!sameBits(own->front(), before->playback));
    }

    void changedDecisionsAreTold() {
        const QTemporaryDir folder;
        const auto recorded = pathIn(folder, "recorded");
        record("barge_in", 11.0, recorded);
        if (QTest::currentTestFailed()) return;
        for (const auto loop : {ReplayLoop::automatic, ReplayLoop::open}) {
            ReplayOptions options;
            options.session = recorded;
            options.settings = {{"barge_in.min_speech_ms", "160"}};
            options.loop = loop;
            const auto replay = replaySession(options);
            DT_VERIFY_OK(replay);
            const auto found = std::find_if(
                replay->decisions.begin(), replay->decisions.end(), [](const auto& change) {
                    return change.what == eventId(EventKind::barge_in_decided);
                });
            QVERIFY(found != replay->decisions.end());
            QVERIFY(found->before != found->after);
            QVERIFY(!replay->decisions.front().after_divergence);
            for (const auto& change : replay->decisions) {
                QCOMPARE(change.after_divergence, change.block > replay->decisions.front().block);
            }
        }
    }

    void decisionsThatStayAreNotTold() {
        const auto segments = [](const std::vector<BlockIndex>& started,
                                 const std::vector<BlockIndex>& ended) {
            std::vector<Event> events;
            for (const auto block : started) {
                events.push_back({.block = block, .kind = EventKind::segment_started});
            }
            for (const auto block : ended) {
                events.push_back({.block = block, .kind = EventKind::segment_ended});
            }
            std::sort(events.begin(), events.end(),
                      [](const auto& a, const auto& b) { return a.block < b.block; });
            return events;
        };
        const auto told = [](const std::vector<DecisionChange>& changes) {
            QStringList lines;
            for (const auto& change : changes) {
                lines << QString("%1 %2 > %3")
                             .arg(QString::fromStdString(change.what),
                                  QString::fromStdString(change.before),
                                  QString::fromStdString(change.after));
            }
            return lines;
        };
        const auto one = segments({76, 254, 853}, {241, 292, 1053});
        const auto two = segments({76, 199, 254, 853}, {197, 231, 282, 1043});
        QVERIFY(decisionChanges(one, one).empty());
        const auto changes = decisionChanges(one, two);
        QCOMPARE(told(changes),
                 (QStringList{"segment_ended none > block 197", "segment_started none > block 199",
                              "segment_ended block 241 > block 231",
                              "segment_ended block 292 > block 282",
                              "segment_ended block 1053 > block 1043"}));
        QVERIFY(!changes.front().after_divergence && changes.back().after_divergence);
        QCOMPARE(told(decisionChanges(two, one)).first(), "segment_ended block 197 > none");
        QCOMPARE(decisionChanges({}, one).size(), one.size());
    }

    void aDecisionWithAnotherCauseIsTold() {
        const Event held{.block = 90, .kind = EventKind::barge_in_held, .cause = "not ready"};
        auto other = held;
        other.cause = "echo";
        // Twice the same in a block is two decisions.
        const auto changes = decisionChanges({held, held}, {other, held});
        QCOMPARE(changes.size(), std::size_t(1));
        QCOMPARE(changes[0].before, std::string("block 90 not ready"));
        QCOMPARE(changes[0].after, std::string("block 90 echo"));
    }

    void differencesAreCountedApart() {
        const QTemporaryDir folder;
        const auto recorded = pathIn(folder, "recorded");
        record("barge_in", 11.0, recorded);
        if (QTest::currentTestFailed()) return;
        ReplayOptions options;
        options.session = recorded;
        options.settings = {{"barge_in.min_speech_ms", "160"}};
        options.record = pathIn(folder, "again");
        const auto replay = replaySession(options);
        DT_VERIFY_OK(replay);
        const auto before = session::readSession(recorded);
        DT_VERIFY_OK(before);
        const auto after = session::readSession(*options.record);
        DT_VERIFY_OK(after);
        const auto all =
            session::compareSessions(*before, *after, std::numeric_limits<std::size_t>::max());
        QVERIFY2(all.size() > 200, qPrintable(QString::number(all.size())));
        QVERIFY(!replay->decisions.empty());
        const auto divergence = replay->decisions.front().block;
        const auto behind = std::size_t(std::count_if(
            all.begin(), all.end(), [&](const auto& one) { return one.block > divergence; }));
        QCOMPARE(replay->differences_after_divergence, behind);
        QCOMPARE(replay->differences_before_divergence, all.size() - behind);
        QCOMPARE(replay->differences.size(), std::size_t(100));
        for (std::size_t i = 0; i < replay->differences.size(); ++i) {
            QCOMPARE(replay->differences[i].block, all[i].block);
            QCOMPARE(replay->differences[i].what, all[i].what);
        }
    }

    void settingsAnOpenLoopHasNotAreTold() {
        const QTemporaryDir folder;
        const auto recorded = pathIn(folder, "recorded");
        record("barge_in", 2.0, recorded);
        if (QTest::currentTestFailed()) return;
        const auto session = session::readSession(recorded);
        DT_VERIFY_OK(session);
        const auto old_ms = session->description["settings"]["network.delay_ms"].dump();
        ReplayOptions options;
        options.session = recorded;
        options.settings = {{"room.rt60_ms", "400"},
                            {"jitter.target_ms", "160"},
                            {"network.delay_ms", old_ms},
                            {"network.loss_percent", "20"}};
        options.loop = ReplayLoop::open;
        const auto open = replaySession(options);
        DT_VERIFY_OK(open);
        QCOMPARE(open->notices.size(), std::size_t(1));
        const auto told = QString::fromStdString(open->notices.front());
        QVERIFY2(told.contains("room.rt60_ms") && told.contains("network.loss_percent"),
                 qPrintable(told));
        QVERIFY2(!told.contains("jitter") && !told.contains("delay_ms"), qPrintable(told));
        options.loop = ReplayLoop::closed;
        const auto closed = replaySession(options);
        DT_VERIFY_OK(closed);
        QVERIFY(closed->notices.empty());
        QVERIFY(!closed->identical);
    }

    void errorsAreTold() {
        ReplayOptions options;
        options.session = "/nowhere/at-all";
        QVERIFY(!replaySession(options));
        const QTemporaryDir folder;
        options.session = pathIn(folder, "recorded");
        record("barge_in", 1.0, options.session);
        options.settings = {{"echo.tail_ms", "ten"}};
        const auto bad = replaySession(options);
        QVERIFY(!bad);
        QCOMPARE(bad.error().kind, ErrorKind::usage);
    }
};

QTEST_APPLESS_MAIN(SceneReplayTest)
#include "scene_replay_test.moc"
