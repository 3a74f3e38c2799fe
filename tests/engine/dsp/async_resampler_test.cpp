// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/async_resampler.h"

#include <QtTest>
#include <cmath>
#include <numbers>
#include <vector>

#include "engine/core/random.h"

using doubletalk::Random;
using doubletalk::dsp::AsyncResampler;

namespace {

std::vector<float> sine(double hz, double rate_hz, std::size_t n) {
    std::vector<float> x(n);
    for (std::size_t i = 0; i < n; ++i) {
        x[i] = float(0.5 * std::sin(2.0 * std::numbers::pi * hz * double(i) / rate_hz));
    }
    return x;
}

struct Run {
    std::vector<float> out;
    std::vector<double> position;  ///< input position of each output block's first sample
    std::vector<std::size_t> start;
};

template <class RatioOf>
Run run(AsyncResampler& r, const std::vector<float>& x, RatioOf ratio_of, std::size_t block = 160) {
    Run result;
    std::vector<float> out(2 * block + 2);
    for (std::size_t i = 0; i + block <= x.size(); i += block) {
        r.setRatio(ratio_of(i / block));
        result.position.push_back(r.inputPositionOfNextOutput());
        result.start.push_back(result.out.size());
        const int n = r.process(std::span(x).subspan(i, block), out);
        result.out.insert(result.out.end(), out.begin(), out.begin() + n);
    }
    return result;
}

/// Signal to noise of y against the best-fitting sine of known frequency (radians a sample).
double snrDb(std::span<const float> y, double w) {
    double cc = 0, ss = 0, cs = 0, yc = 0, ys = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double c = std::cos(w * double(i)), s = std::sin(w * double(i)), v = double(y[i]);
        cc += c * c, ss += s * s, cs += c * s, yc += v * c, ys += v * s;
    }
    const double det = cc * ss - cs * cs;
    const double a = (yc * ss - ys * cs) / det, b = (ys * cc - yc * cs) / det;
    double signal = 0, noise = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double fit = a * std::cos(w * double(i)) + b * std::sin(w * double(i));
        signal += fit * fit;
        noise += (double(y[i]) - fit) * (double(y[i]) - fit);
    }
    return 10.0 * std::log10(signal / noise);
}

}  // namespace

class AsyncResamplerTest : public QObject {
    Q_OBJECT
private slots:
    void ratioOneIsAnExactDelay() {
        Random random(1);
        std::vector<float> x(1600);
        for (float& v : x) v = float(random.normal());
        AsyncResampler r;
        const auto y = run(r, x, [](std::size_t) { return 1.0; }).out;
        QCOMPARE(y.size(), x.size());
        for (std::size_t i = 0; i < y.size(); ++i) {
            QCOMPARE(y[i],
                     i < AsyncResampler::kLagFrames ? 0.0F : x[i - AsyncResampler::kLagFrames]);
        }
    }
    void sineKeepsItsPurity_data() {
        QTest::addColumn<double>("ppm");
        QTest::addColumn<double>("hz");
        for (const double ppm : {-300.0, -100.0, 50.0, 100.0, 300.0}) {
            QTest::addRow("3 kHz %g ppm", ppm) << ppm << 3000.0;
        }
        QTest::newRow("200 Hz") << 100.0 << 200.0;
        QTest::newRow("6 kHz") << 100.0 << 6000.0;
    }
    void sineKeepsItsPurity() {
        QFETCH(double, ppm);
        QFETCH(double, hz);
        const auto x = sine(hz, 16000.0, 160000);
        AsyncResampler r;
        const double ratio = 1.0 + ppm * 1e-6;
        const auto y = run(r, x, [&](std::size_t) { return ratio; }).out;
        QVERIFY(std::abs(double(y.size()) - 160000.0 * ratio) <= AsyncResampler::kLagFrames + 2);
        const double db =
            snrDb(std::span(y).subspan(200), 2.0 * std::numbers::pi * hz / 16000.0 / ratio);
        qInfo("%g Hz at %g ppm: %.1f dB", hz, ppm, db);
        QVERIFY(db >= 80.0);
    }
    void ratioMayChangeWithoutClicks() {
        // Second difference: smooth signals have little, a click of 0.1 % would stand out.
        const auto x = sine(300.0, 16000.0, 32000);
        AsyncResampler r;
        Random random(2);
        const auto y =
            run(r, x, [&](std::size_t) { return 1.0 + 500e-6 * (random.uniform() - 0.5); }).out;
        const double w = 2.0 * std::numbers::pi * 300.0 / 16000.0;
        double worst = 0.0;
        for (std::size_t i = 202; i < y.size(); ++i) {
            const double d = double(y[i]) - 2.0 * double(y[i - 1]) + double(y[i - 2]);
            worst = std::max(worst, std::abs(d + w * w * double(y[i - 1])));
        }
        QVERIFY2(worst < 2e-4, qPrintable(QString::number(worst)));
    }
    void positionNamesTheInputSample() {
        // A ramp shows its own position.
        std::vector<float> x(8000);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = float(i) / 8192.0F;
        AsyncResampler r;
        const auto result = run(r, x, [](std::size_t k) { return k < 20 ? 1.0 : 1.0003; });
        for (std::size_t k = 2; k < result.start.size(); ++k) {
            const double shown = double(result.out[result.start[k]]) * 8192.0;
            QVERIFY(std::abs(shown - result.position[k]) < 0.01);
        }
    }
    void farFromOneStillCountsRight_data() {
        QTest::addColumn<double>("ratio");
        QTest::newRow("half") << 0.5;
        QTest::newRow("double") << 2.0;
    }
    void farFromOneStillCountsRight() {
        QFETCH(double, ratio);
        const auto x = sine(100.0, 16000.0, 16000);
        AsyncResampler r;
        const auto y = run(r, x, [&](std::size_t) { return ratio; }).out;
        QVERIFY(std::abs(double(y.size()) - 16000.0 * ratio) <= 16.0 * ratio + 2.0);
    }
    void resetRepeats() {
        const auto x = sine(440.0, 16000.0, 4800);
        AsyncResampler r;
        const auto ratio = [](std::size_t k) { return 1.0 + 1e-5 * double(k); };
        const auto first = run(r, x, ratio).out;
        r.reset();
        QCOMPARE(run(r, x, ratio).out, first);
    }
};

QTEST_APPLESS_MAIN(AsyncResamplerTest)
#include "async_resampler_test.moc"
