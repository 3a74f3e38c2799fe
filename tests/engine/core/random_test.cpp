// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/random.h"

#include <QtTest>
#include <cmath>
#include <functional>

namespace doubletalk {
namespace {

constexpr int kDraws = 200'000;

struct Moments {
    double mean = 0.0;
    double variance = 0.0;
    double skewness = 0.0;
};

Moments momentsOf(const std::function<double()>& draw) {
    double s1 = 0.0;
    double s2 = 0.0;
    double s3 = 0.0;
    for (int i = 0; i < kDraws; ++i) {
        const double x = draw();
        s1 += x;
        s2 += x * x;
        s3 += x * x * x;
    }
    const double mean = s1 / kDraws;
    const double variance = s2 / kDraws - mean * mean;
    const double third = s3 / kDraws - 3.0 * mean * s2 / kDraws + 2.0 * mean * mean * mean;
    return {mean, variance, third / std::pow(variance, 1.5)};
}

}  // namespace

class RandomTest : public QObject {
    Q_OBJECT
private slots:
    void generatorMatchesItsDefinition();
    void seedsRepeatAndDiffer();
    void uniformFillsItsRange();
    void normalHasItsMoments();
    void gammaHasItsMoments_data();
    void gammaHasItsMoments();
    void chanceHitsItsShare();
    void purposesGiveIndependentStreams();
};

void RandomTest::generatorMatchesItsDefinition() {
    // First outputs of SplitMix64 for seed 0 as published with it; the state is filled with them
    // and the first output of xoshiro256++ is rotl(s0 + s3, 23) + s0.
    const std::uint64_t s0 = 0xe220a8397b1dcdafULL;
    const std::uint64_t s3 = 0xf88bb8a8724c81ecULL;
    const std::uint64_t sum = s0 + s3;
    Random random(0);
    QCOMPARE(random.bits(), ((sum << 23) | (sum >> 41)) + s0);
}

void RandomTest::seedsRepeatAndDiffer() {
    Random a(7);
    Random b(7);
    Random c(8);
    int same = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto bits = a.bits();
        QCOMPARE(bits, b.bits());
        same += bits == c.bits() ? 1 : 0;
    }
    QCOMPARE(same, 0);
}

void RandomTest::uniformFillsItsRange() {
    Random random(3);
    double low = 1.0;
    double high = 0.0;
    const auto m = momentsOf([&] {
        const double x = random.uniform();
        low = std::min(low, x);
        high = std::max(high, x);
        return x;
    });
    QVERIFY(low >= 0.0 && low < 1e-3);
    QVERIFY(high < 1.0 && high > 1.0 - 1e-3);
    // Five standard errors: sqrt(1/12 / N) of the mean, sqrt(1/180 / N) of the variance.
    QVERIFY(std::abs(m.mean - 0.5) < 5.0 * std::sqrt(1.0 / 12.0 / kDraws));
    QVERIFY(std::abs(m.variance - 1.0 / 12.0) < 5.0 * std::sqrt(1.0 / 180.0 / kDraws));
}

void RandomTest::normalHasItsMoments() {
    Random random(4);
    const auto m = momentsOf([&] { return random.normal(); });
    QVERIFY(std::abs(m.mean) < 5.0 / std::sqrt(double(kDraws)));
    QVERIFY(std::abs(m.variance - 1.0) < 5.0 * std::sqrt(2.0 / kDraws));
    QVERIFY(std::abs(m.skewness) < 5.0 * std::sqrt(6.0 / kDraws));
    int beyond = 0;
    for (int i = 0; i < kDraws; ++i) beyond += std::abs(random.normal()) > 1.959964 ? 1 : 0;
    QVERIFY(std::abs(beyond / double(kDraws) - 0.05) < 5.0 * std::sqrt(0.05 * 0.95 / kDraws));
}

void RandomTest::gammaHasItsMoments_data() {
    QTest::addColumn<double>("shape");
    QTest::addColumn<double>("scale");
    QTest::newRow("below 1") << 0.5 << 2.0;
    QTest::newRow("exponential") << 1.0 << 3.0;
    QTest::newRow("jitter") << 2.5 << 8.0;
    QTest::newRow("large") << 40.0 << 0.5;
}

void RandomTest::gammaHasItsMoments() {
    QFETCH(double, shape);
    QFETCH(double, scale);
    Random random(5);
    double low = 1.0;
    const auto m = momentsOf([&] {
        const double x = random.gamma(shape, scale);
        low = std::min(low, x);
        return x;
    });
    QVERIFY(low >= 0.0);
    const double variance = shape * scale * scale;
    QVERIFY(std::abs(m.mean - shape * scale) < 5.0 * std::sqrt(variance / kDraws));
    // Variance of the sample variance: (kurtosis - 1) sigma^4 / N, kurtosis 3 + 6 / shape.
    QVERIFY(std::abs(m.variance - variance) <
            5.0 * variance * std::sqrt((2.0 + 6.0 / shape) / kDraws));
    QVERIFY(std::abs(m.skewness - 2.0 / std::sqrt(shape)) < 0.25);
}

void RandomTest::chanceHitsItsShare() {
    Random random(6);
    int hits = 0;
    for (int i = 0; i < kDraws; ++i) hits += random.chance(0.02) ? 1 : 0;
    QVERIFY(std::abs(hits / double(kDraws) - 0.02) < 5.0 * std::sqrt(0.02 * 0.98 / kDraws));
    for (int i = 0; i < 1000; ++i) {
        QVERIFY(!random.chance(0.0));
        QVERIFY(random.chance(1.0));
    }
}

void RandomTest::purposesGiveIndependentStreams() {
    QCOMPARE(deriveSeed(1, "loss"), deriveSeed(1, "loss"));
    QVERIFY(deriveSeed(1, "loss") != deriveSeed(1, "delay"));
    QVERIFY(deriveSeed(1, "loss") != deriveSeed(2, "loss"));
    Random a(deriveSeed(1, "loss"));
    Random b(deriveSeed(1, "delay"));
    double product = 0.0;
    for (int i = 0; i < kDraws; ++i) product += a.normal() * b.normal();
    QVERIFY(std::abs(product / kDraws) < 5.0 / std::sqrt(double(kDraws)));
}

}  // namespace doubletalk

QTEST_APPLESS_MAIN(doubletalk::RandomTest)
#include "random_test.moc"
