// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/nlms_canceller.h"

#include <QTest>
#include <cmath>

#include "tests/support/echo_scene.h"

using namespace doubletalk;
using namespace doubletalk::test;
using echo::NlmsCanceller;

namespace {
constexpr SampleRate kRate{16000};
}

/// NLMS against its textbook: the response it finds, the plain recursion, shifts and parts.
class NlmsCancellerTest : public QObject {
    Q_OBJECT
private slots:
    void agreesWithPlainRecursion();
    void findsResponse();
    void shiftMovesWeights();
    void partsAddUp();
    void silentReferenceLearnsNothing();
    void lostBlockStaysSilent();
};

/// The same numbers as the three lines of the textbook in double precision.
void NlmsCancellerTest::agreesWithPlainRecursion() {
    constexpr int kTaps = NlmsCanceller::kTaps;
    const auto far = whiteNoise(16000, -20.0, 1);
    const auto near = convolve(far, echoPath(kRate, 5.0, 40.0, 6.0, 2));
    NlmsCanceller engine;
    QVERIFY(engine.prepare(kRate, {}));
    const auto run = runCanceller(engine, kRate, far, near);
    std::vector<double> weights(kTaps, 0.0);
    double worst = 0.0;
    for (int n = 0; n < int(far.size()); ++n) {
        double estimate = 0.0;
        double energy = 0.0;
        const int known = std::min(kTaps, n + 1);
        for (int k = 0; k < known; ++k) {
            const double x = far[std::size_t(n - k)];
            estimate += weights[std::size_t(k)] * x;
            energy += x * x;
        }
        const double error = near[std::size_t(n)] - estimate;
        worst = std::max(worst, std::abs(error - double(run.out[std::size_t(n)])));
        if (energy <= 1e-6 * kTaps) continue;
        const double gain = 0.1 * error / (1e-6 + energy);
        for (int k = 0; k < known; ++k) weights[std::size_t(k)] += gain * far[std::size_t(n - k)];
    }
    QVERIFY2(worst < 1e-4, qPrintable(QString::number(worst)));
}

void NlmsCancellerTest::findsResponse() {
    const auto far = whiteNoise(std::size_t(kRate.hz) * 6, -20.0, 1);
    const auto path = echoPath(kRate, 5.0, 40.0, 6.0, 2);
    NlmsCanceller engine;
    QVERIFY(engine.prepare(kRate, {}));
    static_cast<void>(runCanceller(engine, kRate, far, convolve(far, path)));
    const auto found = engine.state().impulse_response;
    QCOMPARE(int(found.size()), NlmsCanceller::kTaps);
    double error = 0.0;
    double energy = 0.0;
    for (std::size_t k = 0; k < found.size(); ++k) {
        const double truth = k < path.size() ? path[k] : 0.0F;
        error += std::pow(found[k] - truth, 2);
        energy += truth * truth;
    }
    QVERIFY(10.0 * std::log10(error / energy) < -30.0);
}

/// Alignment moves the reference and says so: what was learned keeps fitting. Without being told it
/// does not.
void NlmsCancellerTest::shiftMovesWeights() {
    const auto far = whiteNoise(std::size_t(kRate.hz) * 6, -20.0, 1);
    const auto near = convolve(far, echoPath(kRate, 20.0, 30.0, 6.0, 2));
    const BlockIndex change = 500;
    for (const int shift : {80, -64}) {
        auto moved = delayed(far, std::max(shift, 0));
        if (shift < 0) {
            std::copy(far.begin() - shift, far.end(), moved.begin());
            std::fill(moved.end() + shift, moved.end(), 0.0F);
        }
        std::copy_n(far.begin(), change * 160, moved.begin());
        double erle[2] = {};
        for (const bool told : {true, false}) {
            NlmsCanceller engine;
            QVERIFY(engine.prepare(kRate, {}));
            const auto run =
                runCanceller(engine, kRate, moved, near, [&](BlockIndex b, echo::BlockInfo& info) {
                    if (told && b == change) info.far_shift_samples = shift;
                });
            // From 64 ms after the move, when the gap of an earlier reference has left the window.
            erle[told ? 1 : 0] =
                levelDbfs(near, kRate, 5.08, 5.18) - levelDbfs(run.out, kRate, 5.08, 5.18);
        }
        QVERIFY2(erle[1] > 20.0, qPrintable(QString::number(erle[1])));
        QVERIFY2(erle[0] < 15.0, qPrintable(QString::number(erle[0])));
    }
}

void NlmsCancellerTest::partsAddUp() {
    const auto far = speech(kRate, 3.0, 0);
    QVERIFY2(!far.empty(), "install pocketsphinx-testdata for the speech clips");
    auto talker = speech(kRate, 3.0, 2);
    for (float& x : talker) x *= 0.1F;
    const auto noise = whiteNoise(far.size(), -60.0, 3);
    const auto echo_part = convolve(far, echoPath(kRate, 5.0, 40.0, 6.0, 2));
    const auto near = sum(sum(echo_part, talker), noise);
    NlmsCanceller engine;
    QVERIFY(engine.prepare(kRate, {}));
    QVERIFY(engine.traits().decomposes);
    std::vector<float> y(160), s(160), n(160), out(160);
    double worst = 0.0;
    double echo_power = 0.0;
    double echo_left = 0.0;
    for (std::size_t at = 0; at + 160 <= far.size(); at += 160) {
        echo::BlockInfo info;
        info.probes = {std::span(echo_part).subspan(at, 160),
                       std::span(talker).subspan(at, 160),
                       std::span(noise).subspan(at, 160),
                       y,
                       s,
                       n};
        engine.process(std::span(far).subspan(at, 160), std::span(near).subspan(at, 160), out, {},
                       info);
        for (std::size_t i = 0; i < 160; ++i) {
            worst = std::max(worst, std::abs(double(y[i]) + s[i] + n[i] - out[i]));
            echo_power += std::pow(echo_part[at + i], 2);
            echo_left += std::pow(y[i], 2);
        }
    }
    QVERIFY2(worst < 1e-6, qPrintable(QString::number(worst)));
    QVERIFY(echo_left < 0.5 * echo_power);
}

/// A reference of faint noise must not let the talker into the weights.
void NlmsCancellerTest::silentReferenceLearnsNothing() {
    const auto talker = speech(kRate, 3.0, 2);
    const auto faint = whiteNoise(talker.size(), -80.0, 3);
    NlmsCanceller engine;
    QVERIFY(engine.prepare(kRate, {}));
    static_cast<void>(runCanceller(engine, kRate, faint, talker));
    for (const float weight : engine.state().impulse_response) QCOMPARE(weight, 0.0F);
}

/// A made-up block has no echo in it: the estimate must not be heard, nor learned from.
void NlmsCancellerTest::lostBlockStaysSilent() {
    const auto far = whiteNoise(std::size_t(kRate.hz) * 4, -20.0, 1);
    auto near = convolve(far, echoPath(kRate, 5.0, 40.0, 6.0, 2));
    const std::size_t from = std::size_t(kRate.hz) * 3;
    std::fill_n(near.begin() + std::ptrdiff_t(from), 1600, 0.0F);
    NlmsCanceller engine;
    QVERIFY(engine.prepare(kRate, {}));
    const auto run = runCanceller(engine, kRate, far, near, [](BlockIndex b, auto& info) {
        info.lost = b >= 300 && b < 310;
    });
    for (std::size_t i = from; i < from + 1600; ++i) QCOMPARE(run.out[i], 0.0F);
    const double erle = levelDbfs(near, kRate, 3.1, 3.2) - levelDbfs(run.out, kRate, 3.1, 3.2);
    QVERIFY2(erle > 20.0, qPrintable(QString::number(erle)));
}

QTEST_APPLESS_MAIN(NlmsCancellerTest)
#include "nlms_canceller_test.moc"
