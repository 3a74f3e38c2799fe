// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/barge_in.h"

#include <QtTest>
#include <vector>

#include "engine/speech/vad_registry.h"
#include "tests/engine/speech/clips.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::speech {
namespace {

constexpr SampleRate kRate{16000};

/// A block of one constant level: its mean square is exactly that level.
std::vector<float> level(double dbfs) {
    return std::vector<float>(160, float(dsp::dbToGain(dbfs)));
}

const std::vector<float> kLoud = level(-30.0);
const std::vector<float> kSoft = level(-60.0);

/// Calls until the verdict comes; the number of calls it took, or -1 after max.
int callsUntil(BargeInDetector& rule, BargeInVerdict wanted, int max, bool plays = true,
               bool ready = true) {
    for (int i = 1; i <= max; ++i) {
        if (rule.process(true, kLoud, plays, ready) == wanted) return i;
    }
    return -1;
}

}  // namespace

class BargeInTest : public QObject {
    Q_OBJECT
private slots:
    void init();
    void firesAfterEnoughSpeechOnce();
    void needsVoiceLevelPlaybackAndPermission();
    void triggerIsALevel();
    void bridgesShortGapsOnly();
    void heldOnceThenFiresWhenReady();
    void speechFromBeforePlaybackCounts();
    void stretchStartTellsTheOnset();
    void settingsActAtOnce();
    void realTalkerOverNoise();
    void neitherAllocatesNorLocks();

private:
    BargeInDetector rule_;
};

void BargeInTest::init() { rule_.prepare(kRate, BargeInParams{}); }

void BargeInTest::firesAfterEnoughSpeechOnce() {
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 100), 8);  // 80 ms
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 500), -1);
    for (int i = 0; i < 10; ++i) rule_.process(false, kSoft, true, true);
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 100), 8);  // a new stretch
}

void BargeInTest::needsVoiceLevelPlaybackAndPermission() {
    for (int i = 0; i < 100; ++i) {
        QVERIFY(rule_.process(false, kLoud, true, true) == BargeInVerdict::none);
    }
    rule_.reset();
    for (int i = 0; i < 100; ++i) {
        QVERIFY(rule_.process(true, kSoft, true, true) == BargeInVerdict::none);
    }
    rule_.reset();
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 100, false), -1);
    BargeInParams off;
    off.enabled = false;
    rule_.prepare(kRate, off);
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 100), -1);
    QCOMPARE(callsUntil(rule_, BargeInVerdict::held, 100, true, false), -1);
}

void BargeInTest::triggerIsALevel() {
    const auto fires = [&](double dbfs) {
        rule_.reset();
        const auto block = level(dbfs);
        for (int i = 0; i < 100; ++i) {
            if (rule_.process(true, block, true, true) == BargeInVerdict::fire) return true;
        }
        return false;
    };
    QVERIFY(fires(-41.9));
    QVERIFY(!fires(-42.1));
}

void BargeInTest::bridgesShortGapsOnly() {
    const auto gapThenFire = [&](int gap_blocks) {
        rule_.reset();
        for (int i = 0; i < 5; ++i) rule_.process(true, kLoud, true, true);
        for (int i = 0; i < gap_blocks; ++i) rule_.process(false, kLoud, true, true);
        return callsUntil(rule_, BargeInVerdict::fire, 100);
    };
    QCOMPARE(gapThenFire(3), 3);  // 30 ms: the 50 ms from before count
    QCOMPARE(gapThenFire(4), 8);  // 40 ms: they do not
}

void BargeInTest::heldOnceThenFiresWhenReady() {
    QCOMPARE(callsUntil(rule_, BargeInVerdict::held, 100, true, false), 8);
    QCOMPARE(callsUntil(rule_, BargeInVerdict::held, 100, true, false), -1);
    QVERIFY(rule_.process(true, kLoud, true, true) == BargeInVerdict::fire);
    QVERIFY(rule_.process(true, kLoud, true, false) == BargeInVerdict::none);
    for (int i = 0; i < 4; ++i) rule_.process(false, kSoft, true, false);
    QCOMPARE(callsUntil(rule_, BargeInVerdict::held, 100, true, false), 8);
    // Ready only after the stretch has ended: nothing is made up for.
    for (int i = 0; i < 6; ++i) {
        QVERIFY(rule_.process(false, kSoft, true, i >= 4) == BargeInVerdict::none);
    }
}

void BargeInTest::speechFromBeforePlaybackCounts() {
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 20, false), -1);
    QVERIFY(rule_.process(true, kLoud, true, true) == BargeInVerdict::fire);
}

void BargeInTest::stretchStartTellsTheOnset() {
    QCOMPARE(rule_.stretchStart(), std::int64_t(-1));
    for (int i = 0; i < 20; ++i) rule_.process(false, kSoft, true, true);
    QCOMPARE(rule_.stretchStart(), std::int64_t(-1));
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 100), 8);
    QCOMPARE(rule_.stretchStart(), std::int64_t(20));
    for (int i = 0; i < 3; ++i) rule_.process(false, kSoft, true, true);
    QCOMPARE(rule_.stretchStart(), std::int64_t(20));
    rule_.process(false, kSoft, true, true);
    QCOMPARE(rule_.stretchStart(), std::int64_t(-1));
}

void BargeInTest::settingsActAtOnce() {
    BargeInParams params;
    params.min_speech_ms = 500;
    rule_.setParams(params);
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 40), -1);
    params.min_speech_ms = 100;
    rule_.setParams(params);
    QCOMPARE(callsUntil(rule_, BargeInVerdict::fire, 40), 1);
}

void BargeInTest::realTalkerOverNoise() {
    const auto clip = test::realClip("goforward.raw");
    QVERIFY2(!clip.empty(), "install the package pocketsphinx-testdata");
    const std::size_t start = 3 * 16000;
    auto x = test::noise(start + clip.size(), -60.0, 3);
    test::addAt(x, start, clip, -30.0);
    for (const auto& entry : voiceActivityDetectors()) {
        if (entry.create == nullptr) continue;
        const auto vad = entry.create();
        QVERIFY(vad->prepare(kRate, VadParams{}).has_value());
        rule_.prepare(kRate, BargeInParams{});
        std::int64_t fired = -1;
        std::int64_t began = -1;
        for (std::size_t k = 0; (k + 1) * 160 <= x.size() && fired < 0; ++k) {
            const auto block = std::span<const float>(x).subspan(k * 160, 160);
            const bool voice = vad->process(block);
            if (rule_.process(voice, block, true, true) != BargeInVerdict::fire) continue;
            fired = std::int64_t(k);
            began = rule_.stretchStart();
        }
        const auto onset = std::int64_t((start + test::onsetOf(clip)) / 160);
        const auto text = QString("onset %1, began %2, fired %3").arg(onset).arg(began).arg(fired);
        QVERIFY2(began >= onset - 3, qPrintable(text));
        // 80 ms of speech; the onset of a word may lie 100 ms before the level that triggers.
        QVERIFY2(fired >= onset + 7 - 3 && fired <= onset + 25, qPrintable(text));
    }
}

void BargeInTest::neitherAllocatesNorLocks() {
    const test::RtGuard guard;
    for (int i = 0; i < 1000; ++i) rule_.process(i % 50 < 30, kLoud, true, i % 100 < 50);
    QCOMPARE(guard.allocations(), std::int64_t(0));
    QCOMPARE(guard.locks(), std::int64_t(0));
}

}  // namespace doubletalk::speech

QTEST_APPLESS_MAIN(doubletalk::speech::BargeInTest)
#include "barge_in_test.moc"
