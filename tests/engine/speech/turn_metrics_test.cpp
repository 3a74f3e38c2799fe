// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/turn_metrics.h"

#include <QtTest>
#include <cmath>
#include <vector>

namespace doubletalk::speech {
namespace {

constexpr SampleRate kRate{16000};
constexpr std::int64_t kMs = 16;  ///< frames

StopTimes stopAt(std::int64_t on_ms, double heard_ms = kMissing, double reported_ms = kMissing) {
    StopTimes stop;
    stop.vad_frame = (on_ms + 30) * kMs;
    stop.decided_frame = (on_ms + 110) * kMs;
    stop.command_frame = (on_ms + 110) * kMs;
    stop.flushed_frame = (on_ms + 120) * kMs;
    stop.silent_frame = (on_ms + 135) * kMs;
    stop.heard_ms = heard_ms;
    stop.reported_ms = reported_ms;
    return stop;
}

LabelledTurn turn(std::int64_t on_ms, TurnLabel label = TurnLabel::interruption) {
    return {on_ms * kMs, (on_ms + 1500) * kMs, label};
}

}  // namespace

class TurnMetricsTest : public QObject {
    Q_OBJECT
private slots:
    void withoutDataEverythingIsMissing();
    void chainOfOneStop();
    void answersWithinTwoSecondsOnly();
    void oneStopAnswersOneInterruption();
    void falseStopsByCause();
    void firstWordLoss();
};

void TurnMetricsTest::withoutDataEverythingIsMissing() {
    const auto m = computeTurnMetrics(TurnInput{.rate = kRate});
    for (const double value : {m.missed_ratio, m.success_ratio, m.false_ratio, m.false_per_min,
                               m.detect_ms.p50, m.stop_ms.p95, m.heard_ms.p50}) {
        QVERIFY(std::isnan(value));  // missing, never 0
    }
    QCOMPARE(m.stop_ms.n, 0);
}

void TurnMetricsTest::chainOfOneStop() {
    const std::vector turns{turn(1000)};
    const std::vector stops{stopAt(1000, 800.0, 812.0)};
    const auto m = computeTurnMetrics(
        {.rate = kRate, .turns = turns, .stops = stops, .received = {}, .assistant_s = 60.0});
    QCOMPARE(m.detect_ms.p50, 110.0);
    QCOMPARE(m.stop_ms.p50, 135.0);
    QCOMPARE(m.flush_ms.p50, 25.0);
    QCOMPARE(m.heard_ms.p50, 800.0);
    QCOMPARE(m.truncation_error_ms.p50, 12.0);
    QCOMPARE(m.missed_ratio, 0.0);
    QCOMPARE(m.success_ratio, 1.0);
    QCOMPARE(m.false_per_min, 0.0);
    QVERIFY(std::isnan(m.false_ratio));  // no event that is no interruption
}

void TurnMetricsTest::answersWithinTwoSecondsOnly() {
    const std::vector turns{turn(1000)};
    const auto missed = [&](std::int64_t stop_on_ms) {
        const std::vector stops{stopAt(stop_on_ms)};
        return computeTurnMetrics({.rate = kRate, .turns = turns, .stops = stops}).missed;
    };
    QCOMPARE(missed(1000 + 2000 - 110), 0);
    QCOMPARE(missed(1000 + 2001 - 110), 1);
    QCOMPARE(missed(1000 - 111), 1);  // before the onset
}

void TurnMetricsTest::oneStopAnswersOneInterruption() {
    const std::vector turns{turn(1000), turn(1500)};
    const std::vector one{stopAt(1500)};
    const auto m = computeTurnMetrics({.rate = kRate, .turns = turns, .stops = one});
    QCOMPARE(m.interruptions, 2);
    QCOMPARE(m.missed, 1);
    QCOMPARE(m.missed_ratio, 0.5);
    const std::vector two{stopAt(1000), stopAt(1500)};
    const auto both = computeTurnMetrics({.rate = kRate, .turns = turns, .stops = two});
    QCOMPARE(both.missed, 0);
    QCOMPARE(both.stop_ms.p95, 135.0);
}

void TurnMetricsTest::falseStopsByCause() {
    const std::vector turns{
        turn(1000, TurnLabel::backchannel),   turn(10'000, TurnLabel::cough),
        turn(20'000, TurnLabel::side_speech), turn(30'000, TurnLabel::echo_only),
        turn(40'000, TurnLabel::backchannel), turn(50'000)};
    auto unexplained = stopAt(45'000);
    unexplained.evidence = FalseCause::noise;
    const std::vector stops{stopAt(1000), stopAt(10'000), stopAt(20'000), unexplained,
                            stopAt(50'000)};
    const auto m = computeTurnMetrics(
        {.rate = kRate, .turns = turns, .stops = stops, .received = {}, .assistant_s = 120.0});
    QCOMPARE(m.false_stops, 4);
    QCOMPARE(m.false_per_min, 2.0);
    QCOMPARE(m.false_per_min_by_cause[std::size_t(FalseCause::echo)], 0.0);
    QCOMPARE(m.false_per_min_by_cause[std::size_t(FalseCause::noise)], 1.0);
    QCOMPARE(m.false_per_min_by_cause[std::size_t(FalseCause::backchannel)], 0.5);
    QCOMPARE(m.false_per_min_by_cause[std::size_t(FalseCause::side_speech)], 0.5);
    QCOMPARE(m.other_events, 5);
    QCOMPARE(m.false_events, 3);
    QCOMPARE(m.false_ratio, 0.6);
    QCOMPARE(m.missed_ratio, 0.0);
}

void TurnMetricsTest::firstWordLoss() {
    const std::vector turns{turn(1000), turn(5000), turn(9000)};
    const std::vector<ReceivedSpan> received{
        {500 * kMs, 900 * kMs},     // over before anybody spoke
        {700 * kMs, 2000 * kMs},    // pre-roll reaches back: nothing is lost
        {5120 * kMs, 6000 * kMs}};  // 120 ms late; the third turn was never received
    const auto m =
        computeTurnMetrics({.rate = kRate, .turns = turns, .stops = {}, .received = received});
    QCOMPARE(m.first_word_loss_ms.n, 3);
    QCOMPARE(m.first_word_loss_ms.p50, 120.0);
    QVERIFY(std::abs(m.first_word_loss_ms.p95 - (120.0 + 0.9 * 1380.0)) < 1e-9);
}

}  // namespace doubletalk::speech

QTEST_APPLESS_MAIN(doubletalk::speech::TurnMetricsTest)
#include "turn_metrics_test.moc"
