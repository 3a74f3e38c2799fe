// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QtTest>
#include <algorithm>

#include "app/bench/bench.h"
#include "app/bench/monitor.h"
#include "engine/duplex/replay.h"
#include "tests/app/audio/pulse_daemon.h"

using namespace doubletalk;
using namespace doubletalk::bench;

namespace {

constexpr int kLongMs = 30'000;

}  // namespace

/// The bench on a sound server of its own, whose loudspeaker is its microphone.
class BenchDeviceTest : public QObject {
    Q_OBJECT
private slots:
    void speaksHearsIsInterruptedAndReplays() {
        QStandardPaths::setTestModeEnabled(true);
        test::PulseDaemon daemon;
        QVERIFY(daemon.start());
        Bench bench;
        QSignalSpy failures(&bench, &Bench::failed);
        BenchSource source;
        source.devices = true;
        source.input_id = "mic";
        source.output_id = "spk";
        QVERIFY(bench.setSource(source));
        bench.startRecording();
        bench.start();
        QVERIFY(QTest::qWaitFor([&] { return bench.state() == BenchState::running; }, kLongMs));
        const auto first = bench.speakText(
            "This sentence leaves the loudspeaker, comes back through "
            "the microphone, and is cancelled on its way.",
            "en");
        const auto second = bench.speakText("This one is never heard.", "en");
        QVERIFY(QTest::qWaitFor(
            [&] {
                take(bench);
                return heard(bench, first) > 2500.0;
            },
            kLongMs));
        QVERIFY2(mic_peak_ > 300, qPrintable(QString::number(mic_peak_)));
        QVERIFY(bench.set("network.delay_ms", "45"));
        bench.interrupt();
        QVERIFY(QTest::qWaitFor(
            [&] { return stateOf(bench, first) == QueuedSpeech::State::interrupted; }, kLongMs));
        QVERIFY(QTest::qWaitFor(
            [&] { return stateOf(bench, second) == QueuedSpeech::State::interrupted; }, kLongMs));
        QCOMPARE(heard(bench, second), 0.0);
        QVERIFY(heard(bench, first) > 2500.0);
        const double error_ms = entry(bench, first).heard_error_ms;
        QVERIFY2(error_ms >= 2.6 && error_ms < 50.0, qPrintable(QString::number(error_ms)));
        // What is monitored may not be the loudspeaker.
        QVERIFY(!bench.monitor().start(FeedTap::output, "spk", 16000, "spk"));

        const QTemporaryDir folder;
        QSignalSpy kept(&bench, &Bench::sessionKept);
        bench.stopRecording(folder.filePath("session"));
        QVERIFY(kept.wait(kLongMs));
        bench.stop();
        QVERIFY(QTest::qWaitFor([&] { return bench.state() == BenchState::idle; }, kLongMs));
        QCOMPARE(failures.count(), 0);
        duplex::ReplayOptions options;
        options.session = folder.filePath("session").toStdString();
        const auto replayed = duplex::replaySession(options);
        QVERIFY2(replayed.has_value(), replayed ? "" : replayed.error().message().c_str());
        for (const auto& one : replayed->differences) {
            qWarning("block %lld: %s: %s | %s", static_cast<long long>(one.block), one.what.c_str(),
                     one.left.c_str(), one.right.c_str());
        }
        QVERIFY(replayed->identical);
        aLossIsToldOnceAndTakenBack(daemon);
    }

    void devicesThatAreNotThereAreExplained() {
        test::PulseDaemon daemon;
        QVERIFY(daemon.start());
        Bench bench;
        QSignalSpy failures(&bench, &Bench::failed);
        BenchSource source;
        source.devices = true;
        source.input_id = "nowhere";
        QVERIFY(bench.setSource(source));
        bench.start();
        QVERIFY(failures.wait(kLongMs));
        QVERIFY(failures.front().front().toString().contains("nowhere"));
        QCOMPARE(bench.state(), BenchState::idle);
    }

private:
    /// On the first daemon: Qt starts no stream on a second one of the same process.
    void aLossIsToldOnceAndTakenBack(test::PulseDaemon& daemon) {
        Bench bench;
        QSignalSpy failures(&bench, &Bench::failed);
        QSignalSpy recovered(&bench, &Bench::recovered);
        BenchSource source;
        source.devices = true;
        source.input_id = "mic";
        source.output_id = "spk";
        source.input_rate_hz = 16000;
        source.input_channels = 1;
        QVERIFY(bench.setSource(source));
        bench.start();
        QVERIFY(QTest::qWaitFor([&] { return bench.state() == BenchState::running; }, kLongMs));
        daemon.pactl({"unload-module", "module-remap-source"});
        daemon.pactl({"unload-module", "module-null-sink"});
        QVERIFY(QTest::qWaitFor([&] { return !failures.isEmpty(); }, kLongMs));
        QTest::qWait(2500);  // some tries later
        QVERIFY(recovered.isEmpty() || recovered.count() < failures.count());
        QVERIFY2(failures.count() <= 2, qPrintable(QString::number(failures.count())));
        QVERIFY(!bench.machine().device_problem.isEmpty());
        daemon.pactl(QStringList{"load-module"} + test::PulseDaemon::sinkArguments("spk"));
        daemon.pactl({"load-module", "module-remap-source", "source_name=mic", "master=spk.monitor",
                      "channels=2", "remix=no"});
        QVERIFY(QTest::qWaitFor([&] { return bench.machine().device_problem.isEmpty(); }, kLongMs));
        QCOMPARE(recovered.count(), failures.count());
        QCOMPARE(recovered.back(), failures.back());
        bench.stop();
        QVERIFY(QTest::qWaitFor([&] { return bench.state() == BenchState::idle; }, kLongMs));
    }

    void take(Bench& bench) {
        FeedBlock block;
        while (bench.feed().readBlocks(std::span(&block, 1)) == 1) {
            for (const auto& column : block.columns[1])
                mic_peak_ = std::max<int>(mic_peak_, column.max);
        }
    }
    static const QueuedSpeech& entry(const Bench& bench, std::int64_t ticket) {
        return *std::find_if(bench.queue().begin(), bench.queue().end(),
                             [&](const auto& one) { return one.ticket == ticket; });
    }
    static double heard(const Bench& bench, std::int64_t ticket) {
        return entry(bench, ticket).heard_ms;
    }
    static QueuedSpeech::State stateOf(const Bench& bench, std::int64_t ticket) {
        return entry(bench, ticket).state;
    }

    int mic_peak_ = 0;
};

QTEST_GUILESS_MAIN(BenchDeviceTest)
#include "bench_device_test.moc"
