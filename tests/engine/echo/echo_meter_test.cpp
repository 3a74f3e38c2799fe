// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/echo_meter.h"

#include <QtTest>
#include <cmath>
#include <functional>

#include "echo_signals.h"
#include "engine/dsp/fft.h"
#include "engine/dsp/level.h"
#include "engine/echo/canceller_registry.h"
#include "engine/echo/echo_loss.h"
#include "engine/echo/near_fidelity.h"

using namespace doubletalk;
using echo::EchoMeter;
using echo::EchoMeterBlock;
using test::Signal;

namespace {

constexpr std::size_t kBlock = 160;

/// All taps of one run; what stays empty is missing.
struct Taps {
    Signal far, echo, speech, noise, linear, out;
    [[nodiscard]] Signal near() const {
        Signal d(far.size());
        for (std::size_t i = 0; i < d.size(); ++i) {
            d[i] =
                echo[i] + (speech.empty() ? 0.0F : speech[i]) + (noise.empty() ? 0.0F : noise[i]);
        }
        return d;
    }
};

using Watch = std::function<void(std::size_t, const EchoMeter&)>;

void run(EchoMeter& meter, const Taps& taps, bool truth, const Watch& watch) {
    meter.prepare(SampleRate{16000}, truth);
    const Signal near = taps.near();
    const Signal silence(taps.far.size(), 0.0F);
    const auto cut = [](const Signal& x, std::size_t i) {
        return x.empty() ? std::span<const float>{} : std::span<const float>(x).subspan(i, kBlock);
    };
    for (std::size_t i = 0; i + kBlock <= near.size(); i += kBlock) {
        EchoMeterBlock block;
        block.far = cut(taps.far, i);
        block.near = block.near_for_linear = block.near_for_out = cut(near, i);
        block.linear = cut(taps.linear, i);
        block.out = cut(taps.out, i);
        block.near_silent = true;
        if (truth) {
            block.echo = cut(taps.echo, i);
            block.speech = cut(taps.speech.empty() ? silence : taps.speech, i);
            block.noise = cut(taps.noise.empty() ? silence : taps.noise, i);
        }
        meter.process(block);
        watch(i / kBlock, meter);
    }
}

Signal scaled(const Signal& x, double gain) {
    Signal y = x;
    for (float& v : y) v *= float(gain);
    return y;
}

bool close(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }

/// Stationary far end, so that every ratio is known: 4 s, echo 6.02 dB below it.
Taps simple() {
    Taps taps;
    taps.far = test::noise(64000, -30.0, 1);
    taps.echo = scaled(taps.far, 0.5);
    taps.out = scaled(taps.echo, 0.05);
    taps.linear = scaled(taps.echo, 0.1);
    return taps;
}

}  // namespace

class EchoMeterTest : public QObject {
    Q_OBJECT
private slots:
    void ratiosByHand() {
        Taps taps = simple();
        EchoMeter meter;
        int gated = 0;
        run(meter, taps, true, [&](std::size_t, const EchoMeter& m) {
            const auto& v =
                m.values();  // before the run nobody spoke: open from the first block on
            QVERIFY(close(v.erl_db, 6.0206, 1e-3));
            ++gated;
            QVERIFY(v.gate_open && v.far_active);
            QVERIFY(close(v.erle_db, 26.0206, 1e-3));
            QVERIFY(close(v.erle_linear_db, 20.0, 1e-3));
            // 160 samples of noise: their power scatters by 0.5 dB.
            QVERIFY(close(v.residual_dbfs, -62.04, 1.5));
            QCOMPARE(v.divergence_ratio, 0.0);
        });
        QVERIFY(gated > 300);
    }
    void ceilingIsEchoToNoise() {
        Taps taps = simple();
        taps.noise = test::noise(taps.far.size(), -56.02, 2);  // 20 dB below the echo
        EchoMeter meter;
        run(meter, taps, true, [&](std::size_t k, const EchoMeter& m) {
            if (k > 60) QVERIFY(close(m.values().erle_ceiling_db, 10.0 * std::log10(101.0), 1.0));
        });
    }
    void aTalkerClosesTheGate() {
        Taps taps = simple();
        taps.speech.assign(taps.far.size(), 0.0F);
        const Signal talk = test::noise(16000, -30.0, 3);
        std::copy(talk.begin(), talk.end(), taps.speech.begin() + 16000);
        // P_s decays by 4.343 dB a block of 100 ms time constant: -30 to -70 dBFS takes 0.92 s.
        EchoMeter meter;
        run(meter, taps, true, [&](std::size_t k, const EchoMeter& m) {
            if (k >= 35 && k < 100) QVERIFY(m.values().gate_open);
            if (k >= 100 && k < 320) QVERIFY(std::isnan(m.values().erle_db));
            if (k >= 325) QVERIFY(m.values().gate_open);
        });
    }
    void silentFarEndOrNoiseIsMissing() {
        Taps quiet = simple();
        quiet.far = scaled(quiet.far, 0.05);  // -56 dBFS
        EchoMeter meter;
        run(meter, quiet, true, [](std::size_t, const EchoMeter& m) {
            QVERIFY(!m.values().far_active && std::isnan(m.values().erle_db) &&
                    std::isnan(m.values().erl_db));
        });
        Taps noisy = simple();
        noisy.noise = test::noise(noisy.far.size(), -36.0, 4);  // microphone only 3 dB above it
        run(meter, noisy, true,
            [](std::size_t, const EchoMeter& m) { QVERIFY(std::isnan(m.values().erle_db)); });
    }
    void withoutTruthTheFloorIsTheQuietestOfThreeSeconds() {
        Taps taps = simple();
        taps.noise = test::noise(taps.far.size(), -60.0, 5);
        std::fill(taps.far.begin(), taps.far.begin() + 32000, 0.0F);
        std::fill(taps.echo.begin(), taps.echo.begin() + 32000, 0.0F);
        EchoMeter meter;
        run(meter, taps, false, [&](std::size_t k, const EchoMeter& m) {
            if (k < 200) QVERIFY(!m.values().gate_open);
            if (k > 260) {
                QVERIFY(m.values().gate_open);
                QVERIFY(close(m.values().erl_db, 6.02, 0.3));
                QVERIFY(std::isnan(m.values().erle_ceiling_db));
            }
        });
    }
    void divergenceCountsLouderOutput() {
        Taps taps = simple();
        taps.out = scaled(taps.echo, 1.01);
        EchoMeter meter;
        run(meter, taps, true, [](std::size_t k, const EchoMeter& m) {
            if (k > 30) QCOMPARE(m.values().divergence_ratio, 1.0);
        });
        taps.out = scaled(taps.echo, 0.99);
        run(meter, taps, true, [](std::size_t k, const EchoMeter& m) {
            if (k > 30) QCOMPARE(m.values().divergence_ratio, 0.0);
        });
    }
    // The output falls by 26 dB after 1.0 s. Of the 25 blocks of a window n are quiet:
    // (25 - n + 0.0025 n) / 25 <= 0.1 from n = 23 on, <= 0.01 from n = 25: 1230 and 1250 ms, plus
    // one block of tolerance for what the noise does. The linear stage reaches 10 dB 0.5 s later,
    // never 20.
    void convergenceByHand() {
        Taps taps = simple();
        taps.out = taps.linear = taps.echo;
        for (std::size_t i = 16000; i < taps.out.size(); ++i) taps.out[i] *= 0.05F;
        for (std::size_t i = 24000; i < taps.linear.size(); ++i) taps.linear[i] *= 0.2F;
        EchoMeter meter;
        run(meter, taps, true, [](std::size_t, const EchoMeter&) {});
        const auto& c = meter.convergence();
        QVERIFY2(close(c.final.ms10(), 1230, 10), qPrintable(QString::number(c.final.ms10())));
        QVERIFY2(close(c.final.ms20(), 1250, 10), qPrintable(QString::number(c.final.ms20())));
        QVERIFY2(close(c.linear.ms10(), 1740, 20), qPrintable(QString::number(c.linear.ms10())));
        QVERIFY(std::isnan(c.linear.ms20()));
        meter.pathChanged();
        QVERIFY(close(meter.convergence().final.ms10(), 1230, 10));  // what was stays
        QVERIFY(std::isnan(meter.reconvergence().final.ms10()));
    }
    // G.122 by hand: one level for all is its own weighted mean; twice the amplitude in the upper
    // half of the logarithmic scale (above sqrt(300 * 6700) = 1418 Hz) makes the mean ratio 2.5
    // times.
    void echoLossByHand() {
        const Signal far = test::noise(160000, -20.0, 11);
        const auto lossDb = [&](const Signal& out) {
            echo::EchoLoss loss(SampleRate{16000});
            const auto n = std::size_t(loss.frameSamples());
            for (std::size_t at = 0; at + n <= far.size(); at += n / 2) {
                loss.add(std::span(far).subspan(at, n), std::span(out).subspan(at, n));
            }
            return loss.db();
        };
        QVERIFY(close(lossDb(scaled(far, 0.01)), 40.0, 0.01));
        dsp::RealFft fft(int(far.size()));
        std::ranges::copy(far, fft.time().begin());
        fft.forward();
        const auto middle = std::size_t(1418.0 / 16000.0 * double(far.size()));
        for (auto& x : fft.spectrum().subspan(middle)) x *= 2.0F;
        fft.inverse();
        const Signal tilted(fft.time().begin(), fft.time().end());
        QVERIFY(close(lossDb(scaled(tilted, 0.01)), 40.0 - 10.0 * std::log10(2.5), 0.1));
        QCOMPARE(lossDb(Signal(far.size(), 0.0F)), 120.0);
        QVERIFY(std::isnan(echo::EchoLoss(SampleRate{16000}).db()));
    }
    void fidelityByHand() {
        const Signal s = test::noise(16000, -30.0, 6);
        Signal n = test::noise(16000, -50.0, 7);
        Signal out = s;
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = 0.5F * (s[i] + n[i]);
        QVERIFY(close(echo::siSdrDb(s, out), 20.0, 0.3));
        QVERIFY(close(echo::nearLossDb(s, out), 6.02, 0.05));
        QVERIFY(echo::siSdrDb(s, s) > 100.0);
        QVERIFY(close(echo::nearLossDb(s, s), 0.0, 1e-9));
        QVERIFY(std::isnan(echo::siSdrDb(Signal(100), Signal(100))));
        QCOMPARE(echo::siSdrDb(s, Signal(s.size())), -120.0);
        QCOMPARE(echo::nearLossDb(s, Signal(s.size())), 120.0);
    }

    // Which check fails on which fault. A real canceller passes all of them; each fault must fail
    // the checks named and no others.
    void faultsAreFound_data() {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<bool>("erle");
        QTest::addColumn<bool>("convergence");
        QTest::addColumn<bool>("near_loss");
        QTest::addColumn<bool>("si_sdr");
        QTest::newRow("none") << "none" << true << true << true << true;
        QTest::newRow("silent output") << "silent" << true << true << false << false;
        QTest::newRow("microphone passed through") << "pass" << false << false << true << false;
        QTest::newRow("reference late by lead + 10 ms")
            << "late" << false << false << true << false;
    }
    void faultsAreFound() {
        QFETCH(QString, fault);
        QFETCH(bool, erle);
        QFETCH(bool, convergence);
        QFETCH(bool, near_loss);
        QFETCH(bool, si_sdr);
        // 12 s: echo alone, then a talker on top from 9 s on. The echo is dry, so that a late
        // reference leaves nothing to find.
        Taps taps;
        taps.far = test::noise(192000, -20.0, 8);
        auto canceller = echo::createCanceller("nlms");
        QVERIFY(canceller);
        QVERIFY((*canceller)->prepare(SampleRate{16000}, {}));
        const int lead = (*canceller)->traits().lead_frames;
        taps.echo = scaled(test::shifted(taps.far, double(lead) / 16.0), 0.5);
        taps.noise = test::noise(taps.far.size(), -80.0, 9);
        taps.speech.assign(taps.far.size(), 0.0F);
        const Signal talker = test::librivox("0880");
        QVERIFY2(!talker.empty(), "install pocketsphinx-testdata");
        std::copy_n(talker.begin(), std::min<std::size_t>(talker.size(), 48000),
                    taps.speech.begin() + 144000);
        const Signal near = taps.near();
        const Signal reference =
            fault == "late" ? test::shifted(taps.far, double(lead) / 16.0 + 10.0) : taps.far;
        taps.out.resize(near.size());
        for (std::size_t i = 0; i + kBlock <= near.size(); i += kBlock) {
            (*canceller)
                ->process(std::span(reference).subspan(i, kBlock),
                          std::span(near).subspan(i, kBlock),
                          std::span(taps.out).subspan(i, kBlock), {}, {});
        }
        if (fault == "silent") taps.out.assign(near.size(), 0.0F);
        if (fault == "pass") taps.out = near;
        EchoMeter meter;
        double last_erle_db = std::nan("");
        run(meter, taps, true, [&](std::size_t k, const EchoMeter& m) {
            if (k < 900 && m.values().gate_open) last_erle_db = m.values().erle_db;
        });
        const auto tail = [](const Signal& x) { return std::span(x).subspan(144000, 40000); };
        const double sdr = echo::siSdrDb(tail(taps.speech), tail(taps.out));
        const double loss = echo::nearLossDb(tail(taps.speech), tail(taps.out));
        qInfo("ERLE %.1f dB, 10 dB after %.0f ms, SI-SDR %.1f dB, loss %.2f dB", last_erle_db,
              meter.convergence().final.ms10(), sdr, loss);
        QCOMPARE(last_erle_db >= 10.0, erle);
        QCOMPARE(meter.convergence().final.ms10() <= 2000.0, convergence);
        QCOMPARE(loss <= 1.0, near_loss);
        QCOMPARE(sdr >= 5.0, si_sdr);
    }
};

QTEST_APPLESS_MAIN(EchoMeterTest)
#include "echo_meter_test.moc"
