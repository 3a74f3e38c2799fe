// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/speexdsp_canceller.h"

#include <QTest>
#include <cmath>
#include <cstring>

#include "tests/support/echo_scene.h"

using namespace doubletalk;
using namespace doubletalk::test;
using echo::EchoParams;
using echo::SpeexdspCanceller;

namespace {

constexpr SampleRate kRate{16000};

bool sameBits(std::span<const float> a, std::span<const float> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}
EchoParams with(int tail_ms, bool suppression) {
    EchoParams params;
    params.tail_ms = tail_ms;
    params.residual_suppression = suppression;
    return params;
}

}  // namespace

/// The traps of the SpeexDSP library, each one stepped around.
class SpeexdspCancellerTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        far_ = speech(kRate, 8.0, 0);
        QVERIFY2(!far_.empty(), "install pocketsphinx-testdata for the speech clips");
        path_ = echoPath(kRate, 10.0, 60.0, 8.0, 3);
        near_ = convolve(far_, path_);
    }
    void suppressionHelps();
    void suppressionChangesLive();
    void tailMatters();
    void stateFindsResponseAndTouchesNothing();

private:
    std::vector<float> far_, path_, near_;
};

/// With the denoiser off inside, the suppressor would do nothing at all.
void SpeexdspCancellerTest::suppressionHelps() {
    SpeexdspCanceller engine;
    QVERIFY(engine.prepare(kRate, with(256, true)));
    QCOMPARE(engine.state().lag_frames, 160);
    const auto run = runCanceller(engine, kRate, far_, near_);
    QVERIFY(levelDbfs(run.out, kRate, 4.0, 8.0) < levelDbfs(run.linear, kRate, 4.0, 8.0) - 3.0);
    SpeexdspCanceller plain;
    QVERIFY(plain.prepare(kRate, with(256, false)));
    QCOMPARE(plain.state().lag_frames, 0);
    const auto linear = runCanceller(plain, kRate, far_, near_);
    QVERIFY(sameBits(linear.out, linear.linear));
    QVERIFY(sameBits(linear.linear, run.linear));
}

void SpeexdspCancellerTest::suppressionChangesLive() {
    SpeexdspCanceller engine;
    QVERIFY(engine.prepare(kRate, with(256, true)));
    std::vector<float> tone(std::size_t(kRate.hz));
    for (std::size_t i = 0; i < tone.size(); ++i) tone[i] = 0.3F * float(std::sin(0.1 * double(i)));
    const std::vector<float> silence(160, 0.0F);
    std::vector<float> out(tone.size());
    for (std::size_t b = 0; b < tone.size() / 160; ++b) {
        if (b == 40) engine.setParams(with(256, false));
        if (b == 70) engine.setParams(with(256, true));
        engine.process(silence, std::span(tone).subspan(b * 160, 160),
                       std::span(out).subspan(b * 160, 160), {}, {});
        QCOMPARE(engine.state().lag_frames, b >= 40 && b < 70 ? 0 : 160);
    }
    // A tone of 0.3 at 0.1 rad steps by 0.03; a fade of up to 0.6 over 160 samples adds 0.004.
    double step = 0.0;
    for (std::size_t i = 1601; i < out.size(); ++i) {
        step = std::max(step, std::abs(double(out[i]) - double(out[i - 1])));
    }
    QVERIFY2(step < 0.04, qPrintable(QString::number(step)));
}

/// An echo behind the tail stays.
void SpeexdspCancellerTest::tailMatters() {
    const auto late = convolve(far_, echoPath(kRate, 100.0, 40.0, 8.0, 3));
    double erle[2] = {};
    for (const int tail_ms : {64, 256}) {
        SpeexdspCanceller engine;
        QVERIFY(engine.prepare(kRate, with(tail_ms, false)));
        const auto run = runCanceller(engine, kRate, far_, late);
        erle[tail_ms == 256 ? 1 : 0] =
            levelDbfs(late, kRate, 4.0, 8.0) - levelDbfs(run.out, kRate, 4.0, 8.0);
    }
    QVERIFY(erle[0] < 6.0);
    QVERIFY(erle[1] > 15.0);
}

void SpeexdspCancellerTest::stateFindsResponseAndTouchesNothing() {
    SpeexdspCanceller asked;
    SpeexdspCanceller left_alone;
    QVERIFY(asked.prepare(kRate, with(128, true)));
    QVERIFY(left_alone.prepare(kRate, with(128, true)));
    std::vector<float> a(160), b(160);
    for (std::size_t at = 0; at + 160 <= far_.size(); at += 160) {
        const auto far = std::span(far_).subspan(at, 160);
        const auto near = std::span(near_).subspan(at, 160);
        asked.process(far, near, a, {}, {});
        left_alone.process(far, near, b, {}, {});
        static_cast<void>(asked.state());
        QVERIFY(sameBits(a, b));
    }
    // The response it found points the same way as the true one.
    const auto found = left_alone.state().impulse_response;
    QVERIFY(found.size() >= path_.size());
    double product = 0.0, found_energy = 0.0, true_energy = 0.0;
    for (std::size_t k = 0; k < path_.size(); ++k) {
        product += double(found[k]) * path_[k];
        found_energy += double(found[k]) * found[k];
        true_energy += double(path_[k]) * path_[k];
    }
    QVERIFY(product / std::sqrt(found_energy * true_energy) > 0.9);
    QVERIFY(std::abs(10.0 * std::log10(found_energy / true_energy)) < 3.0);
}

QTEST_APPLESS_MAIN(SpeexdspCancellerTest)
#include "speexdsp_canceller_test.moc"
