// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/resampler.h"

#include <QtTest>
#include <cmath>
#include <numbers>
#include <vector>

using namespace doubletalk::dsp;

namespace {

std::vector<float> sine(double hz, double rate_hz, std::size_t n) {
    std::vector<float> x(n);
    for (std::size_t i = 0; i < n; ++i) {
        x[i] = float(0.5 * std::sin(2.0 * std::numbers::pi * hz * double(i) / rate_hz));
    }
    return x;
}

double worst(std::span<const float> y, std::span<const float> expected) {
    double error = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i)
        error = std::max(error, double(std::abs(y[i] - expected[i])));
    return error;
}

void addPairs() {
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("to");
    for (const auto& [from, to] : {std::pair{48000, 16000},
                                   {16000, 48000},
                                   {44100, 16000},
                                   {22050, 16000},
                                   {24000, 48000},
                                   {8000, 16000},
                                   {16000, 8000},
                                   {11025, 48000}}) {
        QTest::addRow("%d to %d", from, to) << from << to;
    }
}

}  // namespace

class ResamplerTest : public QObject {
    Q_OBJECT
private slots:
    void streamKeepsASine_data() { addPairs(); }
    void streamKeepsASine() {
        QFETCH(int, from);
        QFETCH(int, to);
        Resampler r;
        QVERIFY(r.prepare(from, to));
        const auto block = std::size_t(from / 100);
        const auto x = sine(997.0, from, block * 100);
        std::vector<float> y;
        std::vector<float> out(block * std::size_t(to) / std::size_t(from) + 2);
        for (std::size_t i = 0; i + block <= x.size(); i += block) {
            const int n = r.process(std::span(x).subspan(i, block), out);
            QVERIFY(std::abs(n - double(block) * to / from) <= 2.0 || i == 0);
            y.insert(y.end(), out.begin(), out.begin() + n);
        }
        QVERIFY(std::abs(double(y.size()) - double(x.size()) * to / from) <=
                double(r.lagFrames()) + 2.0);
        const auto expected = sine(997.0, to, std::size_t(to));
        const auto lag = std::size_t(r.lagFrames());
        QVERIFY(lag > 0);
        // lagFrames() is rounded to a whole frame: half a frame of a 997 Hz sine is the tolerance.
        const double half_frame = 0.5 * 2.0 * std::numbers::pi * 997.0 / to * 0.5;
        const double error = worst(std::span(y).subspan(lag + 200, y.size() - lag - 400),
                                   std::span(expected).subspan(200));
        QVERIFY2(error < half_frame + 2e-3, qPrintable(QString::number(error)));
    }
    void equalRatesCopy() {
        Resampler r;
        QVERIFY(r.prepare(16000, 16000));
        const auto x = sine(500.0, 16000, 160);
        std::vector<float> y(162);
        QCOMPARE(r.process(x, y), 160);
        y.resize(160);
        QCOMPARE(y, x);
        QCOMPARE(r.lagFrames(), 0);
    }
    void resetRepeats() {
        Resampler r;
        QVERIFY(r.prepare(44100, 16000));
        const auto x = sine(700.0, 44100, 4410);
        std::vector<float> first(1602), second(1602);
        const int n = r.process(x, first);
        r.reset();
        QCOMPARE(r.process(x, second), n);
        QCOMPARE(first, second);
    }
    void refusesImpossibleRates() {
        Resampler r;
        QVERIFY(!r.prepare(0, 16000));
        QVERIFY(!r.prepare(16000, 1'000'000));
        QVERIFY(!resampleAll(std::vector<float>(10), 16000, -1));
    }
    void wholeSignalKeepsASine_data() { addPairs(); }
    void wholeSignalKeepsASine() {
        QFETCH(int, from);
        QFETCH(int, to);
        const auto x = sine(997.0, from, std::size_t(from));
        const auto y = resampleAll(x, from, to);
        QVERIFY(y);
        QCOMPARE(y->size(), std::size_t(to));
        const auto expected = sine(997.0, to, std::size_t(to));
        // Away from the edges, where the signal is cut hard.
        const double error =
            worst(std::span(*y).subspan(400, y->size() - 800), std::span(expected).subspan(400));
        QVERIFY2(error < 5e-5, qPrintable(QString::number(error)));
    }
    void wholeSignalEdgeCases() {
        QVERIFY(resampleAll({}, 48000, 16000)->empty());
        QCOMPARE(resampleAll(std::vector<float>(1, 0.5F), 48000, 16000)->size(), std::size_t(0));
        QCOMPARE(resampleAll(std::vector<float>(100, 0.5F), 16000, 16000)->size(),
                 std::size_t(100));
    }
};

QTEST_APPLESS_MAIN(ResamplerTest)
#include "resampler_test.moc"
