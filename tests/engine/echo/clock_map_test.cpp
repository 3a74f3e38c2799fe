// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/clock_map.h"

#include <QtTest>
#include <cmath>

#include "engine/core/random.h"

using doubletalk::Random;
using doubletalk::echo::ClockMap;

namespace {

/// Two device clocks as the engine sees them: whole frames, each with a dither of up to one frame.
struct Clocks {
    double ppm = 0.0;
    int dither = 1;
    Random random{7};
    double phase = 0.37;
    std::int64_t step = 0;

    void run(ClockMap& map, int from, int to) {
        for (int k = from; k < to; ++k) {
            const std::int64_t captured = 160 * std::int64_t(k);
            double played = double(captured) * (1.0 + ppm * 1e-6) + phase;
            if (dither > 0) played += double(dither) * (2.0 * random.uniform() - 1.0);
            map.observe(captured, std::int64_t(std::floor(played)) + step);
        }
    }
};

}  // namespace

class ClockMapTest : public QObject {
    Q_OBJECT
private slots:
    void findsTheDrift_data() {
        QTest::addColumn<double>("ppm");
        QTest::addColumn<int>("dither");
        for (const double ppm : {-300.0, -200.0, -50.0, 50.0, 100.0, 200.0, 300.0}) {
            QTest::addRow("%g ppm", ppm) << ppm << 0;
            QTest::addRow("%g ppm, dither", ppm) << ppm << 1;
        }
    }
    void findsTheDrift() {
        QFETCH(double, ppm);
        QFETCH(int, dither);
        ClockMap map;
        Clocks clocks{ppm, dither};
        QVERIFY(std::isnan(map.driftPpm()));
        QVERIFY(std::isnan(map.driftConfidencePpm()));
        clocks.run(map, 0, 2000);
        QVERIFY2(std::abs(map.driftPpm() - ppm) < 10.0,
                 qPrintable(QString::number(map.driftPpm())));
        QVERIFY2(std::abs((map.ratio() - 1.0) * 1e6 - ppm) < 10.0,
                 qPrintable(QString::number((map.ratio() - 1.0) * 1e6)));
        clocks.run(map, 2000, 30000);
        QVERIFY(std::abs(map.driftPpm() - ppm) < 1.0);
        QVERIFY(std::abs((map.ratio() - 1.0) * 1e6 - ppm) < 4.0);
        // The line stays where the clocks are: within what ran up before the slope was known.
        const double truth = 160.0 * 29999 * (1.0 + ppm * 1e-6);
        QVERIFY(std::abs(map.playbackPosition(160.0 * 29999) - truth) <
                std::abs(ppm) * 1e-6 * 160000 + 2);
    }
    void equalClocksStayExactlyOne_data() {
        QTest::addColumn<int>("dither");
        QTest::addColumn<int>("seed");
        QTest::newRow("none") << 0 << 1;
        for (int seed = 1; seed <= 20; ++seed)
            QTest::addRow("one frame, seed %d", seed) << 1 << seed;
        QTest::newRow("forty frames") << 40 << 1;
    }
    void equalClocksStayExactlyOne() {
        QFETCH(int, dither);
        QFETCH(int, seed);
        ClockMap map;
        Clocks clocks{0.0, dither, Random(std::uint64_t(seed))};
        for (int k = 0; k < 60000; k += 10) {
            clocks.run(map, k, k + 10);
            QCOMPARE(map.ratio(), 1.0);
            const double position = map.playbackPosition(160.0 * k);
            QCOMPARE(position, std::floor(position));
        }
        QVERIFY(std::abs(map.driftPpm()) < 3.0);
    }
    /// Blocks the engine made up, and dropped ones, are no time of the device.
    void madeUpBlocksMoveNothing() {
        ClockMap map;
        const double ppm = 290.0;
        std::int64_t extra = 0;
        for (int k = 0; k < 6000; ++k) {
            if (k % 700 == 650) {
                const std::int64_t skipped = k % 1400 == 650 ? 5 * 160 : -3 * 160;
                map.skip(skipped);
                extra += skipped;
            }
            const std::int64_t captured = 160 * std::int64_t(k);
            const auto played = std::int64_t(std::floor(double(captured) * (1.0 + ppm * 1e-6)));
            map.observe(captured + extra, played);
            if (k < 1000) continue;
            QVERIFY(std::abs(map.driftPpm() - ppm) < 2.0);
            QVERIFY(std::abs(map.playbackPosition(double(captured + extra)) - double(played)) <
                    60.0);
        }
        QVERIFY(extra != 0);
    }
    /// A skip of the device that comes in pieces, none of them larger than its bursts.
    void stepsInPiecesAreFollowed() {
        ClockMap map;
        std::int64_t step = 0;
        for (int k = 0; k < 6000; ++k) {
            const std::int64_t captured = 160 * std::int64_t(k);
            if (k >= 3000 && k < 3004) step -= 80;
            const std::int64_t burst = k % 37 == 0 ? 80 : 0;
            map.observe(captured, captured + captured * 200 / 1000000 + step + burst);
            if (k < 3500) continue;
            const double truth = double(captured) * (1.0 + 200e-6) + double(step);
            QVERIFY2(std::abs(map.driftPpm() - 200.0) < 10.0,
                     qPrintable(QString("%1: %2").arg(k).arg(map.driftPpm())));
            // What ran up before the slope was known stays, as elsewhere; the step of 320 does not.
            QVERIFY(std::abs(map.playbackPosition(double(captured)) - truth) < 100.0);
        }
    }
    /// A slope that a bad beginning bent is corrected, never kept.
    void badBeginningsAreForgotten() {
        ClockMap map;
        std::int64_t step = 0;
        for (int k = 0; k < 8000; ++k) {
            const std::int64_t captured = 160 * std::int64_t(k);
            if (k < 60 && k % 3 == 0) step -= 100;
            if (k > 490 && k < 520 && k % 4 == 0) step -= 60;
            map.observe(captured, captured - captured * 290 / 1000000 + step);
            QVERIFY(std::abs(map.ratio() - 1.0) < 1.1e-3);
        }
        QVERIFY2(std::abs(map.driftPpm() + 290.0) < 10.0,
                 qPrintable(QString::number(map.driftPpm())));
    }
    void confidenceHoldsTheTruth() {
        int outside = 0;
        for (int seed = 1; seed <= 100; ++seed) {
            ClockMap map;
            Clocks clocks{80.0, 1, Random(std::uint64_t(seed))};
            clocks.run(map, 0, 1500);
            outside += std::abs(map.driftPpm() - 80.0) > map.driftConfidencePpm() ? 1 : 0;
            QVERIFY(map.driftConfidencePpm() < 5.0);
        }
        QVERIFY2(outside <= 10, qPrintable(QString::number(outside)));
    }
    void movesSmoothly() {
        ClockMap map;
        Clocks clocks{200.0, 1};
        double ratio = 1.0;
        double position = 0.0;
        for (int k = 0; k < 6000; ++k) {
            clocks.run(map, k, k + 1);
            QVERIFY(std::abs(map.ratio() - ratio) < 10e-6);
            const double now = map.playbackPosition(160.0 * k);
            if (k > 0) QVERIFY(std::abs(now - position - 160.0 * ratio) < 1e-6);
            ratio = map.ratio();
            position = now;
        }
    }
    void aSkippedBufferIsAStepAndNoDrift() {
        for (const double ppm : {0.0, 100.0}) {
            ClockMap map;
            Clocks clocks{ppm, 1};
            clocks.run(map, 0, 3000);
            const double before = map.playbackPosition(160.0 * 3000);
            clocks.step = 480;
            clocks.run(map, 3000, 3060);
            const double after = map.playbackPosition(160.0 * 3000);
            QVERIFY2(std::abs(after - before - 480.0) < 3.0,
                     qPrintable(QString::number(after - before)));
            clocks.run(map, 3060, 6000);
            QVERIFY(std::abs(map.driftPpm() - ppm) < 3.0);
            if (ppm == 0.0) QCOMPARE(map.ratio(), 1.0);
        }
    }
    void burstsAreNoSteps() {
        // A playback device that takes 1024 frames at a time. Seen each 160 frames its fill has
        // steps of 32 frames (the common divisor), which drift turns over once in 20 s: ±16 frames
        // over the 40 s of memory can feign 3 * 16 / 640000 = 75 ppm; a step taken for real would
        // cost more.
        ClockMap map;
        std::int64_t played = 0;
        for (int k = 0; k < 6000; ++k) {
            const double due = 160.0 * k * (1.0 + 100e-6);
            while (double(played) < due) played += 1024;
            map.observe(160 * std::int64_t(k), played);
        }
        QVERIFY2(std::abs(map.driftPpm() - 100.0) < 75.0,
                 qPrintable(QString::number(map.driftPpm())));
    }
    /// As seen of PulseAudio on a busy machine: fragments of 5 ms that come early for up to a third
    /// of a second, in a row or every other block, or for long, and audio dropped three fragments
    /// at a time.
    void dropsOfASoundServerAreNoDrift_data() {
        QTest::addColumn<double>("ppm");
        QTest::newRow("fast microphone") << -291.6;
        QTest::newRow("slow microphone") << 291.7;
    }
    void dropsOfASoundServerAreNoDrift() {
        QFETCH(double, ppm);
        ClockMap map;
        Random random(5);
        std::int64_t step = 0;
        int burst = 0;
        for (int k = 0; k < 6000; ++k) {
            const std::int64_t captured = 480 * std::int64_t(k);
            if (k == 730 || k == 912 || k == 3300 || k == 4520) step -= 717;
            if (burst == 0 && random.uniform() < 0.01) burst = int(68.0 * random.uniform());
            burst -= burst > 0 ? 1 : 0;
            bool early = k == 1 || (burst > 34 ? burst % 2 == 0 : burst > 0);
            // For ten seconds it cannot make up its mind.
            if (k > 2000 && k < 3000) early = random.uniform() < (k < 2500 ? 0.8 : 0.2);
            const auto due = std::int64_t(std::floor(double(captured) * (1.0 + ppm * 1e-6)));
            map.observe(captured, due + step + (early ? 240 : 0));
            if (k < 500) continue;
            QVERIFY2(std::abs(map.driftPpm() - ppm) < (k < 1500 ? 10.0 : 2.0),
                     qPrintable(QString("%1: %2").arg(k).arg(map.driftPpm())));
        }
        // Where the clocks are, less what ran up before the slope was known.
        const double truth = 480.0 * 5999 * (1.0 + ppm * 1e-6) + double(step);
        QVERIFY2(std::abs(map.playbackPosition(480.0 * 5999) - truth) < 60.0,
                 qPrintable(QString::number(map.playbackPosition(480.0 * 5999) - truth)));
    }
    /// Fragments that come early and late all the time are no reason to wait: after five seconds
    /// they are what the devices do, and a drop is still seen.
    void whatComesForeverIsTaken() {
        ClockMap map;
        for (int k = 0; k < 6000; ++k) {
            const std::int64_t captured = 480 * std::int64_t(k);
            const std::int64_t pattern = k > 1000 && k % 3 == 0 ? 240 : 0;
            map.observe(captured,
                        captured + captured * 200 / 1000000 + pattern - (k >= 3000 ? 1440 : 0));
        }
        QVERIFY2(std::abs(map.driftPpm() - 200.0) < 10.0,
                 qPrintable(QString::number(map.driftPpm())));
        const double truth = 480.0 * 5999 * (1.0 + 200e-6) - 1440.0 + 80.0;
        QVERIFY2(std::abs(map.playbackPosition(480.0 * 5999) - truth) < 80.0,
                 qPrintable(QString::number(map.playbackPosition(480.0 * 5999) - truth)));
    }
    /// Both sides come in fragments of about 5 ms: seen once a block they beat against each other,
    /// and along one tooth of that saw the clocks seem to be thousands of ppm apart.
    void fragmentsThatBeatAreNoDrift_data() {
        QTest::addColumn<double>("ppm");
        QTest::addColumn<double>("captured_fragment");
        QTest::addColumn<int>("block");
        for (const int block : {160, 480}) {
            for (const double ppm : {-300.0, 0.0, 150.0, 300.0}) {
                for (const double fragment : {0.498, 0.502, 0.50025}) {
                    if (fragment == 0.50025 && ppm < 0.0) continue;  // longer than the memory
                    QTest::addRow("%g ppm, block %d of %g", ppm, block, 1.0 / fragment)
                        << ppm << fragment * block << block;
                }
            }
        }
    }
    void fragmentsThatBeatAreNoDrift() {
        QFETCH(double, ppm);
        QFETCH(double, captured_fragment);
        QFETCH(int, block);
        ClockMap map(block);
        // A saw whose teeth are ten seconds long is told from drift only when it has come back
        // three times.
        const bool slow = std::abs(captured_fragment / block - 0.5) < 0.001;
        const double played_fragment = 0.5 * block;
        double captured = 0.0, position = 0.0;
        double ratio = 1.0;
        for (int k = 1; k <= 16000; ++k) {
            while (captured < double(block) * k) captured += captured_fragment;
            const double due = captured * (1.0 + ppm * 1e-6) + 0.9 * played_fragment;
            const auto played = std::int64_t(std::floor(due / played_fragment) * played_fragment);
            map.observe(std::int64_t(captured), played);
            QVERIFY(std::abs(map.ratio() - ratio) < 30e-6);  // never jumps
            ratio = map.ratio();
            position = map.playbackPosition(std::floor(captured)) - (due - 0.5 * played_fragment);
            if (std::isnan(map.driftPpm()) || (slow && k < 12000)) continue;
            // Who believes what is known to 100 ppm is not misled.
            QVERIFY2(map.driftConfidencePpm() > 100.0 || std::abs(map.driftPpm() - ppm) < 80.0,
                     qPrintable(QString("%1: %2 +- %3")
                                    .arg(k)
                                    .arg(map.driftPpm())
                                    .arg(map.driftConfidencePpm())));
            if (k < 6000) continue;
            QVERIFY2(std::abs(map.driftPpm() - ppm) < (slow ? 20.0 : 10.0),
                     qPrintable(QString("%1: %2").arg(k).arg(map.driftPpm())));
            QVERIFY2(std::abs(position) < played_fragment, qPrintable(QString::number(position)));
        }
    }
    /// A server that drops the same number of frames again and again, whenever it comes to it, and
    /// always against the drift: no saw.
    void dropsAgainstTheDriftAreSteps_data() {
        QTest::addColumn<int>("seed");
        QTest::addColumn<double>("most_s");
        for (int seed = 1; seed <= 12; ++seed) {
            for (const double most_s : {4.0, 15.0, 40.0})
                QTest::addRow("within %g s, seed %d", most_s, seed) << seed << most_s;
        }
    }
    void dropsAgainstTheDriftAreSteps() {
        QFETCH(int, seed);
        QFETCH(double, most_s);
        ClockMap map(480);
        Random random{std::uint64_t(seed)};
        std::int64_t dropped = 0;
        int next = 500;
        for (int k = 1; k <= 30000; ++k) {
            if (k == next) {
                dropped += 239;
                next += 60 + int(random.uniform() * most_s * 100.0);
            }
            const std::int64_t captured = 480 * std::int64_t(k);
            const auto played = std::int64_t(std::floor(double(captured) * (1.0 + 292e-6)));
            map.observe(captured, played - dropped);
            if (k < 1000) continue;
            QVERIFY2(std::abs(map.driftPpm() - 292.0) < 10.0,
                     qPrintable(QString("%1: %2").arg(k).arg(map.driftPpm())));
        }
    }
    /// What is smooth again is looked at closely again.
    void aSawThatEndsIsOver() {
        ClockMap map(480);
        double captured = 0.0;
        std::int64_t base = 0;
        for (int k = 1; k <= 12000; ++k) {
            const bool saw = k < 4000;
            while (captured < 480.0 * k) captured += saw ? 0.502 * 480.0 : 480.0;
            double played = captured * (1.0 + 200e-6);
            if (saw) played = std::floor(played / 240.0) * 240.0;
            // A small drop: within a fragment, so seen only by who has left them behind.
            if (k >= 9000) base = -150;
            map.observe(std::int64_t(captured), std::int64_t(std::floor(played)) + base);
            if (k < 8000) continue;
            QVERIFY2(std::abs(map.driftPpm() - 200.0) < 5.0,
                     qPrintable(QString("%1: %2").arg(k).arg(map.driftPpm())));
        }
    }
    void resetForgets() {
        ClockMap map;
        Clocks{300.0, 0}.run(map, 0, 3000);
        QVERIFY(map.ratio() != 1.0);
        map.reset();
        QCOMPARE(map.ratio(), 1.0);
        QVERIFY(std::isnan(map.driftPpm()));
    }
};

QTEST_APPLESS_MAIN(ClockMapTest)
#include "clock_map_test.moc"
