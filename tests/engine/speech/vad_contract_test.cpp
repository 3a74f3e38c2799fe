// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "engine/speech/vad_registry.h"
#include "tests/engine/speech/clips.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::speech {
namespace {

constexpr SampleRate kRate{16000};
constexpr int kQuietS = 2;

std::unique_ptr<VoiceActivityDetector> make(const QString& name) {
    auto made = createVoiceActivityDetector(name.toStdString());
    return made ? std::move(*made) : nullptr;
}

struct Shares {
    double speech = 0.0;
    double noise = 0.0;
};

/// Two seconds of noise at -64 dBFS, a talker at -26 dBFS over it, two seconds of noise.
Shares sharesOf(VoiceActivityDetector& vad, const std::vector<float>& clip) {
    auto x = test::noise(clip.size() + 2 * std::size_t(kQuietS * kRate.hz), -64.0, 5);
    const auto start = std::size_t(kQuietS * kRate.hz);
    test::addAt(x, start, clip, -26.0);
    Shares shares;
    int speech_blocks = 0;
    int noise_blocks = 0;
    for (std::size_t at = 0; at + 160 <= x.size(); at += 160) {
        const bool voice = vad.process(std::span<const float>(x).subspan(at, 160));
        const bool inside = at >= start && at < start + clip.size();
        // The first 300 ms after the clip are hang-over, the first of all a detector's settling.
        if (!inside && (at < 4800 || (at >= start && at < start + clip.size() + 4800))) continue;
        (inside ? speech_blocks : noise_blocks) += 1;
        (inside ? shares.speech : shares.noise) += voice ? 1.0 : 0.0;
    }
    shares.speech /= speech_blocks;
    shares.noise /= noise_blocks;
    return shares;
}

}  // namespace

class VadContractTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void hearsSpeechNotNoise_data() { everyDetector(); }
    void hearsSpeechNotNoise();
    void everyRateAndFrameLength_data() { everyDetector(); }
    void everyRateAndFrameLength();
    void holdsTheDecisionBetweenFrames_data() { everyDetector(); }
    void holdsTheDecisionBetweenFrames();
    void resetRepeatsBitForBit_data() { everyDetector(); }
    void resetRepeatsBitForBit();
    void survivesBadSamplesAndSettings_data() { everyDetector(); }
    void survivesBadSamplesAndSettings();
    void neitherAllocatesNorLocks_data() { everyDetector(); }
    void neitherAllocatesNorLocks();
    void energyFollowsThresholdAndFloor();
    void webrtcRefusesOtherRates();
    void tablesHoldTheirDefaults();

private:
    void everyDetector() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : voiceActivityDetectors()) {
            const auto name = QString::fromUtf8(entry.name.data(), qsizetype(entry.name.size()));
            if (entry.create != nullptr) QTest::newRow(qPrintable(name)) << name;
        }
    }
    std::vector<float> clip_;
};

void VadContractTest::initTestCase() {
    clip_ = test::realClip("goforward.raw");
    QVERIFY2(!clip_.empty(), "install the package pocketsphinx-testdata");
    QCOMPARE(voiceActivityDetectorNames().size(), voiceActivityDetectors().size());
}

void VadContractTest::hearsSpeechNotNoise() {
    QFETCH(QString, name);
    const auto vad = make(name);
    QVERIFY(vad->prepare(kRate, VadParams{}).has_value());
    QCOMPARE(QString::fromUtf8(vad->name().data()), name);
    const auto shares = sharesOf(*vad, clip_);
    // A command clip with pauses: 58 % measured for the library in its strictest mode.
    QVERIFY2(shares.speech > 0.4, qPrintable(QString::number(shares.speech)));
    QVERIFY2(shares.noise < 0.03, qPrintable(QString::number(shares.noise)));
}

void VadContractTest::everyRateAndFrameLength() {
    QFETCH(QString, name);
    for (const int hz : {8000, 16000, 32000, 48000}) {
        for (const int frame_ms : {10, 20, 30}) {
            const auto vad = make(name);
            VadParams params;
            params.frame_ms = frame_ms;
            QVERIFY(vad->prepare(SampleRate{hz}, params).has_value());
            const auto silence = std::vector<float>(std::size_t(hz / 100));
            // A voice-like buzz: harmonics of 120 Hz up to 3.4 kHz, four syllables a second.
            bool heard = false;
            bool silent = true;
            for (int k = 0; k < 100; ++k) silent = silent && !vad->process(silence);
            auto buzz = silence;
            for (int k = 0; k < 200; ++k) {
                for (std::size_t i = 0; i < buzz.size(); ++i) {
                    const double t = double(k) * 0.01 + double(i) / hz;
                    double x = 0.0;
                    for (int h = 1; h <= 28; ++h) {
                        x += std::sin(2.0 * std::numbers::pi * 120.0 * h * t) / h;
                    }
                    x *= 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * 4.0 * t);
                    buzz[i] = float(0.2 * x);
                }
                heard = vad->process(buzz) || heard;
            }
            QVERIFY2(silent, qPrintable(QString("%1 Hz, %2 ms").arg(hz).arg(frame_ms)));
            QVERIFY2(heard, qPrintable(QString("%1 Hz, %2 ms").arg(hz).arg(frame_ms)));
        }
    }
    VadParams params;
    params.frame_ms = 15;
    QVERIFY(!make(name)->prepare(kRate, params).has_value());
}

void VadContractTest::holdsTheDecisionBetweenFrames() {
    QFETCH(QString, name);
    const auto vad = make(name);
    VadParams params;
    params.frame_ms = 30;
    QVERIFY(vad->prepare(kRate, params).has_value());
    bool before = false;
    int changes = 0;
    for (std::size_t k = 0; (k + 1) * 160 <= clip_.size(); ++k) {
        const bool voice = vad->process(std::span<const float>(clip_).subspan(k * 160, 160));
        if (voice != before) {
            QCOMPARE(k % 3, std::size_t(2));  // only with the third block of a frame
            ++changes;
        }
        before = voice;
    }
    QVERIFY(changes > 0);
}

void VadContractTest::resetRepeatsBitForBit() {
    QFETCH(QString, name);
    const auto vad = make(name);
    QVERIFY(vad->prepare(kRate, VadParams{}).has_value());
    const auto run = [&] {
        std::vector<char> decisions;
        for (std::size_t at = 0; at + 160 <= clip_.size(); at += 160) {
            decisions.push_back(char(vad->process(std::span<const float>(clip_).subspan(at, 160))));
        }
        return decisions;
    };
    const auto first = run();
    QVERIFY(std::find(first.begin(), first.end(), char(1)) != first.end());
    vad->reset();
    QVERIFY(run() == first);
}

void VadContractTest::survivesBadSamplesAndSettings() {
    QFETCH(QString, name);
    const auto vad = make(name);
    QVERIFY(!vad->process(std::vector<float>(160)));  // not prepared yet
    QVERIFY(vad->prepare(kRate, VadParams{}).has_value());
    std::vector<float> bad(160, std::numeric_limits<float>::quiet_NaN());
    for (int i = 0; i < 10; ++i) vad->process(bad);
    std::fill(bad.begin(), bad.end(), 1e30F);
    for (int i = 0; i < 10; ++i) vad->process(bad);
    std::fill(bad.begin(), bad.end(), 1e-40F);
    for (int i = 0; i < 10; ++i) vad->process(bad);
    VadParams params;
    for (const int frame_ms : {30, 10, 20, 10}) {
        params.frame_ms = frame_ms;
        params.aggressiveness = frame_ms / 10;
        vad->setParams(params);
        vad->process(std::span<const float>(clip_).first(160));
    }
    vad->setParams(VadParams{});
    QVERIFY(sharesOf(*vad, clip_).speech > 0.3);
}

void VadContractTest::neitherAllocatesNorLocks() {
    QFETCH(QString, name);
    const auto vad = make(name);
    QVERIFY(vad->prepare(kRate, VadParams{}).has_value());
    VadParams other;
    other.aggressiveness = 1;
    const test::RtGuard guard;
    for (std::size_t at = 0; at + 160 <= clip_.size(); at += 160) {
        vad->process(std::span<const float>(clip_).subspan(at, 160));
        if (at == 16000) vad->setParams(other);
    }
    QCOMPARE(guard.allocations(), std::int64_t(0));
    QCOMPARE(guard.locks(), std::int64_t(0));
}

void VadContractTest::energyFollowsThresholdAndFloor() {
    const auto vad = make("energy");
    VadParams params;
    params.threshold_dbfs = -45.0;
    QVERIFY(vad->prepare(kRate, params).has_value());
    const auto shareOf = [&](double level_dbfs, int blocks) {
        const auto x = test::noise(std::size_t(blocks) * 160, level_dbfs, 9);
        int voiced = 0;
        for (int k = 0; k < blocks; ++k) {
            const auto block = std::span<const float>(x).subspan(std::size_t(k) * 160, 160);
            voiced += vad->process(block) ? 1 : 0;
        }
        return double(voiced) / blocks;
    };
    QCOMPARE(shareOf(-47.0, 100), 0.0);
    vad->reset();  // else the floor is the noise just heard, and -43 dBFS does not stand out
    QCOMPARE(shareOf(-43.0, 20), 1.0);
    // Held for 100 ms: nine blocks of 10 ms after the last one that counted.
    QVERIFY(std::abs(shareOf(-70.0, 100) - 0.09) < 0.011);
    // Steady noise 12 dB above the threshold: the floor climbs 3 dB a second up to 6 dB below it.
    vad->reset();
    QCOMPARE(shareOf(-33.0, 100), 1.0);
    shareOf(-33.0, 800);
    QCOMPARE(shareOf(-33.0, 100), 0.0);
    // And a voice above that noise still counts.
    QVERIFY(shareOf(-20.0, 50) == 1.0);
}

void VadContractTest::webrtcRefusesOtherRates() {
    const auto made = createVoiceActivityDetector("webrtc");
    if (!made) QSKIP("this build has no WebRTC library");
    for (const int hz : {11025, 24000, 44100}) {
        const auto result = (*made)->prepare(SampleRate{hz}, VadParams{});
        QVERIFY(!result.has_value() && result.error().kind == ErrorKind::usage);
    }
    VadParams params;
    params.aggressiveness = 4;
    QVERIFY(!(*made)->prepare(kRate, params).has_value());
}

void VadContractTest::tablesHoldTheirDefaults() {
    const auto check = [](std::span<const params::ParamRow> table, const void* defaults) {
        for (const auto& row : table) {
            const auto value = row.get(defaults);
            const auto checked = params::checkParam(row, row.text.name, value);
            if (!checked || *checked != value) return false;
            if (row.text.help.empty() || row.text.label.empty()) return false;
        }
        return !table.empty();
    };
    const VadParams vad;
    const SegmentParams segment;
    const BargeInParams barge_in;
    QVERIFY(check(vadParamTable(), &vad));
    QVERIFY(check(segmentParamTable(), &segment));
    QVERIFY(check(bargeInParamTable(), &barge_in));
}

}  // namespace doubletalk::speech

QTEST_APPLESS_MAIN(doubletalk::speech::VadContractTest)
#include "vad_contract_test.moc"
