// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/partitioned_convolver.h"

#include <QtTest>
#include <cmath>
#include <vector>

#include "engine/core/random.h"
#include "engine/dsp/fft.h"

using namespace doubletalk;
using dsp::PartitionedConvolver;

namespace {

std::vector<float> noise(std::size_t n, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> x(n);
    for (float& v : x) v = float(0.1 * random.normal());
    return x;
}

/// The definition, in double.
std::vector<double> convolve(const std::vector<float>& x, const std::vector<float>& h) {
    std::vector<double> y(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t k = 0; k < h.size() && k <= i; ++k)
            y[i] += double(h[k]) * double(x[i - k]);
    }
    return y;
}

std::vector<float> run(PartitionedConvolver& c, const std::vector<float>& x, std::size_t block) {
    std::vector<float> y(x.size());
    for (std::size_t i = 0; i + block <= x.size(); i += block) {
        c.process(std::span(x).subspan(i, block), std::span(y).subspan(i, block));
    }
    return y;
}

double worst(const std::vector<double>& a, const std::vector<float>& b, std::size_t from = 0) {
    double error = 0.0;
    for (std::size_t i = from; i < a.size(); ++i) {
        error = std::max(error, std::abs(a[i] - double(b[i])));
    }
    return error;
}

}  // namespace

class PartitionedConvolverTest : public QObject {
    Q_OBJECT
private slots:
    void equalsDirectConvolution_data() {
        QTest::addColumn<int>("block");
        QTest::addColumn<int>("taps");
        QTest::newRow("one tap") << 160 << 1;
        QTest::newRow("shorter than a block") << 160 << 77;
        QTest::newRow("whole blocks") << 160 << 480;
        QTest::newRow("odd rest") << 160 << 1111;
        QTest::newRow("8 kHz") << 80 << 333;
        QTest::newRow("48 kHz") << 480 << 1000;
        QTest::newRow("odd block") << 7 << 50;
    }
    void equalsDirectConvolution() {
        QFETCH(int, block);
        QFETCH(int, taps);
        const auto x = noise(std::size_t(block) * 20, 1);
        const auto h = noise(std::size_t(taps), 2);
        PartitionedConvolver c;
        QVERIFY(c.prepare(block, h));
        const auto y = run(c, x, std::size_t(block));
        QVERIFY(worst(convolve(x, h), y) < 2e-6);
    }
    void newResponseActsOnAllPastInput() {
        const auto x = noise(160 * 20, 3);
        const auto first = noise(700, 4);
        const auto second = noise(900, 5);
        PartitionedConvolver c;
        QVERIFY(c.prepare(160, first, 900));
        auto y = run(c, {x.begin(), x.begin() + 1600}, 160);
        auto spectra = c.analyse(second);
        QVERIFY(c.setResponse(spectra));
        std::vector<float> out(160);
        const auto expected = convolve(x, second);
        for (std::size_t i = 1600; i < x.size(); i += 160) {
            c.process(std::span(x).subspan(i, 160), out);
            for (std::size_t k = 0; k < 160; ++k)
                QVERIFY(std::abs(out[k] - expected[i + k]) < 2e-6);
        }
        QVERIFY(worst(convolve({x.begin(), x.begin() + 1600}, first), y) < 2e-6);
    }
    void refusesWhatDoesNotFit() {
        PartitionedConvolver c;
        QVERIFY(!c.prepare(0, noise(10, 1)));
        QVERIFY(!c.prepare(160, noise(10, 1), 9));
        QVERIFY(c.prepare(160, noise(160, 1)));
        PartitionedConvolver other;
        QVERIFY(other.prepare(160, noise(320, 1)));
        auto long_response = other.analyse(noise(320, 2));
        QVERIFY(!c.setResponse(long_response));
    }
    void resetForgetsInput() {
        const auto x = noise(1600, 6);
        const auto h = noise(500, 7);
        PartitionedConvolver c;
        QVERIFY(c.prepare(160, h));
        const auto first = run(c, x, 160);
        c.reset();
        QCOMPARE(run(c, x, 160), first);
    }
    void fftScalesAndKeepsTime() {
        dsp::RealFft fft(320);
        const auto x = noise(320, 8);
        std::ranges::copy(x, fft.time().begin());
        fft.forward();
        QVERIFY(std::ranges::equal(x, fft.time()));
        double sum = 0.0;
        for (const float v : x) sum += double(v);
        QVERIFY(std::abs(double(fft.spectrum()[0].real()) - sum) < 1e-4);
        fft.inverse();
        for (std::size_t i = 0; i < x.size(); ++i) QVERIFY(std::abs(fft.time()[i] - x[i]) < 1e-6F);
    }
};

QTEST_APPLESS_MAIN(PartitionedConvolverTest)
#include "partitioned_convolver_test.moc"
