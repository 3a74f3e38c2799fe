// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "echo_signals.h"
#include "engine/dsp/async_resampler.h"
#include "engine/dsp/delay_line.h"
#include "engine/echo/clock_map.h"
#include "engine/echo/delay_estimator.h"
#include "engine/echo/echo_meter.h"
#include "engine/echo/reference_aligner.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;

/// Everything that measures runs on the worker, block by block: no memory, no lock.
class MeasuringRealTimeTest : public QObject {
    Q_OBJECT
private slots:
    void neitherAllocatesNorLocks_data() {
        QTest::addColumn<int>("rate_hz");
        for (const int hz : {8000, 16000, 32000, 48000}) QTest::addRow("%d Hz", hz) << hz;
    }
    void neitherAllocatesNorLocks() {
        QFETCH(int, rate_hz);
        const SampleRate rate{rate_hz};
        const auto block = std::size_t(rate.blockFrames());
        echo::ClockMap map;
        echo::ReferenceAligner aligner;
        echo::DelayEstimator estimator;
        echo::EchoMeter meter;
        dsp::AsyncResampler resampler;
        dsp::DelayLine delay;
        QVERIFY(aligner.prepare(rate, 1000));
        QVERIFY(estimator.prepare(rate));
        meter.prepare(rate, true);
        delay.prepare(100, int(block));
        const auto far = test::noise(block * 500, -30.0, 1);
        std::vector<float> out(block), resampled(2 * block + 2);
        std::int64_t allocations = 0, frees = 0, locks = 0;
        {
            const test::RtGuard guard;
            for (std::int64_t k = 0; k < 500; ++k) {
                const auto x = std::span(far).subspan(std::size_t(k) * block, block);
                map.observe(k * std::int64_t(block), k * std::int64_t(block) + k / 40);
                aligner.push(x);
                aligner.read(map.playbackPosition(double(k) * double(block)) - 0.25, map.ratio(),
                             40.0, out);
                estimator.process(x, out);
                resampler.setRatio(map.ratio());
                resampler.process(x, resampled);
                delay.setDelay(int(k % 100));
                delay.process(x, out);
                meter.process({x, out, x, out, out, out, x, x, x, false});
            }
            allocations = guard.allocations();
            frees = guard.frees();
            locks = guard.locks();
        }
        QVERIFY(estimator.state().estimates > 5);
        QCOMPARE(allocations, 0);
        QCOMPARE(frees, 0);
        QCOMPARE(locks, 0);
    }
};

QTEST_APPLESS_MAIN(MeasuringRealTimeTest)
#include "measuring_real_time_test.moc"
