// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Which check fails on which fault, at the level of the decision: no echo, no network. A check that
// no fault makes fail would be worth nothing; every fault must make at least one fail, and the real
// rule none.
#include <QtTest>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/speech/barge_in.h"
#include "engine/speech/turn_metrics.h"
#include "engine/speech/vad_registry.h"
#include "tests/engine/speech/clips.h"

namespace doubletalk::speech {
namespace {

constexpr SampleRate kRate{16000};
constexpr int kPeriodBlocks = 500;  ///< one event every 5 s
constexpr int kRounds = 6;

/// Six rounds of residual echo at -60 dBFS; in four a talker at -30 dBFS, in two a short cough.
struct Scene {
    std::vector<float> output;
    std::vector<LabelledTurn> turns;
};

const Scene& scene() {
    static const Scene made = [] {
        Scene s;
        s.output = test::noise(std::size_t(kRounds * kPeriodBlocks) * 160, -60.0, 11);
        const auto clip = test::realClip("goforward.raw");
        for (int round = 0; round < kRounds; ++round) {
            const std::size_t at = std::size_t(round * kPeriodBlocks + 200) * 160;
            const bool cough = round % 3 == 2;
            if (cough) {
                test::addAt(s.output, at, test::noise(40 * 16, -20.0, 12), -20.0);
            } else if (!clip.empty()) {
                test::addAt(s.output, at, clip, -30.0);
            }
            const auto onset = cough ? 0 : test::onsetOf(clip);
            s.turns.push_back({std::int64_t(at + onset), std::int64_t(at + 32000),
                               cough ? TurnLabel::cough : TurnLabel::interruption});
        }
        return s;
    }();
    return made;
}

/// Block of an utterance in which the talker begins.
int onsetBlock() { return int(scene().turns.front().onset_frame / 160); }

/// A rule says when to stop: block number in this utterance, verdict of the real rule.
using Rule = std::function<bool(int block, bool fires)>;

TurnMetrics play(const Rule& rule) {
    auto vad = createVoiceActivityDetector("energy");
    if (!vad || !(*vad)->prepare(kRate, VadParams{})) return {};
    BargeInDetector detector;
    detector.prepare(kRate, BargeInParams{});
    std::vector<StopTimes> stops;
    bool plays = true;
    int in_utterance = 0;
    int played_blocks = 0;
    for (int k = 0; k < kRounds * kPeriodBlocks; ++k) {
        if (k % kPeriodBlocks == 0) {  // a new utterance begins
            plays = true;
            in_utterance = 0;
        }
        const auto block =
            std::span<const float>(scene().output).subspan(std::size_t(k) * 160, 160);
        const bool voice = (*vad)->process(block);
        const bool fires = detector.process(voice, block, plays, true) == BargeInVerdict::fire;
        played_blocks += plays ? 1 : 0;
        if (!plays || !rule(in_utterance++, fires)) continue;
        plays = false;
        StopTimes stop;
        stop.decided_frame = stop.command_frame = std::int64_t(k + 1) * 160;
        stop.silent_frame = stop.command_frame + 240;  // one block and the fade, at its earliest
        stop.heard_ms = 10.0 * in_utterance + 5.0;
        stops.push_back(stop);
    }
    return computeTurnMetrics({.rate = kRate,
                               .turns = scene().turns,
                               .stops = stops,
                               .received = {},
                               .assistant_s = played_blocks * 0.01});
}

/// The checks of METRICS that rest on decisions; true: passed. NaN never passes.
const std::map<std::string, std::function<bool(const TurnMetrics&)>>& checks() {
    static const std::map<std::string, std::function<bool(const TurnMetrics&)>> all{
        {"missed", [](const auto& m) { return m.missed_ratio < 0.05; }},
        {"stop", [](const auto& m) { return m.stop_ms.p95 < 300.0; }},
        {"heard", [](const auto& m) { return m.heard_ms.p50 > 2000.0 && m.heard_ms.p50 < 2800.0; }},
        {"false stops", [](const auto& m) { return m.false_per_min < 0.5; }},
        {"false events", [](const auto& m) { return m.false_ratio < 0.05; }},
    };
    return all;
}

struct Fault {
    Rule rule;
    std::set<std::string> fails;
};

const std::map<std::string, Fault>& faults() {
    static const std::map<std::string, Fault> all{
        {"none", {[](int, bool fires) { return fires; }, {}}},
        {"never made", {[](int, bool) { return false; }, {"missed", "stop", "heard"}}},
        {"made at once",
         {[](int block, bool) { return block == 0; }, {"missed", "stop", "heard", "false stops"}}},
        {"made at every event",
         {[](int block, bool) { return block == onsetBlock() + 12; },
          {"false stops", "false events"}}},
    };
    return all;
}

}  // namespace

class BargeInFaultsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void everyFaultFailsItsChecks_data();
    void everyFaultFailsItsChecks();
    void everyCheckCanFail();
};

void BargeInFaultsTest::initTestCase() {
    QVERIFY2(!test::realClip("goforward.raw").empty(), "install the package pocketsphinx-testdata");
}

void BargeInFaultsTest::everyFaultFailsItsChecks_data() {
    QTest::addColumn<QString>("fault");
    for (const auto& [name, unused] : faults()) {
        QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
}

void BargeInFaultsTest::everyFaultFailsItsChecks() {
    QFETCH(QString, fault);
    const auto& [rule, expected] = faults().at(fault.toStdString());
    const auto metrics = play(rule);
    QCOMPARE(metrics.interruptions, 4);
    for (const auto& [name, passed] : checks()) {
        const bool fails = expected.count(name) > 0;
        const auto text = QString("%1: missed %2, stop p95 %3, heard p50 %4, false %5 a minute, %6")
                              .arg(QString::fromStdString(name))
                              .arg(metrics.missed_ratio)
                              .arg(metrics.stop_ms.p95)
                              .arg(metrics.heard_ms.p50)
                              .arg(metrics.false_per_min)
                              .arg(metrics.false_ratio);
        QVERIFY2(passed(metrics) != fails, qPrintable(text));
    }
}

void BargeInFaultsTest::everyCheckCanFail() {
    std::set<std::string> failing;
    for (const auto& [name, fault] : faults())
        failing.insert(fault.fails.begin(), fault.fails.end());
    for (const auto& [name, unused] : checks()) QVERIFY2(failing.count(name) > 0, name.c_str());
}

}  // namespace doubletalk::speech

QTEST_APPLESS_MAIN(doubletalk::speech::BargeInFaultsTest)
#include "barge_in_faults_test.moc"
