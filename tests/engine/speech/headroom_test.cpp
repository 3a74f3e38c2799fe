// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/headroom.h"

#include <QtTest>
#include <cmath>
#include <vector>

#include "tests/engine/speech/clips.h"

namespace doubletalk::speech {
namespace {

constexpr SampleRate kRate{16000};

VadParams energyBelow() {
    VadParams vad;
    vad.detector = "energy";
    vad.threshold_dbfs = -80.0;  // the level of the rule decides
    return vad;
}

}  // namespace

class HeadroomTest : public QObject {
    Q_OBJECT
private slots:
    void isTheDistanceToTheTrigger_data();
    void isTheDistanceToTheTrigger();
    void staysInItsRange();
    void followsTheSpeechOfARealTalker();
    void countsWhatTheRuleMayNotDoNow();
    void refusesAnUnknownDetector();
};

void HeadroomTest::isTheDistanceToTheTrigger_data() {
    QTest::addColumn<double>("residual_dbfs");
    QTest::addColumn<double>("trigger_dbfs");
    QTest::newRow("quiet") << -75.0 << -42.0;
    QTest::newRow("just below") << -44.0 << -42.0;
    QTest::newRow("already above") << -36.0 << -42.0;
    QTest::newRow("low trigger") << -70.0 << -60.0;
}

void HeadroomTest::isTheDistanceToTheTrigger() {
    QFETCH(double, residual_dbfs);
    QFETCH(double, trigger_dbfs);
    // A square wave: every 10 ms have exactly this level.
    std::vector<float> residual(32000);
    for (std::size_t i = 0; i < residual.size(); ++i) {
        residual[i] = float(dsp::dbToGain(residual_dbfs)) * (i / 8 % 2 == 0 ? 1.0F : -1.0F);
    }
    BargeInParams rule;
    rule.trigger_dbfs = trigger_dbfs;
    auto vad = energyBelow();
    const auto headroom = bargeInHeadroomDb(residual, kRate, vad, rule);
    QVERIFY(headroom.has_value());
    const double expected = trigger_dbfs - residual_dbfs;
    // The smallest step of 0.25 dB at which it fires.
    QVERIFY2(*headroom >= expected - 1e-3 && *headroom <= expected + 0.25 + 1e-3,
             qPrintable(QString::number(*headroom)));
}

void HeadroomTest::staysInItsRange() {
    const std::vector<float> silence(32000);
    QCOMPARE(*bargeInHeadroomDb(silence, kRate, energyBelow(), BargeInParams{}), 60.0);
    QCOMPARE(*bargeInHeadroomDb({}, kRate, energyBelow(), BargeInParams{}), 60.0);
    const auto loud = test::noise(32000, -6.0, 1);
    QCOMPARE(*bargeInHeadroomDb(loud, kRate, energyBelow(), BargeInParams{}), -20.0);
}

void HeadroomTest::followsTheSpeechOfARealTalker() {
    const auto clip = test::realClip("goforward.raw");
    QVERIFY2(!clip.empty(), "install the package pocketsphinx-testdata");
    for (const auto* detector : {"webrtc", "energy"}) {
        VadParams vad;
        vad.detector = detector;
        std::vector<float> residual(32000);
        test::addAt(residual, 0, clip, -70.0);
        const auto soft = bargeInHeadroomDb(residual, kRate, vad, BargeInParams{});
        if (!soft && soft.error().kind == ErrorKind::unsupported) continue;
        QVERIFY(soft.has_value());
        std::fill(residual.begin(), residual.end(), 0.0F);
        test::addAt(residual, 0, clip, -60.0);
        const auto louder = bargeInHeadroomDb(residual, kRate, vad, BargeInParams{});
        // 10 dB more residual is 10 dB less headroom; the detectors' own quantisation adds a
        // little.
        QVERIFY2(std::abs(*soft - *louder - 10.0) <= 1.5,
                 qPrintable(QString("%1 %2").arg(*soft).arg(*louder)));
        // 80 ms of a talker's loudest stand 5 to 18 dB above his mean.
        QVERIFY2(*soft > 28.0 - 18.0 && *soft < 28.0, qPrintable(QString::number(*soft)));
    }
}

void HeadroomTest::countsWhatTheRuleMayNotDoNow() {
    const auto residual = test::noise(32000, -50.0, 1);
    BargeInParams off;
    off.enabled = false;
    QCOMPARE(*bargeInHeadroomDb(residual, kRate, energyBelow(), off),
             *bargeInHeadroomDb(residual, kRate, energyBelow(), BargeInParams{}));
}

void HeadroomTest::refusesAnUnknownDetector() {
    VadParams vad;
    vad.detector = "none";
    QVERIFY(!bargeInHeadroomDb({}, kRate, vad, BargeInParams{}).has_value());
}

}  // namespace doubletalk::speech

QTEST_APPLESS_MAIN(doubletalk::speech::HeadroomTest)
#include "headroom_test.moc"
