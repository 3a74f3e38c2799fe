// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/reference_aligner.h"

#include <QtTest>
#include <cmath>
#include <numbers>
#include <vector>

#include "engine/core/random.h"

using doubletalk::Random;
using doubletalk::SampleRate;
using doubletalk::echo::ReferenceAligner;

class ReferenceAlignerTest : public QObject {
    Q_OBJECT
private slots:
    void wholePositionsAreExactCopies() {
        Random random(1);
        std::vector<float> x(160 * 400);  // several times around the ring
        for (float& v : x) v = float(random.normal());
        ReferenceAligner aligner;
        QVERIFY(aligner.prepare(SampleRate{16000}, 800));
        std::vector<float> out(160);
        for (std::size_t k = 0; k < 400; ++k) {
            aligner.push(std::span(x).subspan(160 * k, 160));
            for (const int shift : {0, 1, 777, 12000}) {
                const auto start = std::int64_t(160 * k);
                QVERIFY(aligner.read(double(start), 1.0, shift, out));
                for (std::int64_t i = 0; i < 160; ++i) {
                    const std::int64_t at = start + i - shift;
                    QCOMPARE(out[std::size_t(i)], at < 0 ? 0.0F : x[std::size_t(at)]);
                }
            }
        }
        QCOMPARE(aligner.pushedFrames(), std::int64_t(x.size()));
    }
    void saysWhatIsMissing() {
        ReferenceAligner aligner;
        QVERIFY(aligner.prepare(SampleRate{16000}, 800));
        std::vector<float> block(160, 0.5F), out(160);
        QVERIFY(!aligner.read(0.0, 1.0, 0.0, out));
        QCOMPARE(out, std::vector<float>(160, 0.0F));
        for (int i = 0; i < 300; ++i) aligner.push(block);
        const double end = 48000.0;
        QVERIFY(aligner.read(end - 160.0, 1.0, 0.0, out));
        QVERIFY(!aligner.read(end - 159.0, 1.0, 0.0, out));
        QCOMPARE(out[158], 0.5F);
        QCOMPARE(out[159], 0.0F);
        QVERIFY(!aligner.read(end - 160.0, 1.0, -1.0, out));  // newer frames
        QVERIFY(!aligner.read(end - 160.5, 1.0, 0.0, out));   // needs frames beyond the end
        QVERIFY(aligner.read(end - 160.0 - 16.5, 1.0, 0.0, out));
        QVERIFY(aligner.read(end - 160.0, 1.0, 12640.0, out));  // 800 ms back
        QVERIFY(!aligner.read(end - 160.0, 1.0, 40000.0, out));
    }
    void followsTheRatio_data() {
        QTest::addColumn<double>("ppm");
        for (const double ppm : {-200.0, 50.0, 200.0}) QTest::addRow("%g ppm", ppm) << ppm;
    }
    void followsTheRatio() {
        QFETCH(double, ppm);
        const double w = 2.0 * std::numbers::pi * 3000.0 / 16000.0;
        ReferenceAligner aligner;
        QVERIFY(aligner.prepare(SampleRate{16000}, 800));
        std::vector<float> block(160), out(160);
        double signal = 0.0, noise = 0.0;
        const double ratio = 1.0 + ppm * 1e-6;
        for (std::int64_t k = 0; k < 1000; ++k) {
            for (std::int64_t i = 0; i < 160; ++i) {
                block[std::size_t(i)] = float(0.5 * std::sin(w * double(160 * k + i)));
            }
            aligner.push(block);
            const double start = 160.0 * double(k) * ratio - 100.25;
            const bool complete = aligner.read(start, ratio, 40.0, out);
            if (k < 5 || k > 300) continue;  // later 200 ppm has used the 100 frames up
            QVERIFY(complete);
            for (std::size_t i = 0; i < 160; ++i) {
                const double expected = 0.5 * std::sin(w * (start + double(i) * ratio - 40.0));
                signal += expected * expected;
                noise += (double(out[i]) - expected) * (double(out[i]) - expected);
            }
        }
        QVERIFY(10.0 * std::log10(signal / noise) > 80.0);
    }
    void refusesOtherRates() {
        ReferenceAligner aligner;
        QVERIFY(!aligner.prepare(SampleRate{44100}, 800));
    }
};

QTEST_APPLESS_MAIN(ReferenceAlignerTest)
#include "reference_aligner_test.moc"
