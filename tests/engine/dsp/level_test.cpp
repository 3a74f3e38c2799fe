// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/level.h"

#include <QtTest>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/dsp/conditioning.h"
#include "engine/dsp/delay_line.h"
#include "engine/dsp/windows.h"

using namespace doubletalk::dsp;

class LevelTest : public QObject {
    Q_OBJECT
private slots:
    void fullScaleSineIsMinusThree() {
        std::vector<float> x(1600);
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] = float(std::sin(2.0 * std::numbers::pi * double(i) / 16.0));
        }
        QVERIFY(std::abs(levelDbfs(x) + 3.0103) < 1e-4);
        QCOMPARE(peak(x), 1.0F);
        QVERIFY(std::abs(levelDbfs(std::vector<float>(160, -1.0F))) < 1e-9);
        QCOMPARE(levelDbfs(std::vector<float>(160, 0.0F)), kSilenceDb);
        QCOMPARE(levelDbfs({}), kSilenceDb);
        QCOMPARE(peak(std::array{0.1F, -0.7F, 0.3F}), 0.7F);
    }
    void decibelsAndBack() {
        QVERIFY(std::abs(dbToGain(-6.0) - 0.501187) < 1e-6);
        QVERIFY(std::abs(dbToPower(-6.0) - 0.251189) < 1e-6);
        QVERIFY(std::abs(powerDb(dbToPower(-42.0)) + 42.0) < 1e-9);
        QCOMPARE(powerDb(std::numeric_limits<double>::quiet_NaN()), kSilenceDb);
    }
    void smoothedPowerStartsWithTheFirstBlock() {
        SmoothedPower p;
        QVERIFY(!p.started());
        QCOMPARE(p.add(1.0), 1.0);
        const double a = std::exp(-0.1);
        QVERIFY(std::abs(p.add(0.0) - a) < 1e-15);
        QVERIFY(std::abs(p.add(0.5) - (a * a + (1.0 - a) * 0.5)) < 1e-15);
        const double before = p.value();
        QCOMPARE(p.add(std::numeric_limits<double>::quiet_NaN()), before);
        p.reset();
        QVERIFY(!p.started());
        QCOMPARE(p.add(std::vector<float>(10, 0.5F)), 0.25);
    }
    void sanitizeTakesBadNumbersOut() {
        const float inf = std::numeric_limits<float>::infinity();
        std::array x{
            std::numeric_limits<float>::quiet_NaN(), inf, -inf, 1e-40F, 0.5F, 100.0F, -100.0F};
        QCOMPARE(sanitize(x), 3);
        QVERIFY((x == std::array{0.0F, 0.0F, 0.0F, 0.0F, 0.5F, 8.0F, -8.0F}));
    }
    void dcBlockerTakesDcAndKeepsSpeech() {
        std::vector<float> x(16000);
        for (std::size_t i = 0; i < x.size(); ++i) {
            x[i] =
                0.3F + 0.1F * float(std::sin(2.0 * std::numbers::pi * 500.0 * double(i) / 16000.0));
        }
        DcBlocker blocker;
        blocker.process(x);
        const auto tail = std::span(x).subspan(8000);
        double mean = 0.0;
        for (const float v : tail) mean += double(v) / double(tail.size());
        QVERIFY(std::abs(mean) < 1e-4);
        QVERIFY(std::abs(levelDbfs(tail) - (-23.01)) < 0.1);
    }
    void delayLineDelays() {
        DelayLine line;
        line.prepare(200, 160);
        line.setDelay(193);
        std::vector<float> x(1600), y(1600);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = float(i + 1);
        for (std::size_t i = 0; i < x.size(); i += 160) {
            line.process(std::span(x).subspan(i, 160), std::span(y).subspan(i, 160));
        }
        for (std::size_t i = 0; i < y.size(); ++i) QCOMPARE(y[i], i < 193 ? 0.0F : float(i - 192));
        line.setDelay(0);
        std::vector<float> same(x.begin(), x.begin() + 160);
        line.process(same, same);
        QCOMPARE(same, std::vector<float>(x.begin(), x.begin() + 160));
        line.setDelay(1000);
        QCOMPARE(line.delayFrames(), 200);
        line.process(std::span(x).first(160), y);
        QCOMPARE(y[0], 1561.0F);  // 200 frames back: 40 before the in-place block
        line.reset();
        line.process(std::span(x).first(160), y);
        QCOMPARE(y[159], 0.0F);
    }
    void windowsHaveTheirProperties() {
        std::vector<float> w(64);
        fillHann(w);
        QCOMPARE(w[0], 0.0F);
        QCOMPARE(w[32], 1.0F);
        for (std::size_t i = 0; i < 32; ++i) QVERIFY(std::abs(w[i] + w[i + 32] - 1.0F) < 1e-6F);
        QCOMPARE(kaiser(0.0, 9.0), 1.0);
        QCOMPARE(kaiser(1.01, 9.0), 0.0);
        // I0(9) = 1093.588
        QVERIFY(std::abs(kaiser(1.0, 9.0) - 1.0 / 1093.5883545) < 1e-9);
    }
};

QTEST_APPLESS_MAIN(LevelTest)
#include "level_test.moc"
