// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/bench.h"

#include <QSignalSpy>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <fstream>

#include "app/bench/item_waves.h"
#include "engine/duplex/far_end.h"
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

    /// However long an item is: the run's thread hands its waveform over, and computes nothing.
    void waveformsAreMadeBeforeTheRunNeedsThem() {
        std::vector<float> audio(3 * 22050);  // a column is 55.125 samples
        for (std::size_t i = 0; i < audio.size(); ++i) {
            audio[i] = float(std::sin(0.01 * double(i) * double(i % 977)));
        }
        const auto whole = WaveMaker(22050).add(audio);
        QCOMPARE(whole.size(), 1200U);
        WaveMaker maker(22050);
        std::vector<WaveColumn> pieces;
        for (std::size_t at = 0, n = 1; at < audio.size(); at += n, n = n * 7 % 331 + 1) {
            for (const auto& one :
                 maker.add(std::span(audio).subspan(at, std::min(n, audio.size() - at)))) {
                pieces.push_back(one);
            }
        }
        QCOMPARE(pieces.size(), whole.size());
        for (std::size_t i = 0; i < whole.size(); ++i) {
            QVERIFY(pieces[i].min == whole[i].min && pieces[i].max == whole[i].max &&
                    pieces[i].rms == whole[i].rms);
        }

        std::vector<duplex::FarEndItem> scene(1);
        scene[0].id = 1;
        scene[0].samples.assign(16000, 0.5F);
        LiveFeed feed;
        ItemWaves waves(feed);
        waves.addScene(scene, 16000, 16000);
        duplex::FarEnd far_end({SampleRate{16000}, 20}, SampleRate{16000}, std::move(scene), 1, {});
        std::int64_t now_ns = 0;
        const auto stepMs = [&](int ms) {
            for (const auto end_ns = now_ns + ms * std::int64_t{1'000'000}; now_ns < end_ns;) {
                far_end.step(now_ns += kBlockNs);
                waves.follow(far_end);
            }
            return feed.takeItems();
        };
        auto seen = stepMs(20);
        QCOMPARE(seen.size(), 1U);
        QCOMPARE(seen[0].columns.size(), 400U);
        std::vector<float> open(8000, 0.25F);
        auto columns = WaveMaker(16000).add(open);
        const auto* where = columns.data();
        waves.add(7, std::move(columns));
        far_end.add({.at_s = 0.1, .samples = open, .ticket = 7, .open = true});
        seen = stepMs(1100);
        QCOMPARE(seen.size(), 1U);
        QCOMPARE(seen[0].columns.data(), where);  // moved, not copied
        waves.append(7, WaveMaker(16000).add(open));
        far_end.append(7, open, true);
        seen = stepMs(10);
        QCOMPARE(seen.size(), 1U);
        QVERIFY(seen[0].more && seen[0].item == 2 && seen[0].columns.size() == 200);
        waves.append(7, WaveMaker(16000).add(open));  // it has ended
        QVERIFY(stepMs(10).empty());
    }

    /// Its maker dies before the first sample, and in the middle.
    void aStreamThatFailsWasNotHeardToItsEnd() {
        Bench bench;
        QSignalSpy failures(&bench, &Bench::failed);
        BenchSource source;
        source.scene = "double_talk";
        QVERIFY(bench.setSource(source));
        bench.failStream(bench.speakStream("nothing came"), "gone");
        QCOMPARE(bench.queue().back().state, QueuedSpeech::State::failed);
        bench.start();
        QVERIFY(QTest::qWaitFor([&] { return bench.state() == BenchState::running; }, kLongMs));
        const auto empty = bench.speakStream("nothing came either");
        const auto half = bench.speakStream("half of it came");
        bench.append(half, std::vector<float>(8000, 0.01F), false);
        bench.failStream(empty, "gone");
        bench.failStream(half, "gone");
        const auto entryOf = [&](std::int64_t ticket) {
            return *std::find_if(bench.queue().begin(), bench.queue().end(),
                                 [&](const auto& entry) { return entry.ticket == ticket; });
        };
        const auto isOver = [&](std::int64_t ticket) {
            const auto state = entryOf(ticket).state;
            return state != QueuedSpeech::State::waiting && state != QueuedSpeech::State::speaking;
        };
        QVERIFY(QTest::qWaitFor([&] { return isOver(empty) && isOver(half); }, kLongMs));
        QCOMPARE(entryOf(empty).state, QueuedSpeech::State::failed);
        QCOMPARE(entryOf(half).state, QueuedSpeech::State::failed);
        QVERIFY(std::abs(entryOf(half).heard_ms - 500.0) < 60.0);
        QCOMPARE(failures.count(), 3);
    }

    void theChosenDevicesAreNamedBeforeTheyRun() {
        Bench bench;
        BenchSource source;
        source.devices = true;
        source.input_id = "mic";
        QVERIFY(bench.setSource(source));
        QCOMPARE(bench.machine().device, QString("mic / System default"));
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
        QVERIFY(bench.set("network.delay_ms", "60"));
        QVERIFY(bench.set("network.delay_ms", "60.0"));
        QVERIFY(bench.set("echo.enabled", "true"));
        QVERIFY(bench.unset("echo.enabled"));
        QTest::qWait(800);
        bench.interrupt();
        QVERIFY(QTest::qWaitFor(
            [&] { return stateOf(bench, early) == QueuedSpeech::State::interrupted; }, kLongMs));
        const auto entry = entryOf(bench, early);
        QCOMPARE(entry.run, bench.runNumber());
        QVERIFY(entry.heard_ms > 0.0 && entry.heard_ms < entry.length_ms);
        QVERIFY(!bench.removeQueued(early));  // what was heard stays on record

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
        QCOMPARE(std::count_if(events.begin(), events.end(),
                               [](const Event& event) { return event.text == "network.delay_ms"; }),
                 1);  // what is in use already is no change
        QVERIFY(std::none_of(events.begin(), events.end(),
                             [](const Event& event) { return event.text == "echo.enabled"; }));
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
    static QueuedSpeech entryOf(const Bench& bench, std::int64_t ticket) {
        for (const auto& entry : bench.queue()) {
            if (entry.ticket == ticket) return entry;
        }
        return {};
    }

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
