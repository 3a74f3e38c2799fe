// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/noise/reducer_registry.h"
#include "tests/support/echo_scene.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::test;
using noise::NoiseParams;
using noise::NoiseReducer;

namespace {

constexpr SampleRate kRate{16000};

bool allFinite(std::span<const float> samples) {
    return std::ranges::all_of(samples, [](float x) { return std::isfinite(x); });
}
bool sameBits(std::span<const float> a, std::span<const float> b) {
    if (a.size() != b.size()) return false;
    return a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}
std::unique_ptr<NoiseReducer> prepared(const QString& name, double strength,
                                       SampleRate rate = kRate) {
    auto made = noise::createNoiseReducer(name.toStdString());
    NoiseParams params;
    params.strength_ratio = strength;
    if (!made || !(*made)->prepare(rate, params)) return nullptr;
    return std::move(*made);
}

}  // namespace

/// What the interface promises, for every row of the registry.
class ReducerContractTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        talker_ = speech(kRate, 10.0, 0);
        QVERIFY2(!talker_.empty(), "install pocketsphinx-testdata for the speech clips");
        noise_ = whiteNoise(talker_.size(), -50.0, 7);
        noisy_ = sum(talker_, noise_);
    }
    void namesAreChoices();
    void everyRate_data() { rows(); }
    void everyRate();
    void realTimeSafe_data() { rows(); }
    void realTimeSafe();
    void resetIsFresh_data() { rows(); }
    void resetIsFresh();
    void badInput_data() { rows(); }
    void badInput();
    void takesNoiseKeepsSpeech_data() { rows(); }
    void takesNoiseKeepsSpeech();
    void strengthZeroIsUntouched_data() { rows(); }
    void strengthZeroIsUntouched();
    void strengthChangesWithoutClick_data() { rows(); }
    void strengthChangesWithoutClick();

private:
    static void rows() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : noise::noiseReducers()) {
            if (entry.create == nullptr) continue;
            const QString name = QString::fromUtf8(entry.name.data(), qsizetype(entry.name.size()));
            QTest::newRow(qPrintable(name)) << name;
        }
    }
    std::vector<float> talker_, noise_, noisy_;
};

void ReducerContractTest::namesAreChoices() {
    const auto names = noise::noiseReducerNames();
    for (const char* wanted : {"none", "webrtc", "speex"}) {
        QVERIFY(std::ranges::find(names, std::string_view(wanted)) != names.end());
    }
    const auto unknown = noise::createNoiseReducer("nonsense");
    QVERIFY(!unknown && unknown.error().kind == ErrorKind::usage);
}

void ReducerContractTest::everyRate() {
    QFETCH(QString, name);
    for (const int hz : {8000, 16000, 32000, 48000}) {
        const SampleRate rate{hz};
        auto reducer = prepared(name, 1.0, rate);
        QVERIFY(reducer != nullptr);
        QVERIFY(reducer->name() == name.toStdString());
        const auto in = whiteNoise(std::size_t(2 * hz), -30.0, 1);
        const auto out = runReducer(*reducer, rate, in);
        QVERIFY(allFinite(out));
        const int lag = lagOf(in, out, hz / 20);
        QVERIFY2(
            std::abs(lag - reducer->lagFrames()) <= 1,
            qPrintable(QString("%1 Hz: %2, says %3").arg(hz).arg(lag).arg(reducer->lagFrames())));
    }
    auto made = noise::createNoiseReducer(name.toStdString());
    const auto refused = (*made)->prepare(SampleRate{44100}, NoiseParams{});
    QVERIFY(!refused && refused.error().kind == ErrorKind::unsupported);
}

void ReducerContractTest::realTimeSafe() {
    QFETCH(QString, name);
    auto reducer = prepared(name, 0.8);
    std::vector<float> out(160);
    NoiseParams params;
    std::int64_t allocations = 0;
    std::int64_t locks = 0;
    for (std::size_t at = 0; at + 160 <= noisy_.size(); at += 160) {
        params.strength_ratio = double(at / 160 % 11) / 10.0;
        RtGuard guard;
        reducer->setParams(params);
        reducer->process(std::span(noisy_).subspan(at, 160), out);
        allocations += guard.allocations() + guard.frees();
        locks += guard.locks();
    }
    // By name: the WebRTC library locks up to three times a block, uncontended, and version 1.x
    // takes four short-lived pieces of memory every 10 s and gives them back; nothing else may.
    const std::int64_t blocks = std::int64_t(noisy_.size()) / 160;
    qInfo("%lld allocations, %.2f locks a block", static_cast<long long>(allocations),
          double(locks) / double(blocks));
    QVERIFY(allocations <= (name == "webrtc" ? 8 : 0));
    QVERIFY(locks <= (name == "webrtc" ? 3 * blocks : 0));
}

void ReducerContractTest::resetIsFresh() {
    QFETCH(QString, name);
    auto reducer = prepared(name, 0.8);
    const auto first = runReducer(*reducer, kRate, noisy_);
    const auto going_on = runReducer(*reducer, kRate, noisy_);
    reducer->reset();
    QVERIFY(sameBits(first, runReducer(*reducer, kRate, noisy_)));
    if (name != "none") QVERIFY(!sameBits(first, going_on));
}

void ReducerContractTest::badInput() {
    QFETCH(QString, name);
    for (const float value :
         {0.0F, 0.5F, 1.0F, 1000.0F, std::numeric_limits<float>::denorm_min(),
          std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        auto reducer = prepared(name, 0.8);
        const std::vector<float> bad(std::size_t(kRate.hz), value);
        QVERIFY(allFinite(runReducer(*reducer, kRate, bad)));
        const auto healthy = runReducer(*reducer, kRate, noisy_);
        QVERIFY(allFinite(healthy));
        const double loss =
            levelDbfs(talker_, kRate, 5.0, 10.0) - levelDbfs(healthy, kRate, 5.0, 10.0);
        QVERIFY2(std::abs(loss) < 3.0, qPrintable(QString::number(loss)));
    }
    // In place is allowed.
    auto apart = prepared(name, 0.8);
    auto in_place = prepared(name, 0.8);
    auto both = noisy_;
    const auto wanted = runReducer(*apart, kRate, noisy_);
    for (std::size_t at = 0; at + 160 <= both.size(); at += 160) {
        const auto block = std::span(both).subspan(at, 160);
        in_place->process(block, block);
    }
    QVERIFY(sameBits(wanted, std::span(both).first(wanted.size())));
}

void ReducerContractTest::takesNoiseKeepsSpeech() {
    QFETCH(QString, name);
    auto on_noise = prepared(name, 0.8);
    const auto left = runReducer(*on_noise, kRate, noise_);
    const double taken = levelDbfs(noise_, kRate, 5.0, 10.0) - levelDbfs(left, kRate, 5.0, 10.0);
    auto on_speech = prepared(name, 0.8);
    const auto kept = runReducer(*on_speech, kRate, noisy_);
    const double lost = levelDbfs(noisy_, kRate, 5.0, 10.0) - levelDbfs(kept, kRate, 5.0, 10.0);
    qInfo("noise -%.1f dB, speech -%.2f dB", taken, lost);
    if (name == "none") {
        QVERIFY(std::abs(taken) < 0.01 && std::abs(lost) < 0.01);
    } else {
        QVERIFY(taken > 10.0);
        QVERIFY(lost < 3.0);
    }
}

void ReducerContractTest::strengthZeroIsUntouched() {
    QFETCH(QString, name);
    auto reducer = prepared(name, 0.0);
    const auto out = runReducer(*reducer, kRate, noisy_);
    const auto lag = std::size_t(reducer->lagFrames());
    QVERIFY(sameBits(std::span(out).subspan(lag), std::span(noisy_).first(out.size() - lag)));
}

void ReducerContractTest::strengthChangesWithoutClick() {
    QFETCH(QString, name);
    auto reducer = prepared(name, 0.0);
    std::vector<float> tone(std::size_t(2 * kRate.hz));
    for (std::size_t i = 0; i < tone.size(); ++i) tone[i] = 0.3F * float(std::sin(0.1 * double(i)));
    std::vector<float> out(tone.size());
    NoiseParams params;
    for (std::size_t b = 0; b < tone.size() / 160; ++b) {
        params.strength_ratio = b / 20 % 2 == 0 ? 0.0 : 1.0;
        if (b % 20 == 0) reducer->setParams(params);
        reducer->process(std::span(tone).subspan(b * 160, 160),
                         std::span(out).subspan(b * 160, 160));
    }
    double step = 0.0;
    for (std::size_t i = 500; i < out.size(); ++i) {
        step = std::max(step, std::abs(double(out[i]) - double(out[i - 1])));
    }
    QVERIFY2(step < 0.04, qPrintable(QString::number(step)));
}

QTEST_APPLESS_MAIN(ReducerContractTest)
#include "reducer_contract_test.moc"
