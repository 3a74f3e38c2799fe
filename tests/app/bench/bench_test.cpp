// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/bench.h"

#include <QSignalSpy>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <fstream>

#include "engine/duplex/replay.h"
#include "engine/session/session_reader.h"

using namespace doubletalk;
using namespace doubletalk::bench;

namespace {

constexpr int kLongMs = 60'000;

std::vector<Event> eventsOf(LiveFeed& feed) {
    std::vector<Event> all(4096);
    all.resize(std::size_t(feed.readEvents(all)));
    return all;
}

bool has(const std::vector<Event>& events, EventKind kind) {
    return std::any_of(events.begin(), events.end(),
                       [&](const Event& event) { return event.kind == kind; });
}

}  // namespace

class BenchTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }

    void theFirstRunShowsABargeIn() {
        Bench bench;
        QSignalSpy failures(&bench, &Bench::failed);
        bench.startRecording();
        bench.start(RunPace::as_fast);
        std::vector<FeedBlock> blocks(64);
        std::int64_t seen = 0;
        std::vector<Event> events;
        QVERIFY(QTest::qWaitFor(
            [&] {
                while (const int n = bench.feed().readBlocks(blocks)) {
                    for (int i = 0; i < n; ++i) {
                        if (blocks[std::size_t(i)].block != seen) return false;  // no gap, in order
                        ++seen;
                    }
                }
                for (const auto& event : eventsOf(bench.feed())) events.push_back(event);
                return seen == 2200 && bench.state() == BenchState::idle;
            },
            kLongMs));
        QCOMPARE(failures.count(), 0);
        QVERIFY(has(events, EventKind::canceller_ready));
        QVERIFY(has(events, EventKind::barge_in_decided));
        QVERIFY(has(events, EventKind::playback_silent));
        QCOMPARE(bench.feed().dropped(), 0);

        const QTemporaryDir folder;
        QSignalSpy kept(&bench, &Bench::sessionKept);
        bench.stopRecording(folder.filePath("session"));
        QVERIFY(kept.wait(kLongMs));
        verifyReplays(folder.filePath("session"));
    }

    void whatAUserDoesLiveIsDoneAndReplays() {
        Bench bench;
        QSignalSpy failures(&bench, &Bench::failed);
        BenchSource source;
        source.scene = "double_talk";
        const QTemporaryDir traces;
        source.trace = traces.filePath("every tenth is lost.csv").toStdString();
        writeTrace(source.trace);
        QVERIFY(bench.setSource(source));
        const auto early = bench.speakText("Good morning, this is said first.", "en");
        bench.start();
        QVERIFY(QTest::qWaitFor([&] { return bench.state() == BenchState::running; }, kLongMs));
        QVERIFY(!bench.setSource(source));
        bench.startRecording();
        const auto gone = bench.speakText("This one is taken back.", "en");
        QVERIFY(QTest::qWaitFor(
            [&] { return stateOf(bench, early) == QueuedSpeech::State::speaking; }, kLongMs));
        QVERIFY(bench.set("network.delay_ms", "60"));
        QVERIFY(!bench.set("network.delay_ms", "soon"));
        QVERIFY(bench.set("echo.canceller", "nlms"));
        bench.spike(120.0);
        bench.loseNext(2);
        bench.changePath();
        QVERIFY(bench.removeQueued(gone));
        QVERIFY(QTest::qWaitFor([&] { return bench.inUse().echo.canceller == "nlms"; }, kLongMs));
        QCOMPARE(bench.inUse().network.delay_ms, 60.0);
        QTest::qWait(800);
        bench.interrupt();
        QVERIFY(QTest::qWaitFor(
            [&] { return stateOf(bench, early) == QueuedSpeech::State::interrupted; }, kLongMs));
        const auto& entry = bench.queue().front();
        QVERIFY(entry.heard_ms > 0.0 && entry.heard_ms < entry.length_ms);

        // A restart setting waits; a bad file is explained; both leave the run alone.
        QVERIFY(bench.set("engine.rate_hz", "8000"));
        QVERIFY(bench.waitsForRestart("engine.rate_hz"));
        QVERIFY(bench.unset("engine.rate_hz"));
        const auto bad = bench.speakFile("/nowhere/there.wav");
        QVERIFY(QTest::qWaitFor([&] { return stateOf(bench, bad) == QueuedSpeech::State::failed; },
                                kLongMs));
        QCOMPARE(failures.count(), 1);
        QVERIFY(failures.front().front().toString().contains("there.wav"));

        // The network plays the trace, and the item's own audio is known before it sounds.
        std::vector<FeedPacket> packets(8192);
        packets.resize(std::size_t(bench.feed().readPackets(packets)));
        const auto lost = std::count_if(packets.begin(), packets.end(),
                                        [](const auto& packet) { return packet.lost; });
        QVERIFY2(packets.size() > 25 && lost * 13 >= std::ptrdiff_t(packets.size()),
                 qPrintable(QString("%1 of %2").arg(lost).arg(packets.size())));
        const auto waves = bench.feed().takeItems();
        QVERIFY(!waves.empty());
        QVERIFY(std::abs(double(waves.front().columns.size()) * kColumnS * 1000.0 -
                         bench.queue().front().length_ms) < 5.0);
        QVERIFY(std::any_of(waves.front().columns.begin(), waves.front().columns.end(),
                            [](const auto& column) { return column.max > 3000; }));
        const auto machine = bench.machine();
        QVERIFY(machine.block_p99_ms > 0.0 && machine.block_p99_ms <= machine.block_max_ms);

        const auto events = eventsOf(bench.feed());
        QVERIFY(has(events, EventKind::parameter_changed));
        QVERIFY(has(events, EventKind::engine_changed));
        QVERIFY(has(events, EventKind::interrupt_issued));

        const QTemporaryDir folder;
        QSignalSpy kept(&bench, &Bench::sessionKept);
        bench.stopRecording(folder.filePath("session"));
        QVERIFY(kept.wait(kLongMs));
        bench.stop();
        QVERIFY(QTest::qWaitFor([&] { return bench.state() == BenchState::idle; }, kLongMs));
        verifyReplays(folder.filePath("session"));
        // It can run again.
        bench.start();
        QVERIFY(QTest::qWaitFor([&] { return bench.state() == BenchState::running; }, kLongMs));
    }

private:
    static QueuedSpeech::State stateOf(const Bench& bench, std::int64_t ticket) {
        for (const auto& entry : bench.queue()) {
            if (entry.ticket == ticket) return entry.state;
        }
        return QueuedSpeech::State::failed;
    }

    static void writeTrace(const std::string& file) {
        std::ofstream out(file);
        out << "# test | none | none | frame_ms=20\nseq,send_ms,arrival_ms\n";
        for (int i = 0; i < 100; ++i) {
            out << i << ',' << i * 20 << ',';
            if (i % 10 != 9) out << i * 20 + 30 + i % 3 * 8;
            out << '\n';
        }
    }

    static void verifyReplays(const QString& session) {
        for (const auto loop : {duplex::ReplayLoop::open, duplex::ReplayLoop::closed}) {
            duplex::ReplayOptions options;
            options.session = session.toStdString();
            options.loop = loop;
            const auto replayed = duplex::replaySession(options);
            if (!replayed) QFAIL(replayed.error().message().c_str());
            for (const auto& one : replayed->differences) {
                qWarning("block %lld: %s: %s | %s", static_cast<long long>(one.block),
                         one.what.c_str(), one.left.c_str(), one.right.c_str());
            }
            QVERIFY(replayed->identical);
        }
    }
};

QTEST_GUILESS_MAIN(BenchTest)
#include "bench_test.moc"
