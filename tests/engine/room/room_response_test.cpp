// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "engine/core/random.h"
#include "engine/room/image_source.h"
#include "engine/room/schroeder.h"

using namespace doubletalk;
using room::ShoeBox;

namespace {

ShoeBox office(double rt60_ms) {
    return {{5.0, 4.0, 2.7}, {2.0, 2.0, 1.2}, {2.5, 2.0, 1.2}, rt60_ms};
}

ShoeBox hall(double rt60_ms) {
    return {{9.0, 7.0, 3.2}, {3.0, 2.5, 1.2}, {4.2, 3.4, 1.4}, rt60_ms};
}

}  // namespace

class RoomResponseTest : public QObject {
    Q_OBJECT

private slots:
    /// The meter itself, on a decay that is known: noise falling by 60 dB in T.
    void schroederReadsAKnownDecay() {
        for (const double rt60_s : {0.15, 0.4, 1.2}) {
            Random random(3);
            std::vector<float> h(std::size_t(rt60_s * 1.5 * 16000));
            for (std::size_t i = 0; i < h.size(); ++i) {
                const double t = double(i) / 16000;
                h[i] = float(random.normal() * std::pow(10.0, -3.0 * t / rt60_s));
            }
            for (const double to_db : {-25.0, -35.0}) {
                const double ms = room::schroederRt60Ms(h, {16000}, {-5.0, to_db});
                QVERIFY2(std::abs(ms / (1000 * rt60_s) - 1.0) < 0.06,
                         qPrintable(QString("%1 s: %2 ms").arg(rt60_s).arg(ms)));
            }
        }
        const std::vector<float> click = {0.0F, 1.0F, 0.0F, 0.0F};
        QVERIFY(std::isnan(room::schroederRt60Ms(click, {16000})));
        QVERIFY(std::isnan(room::schroederRt60Ms({}, {16000})));
        QVERIFY(std::isnan(room::schroederRt60Ms(std::vector<float>(100), {16000})));
    }

    void reverberationTimeIsWhatWasSet_data() {
        QTest::addColumn<bool>("large");
        QTest::addColumn<double>("rt60_ms");
        QTest::addColumn<int>("rate_hz");
        for (const bool large : {false, true}) {
            for (const double rt60_ms : {150.0, 200.0, 250.0, 300.0, 400.0, 500.0, 650.0, 800.0}) {
                for (const int rate_hz : {8000, 16000, 48000}) {
                    QTest::addRow("%s, %g ms, %d Hz", large ? "hall" : "office", rt60_ms, rate_hz)
                        << large << rt60_ms << rate_hz;
                }
            }
        }
    }
    void reverberationTimeIsWhatWasSet() {
        QFETCH(bool, large);
        QFETCH(double, rt60_ms);
        QFETCH(int, rate_hz);
        const ShoeBox box = large ? hall(rt60_ms) : office(rt60_ms);
        for (const std::uint64_t seed : {1U, 2U}) {
            const auto made = room::imageSourceResponse(box, {rate_hz}, seed);
            QVERIFY2(made.has_value(), made ? "" : made.error().message().c_str());
            for (const double to_db : {-25.0, -35.0}) {
                const double ms = room::schroederRt60Ms(made->samples, {rate_hz}, {-5.0, to_db});
                QVERIFY2(std::abs(ms / rt60_ms - 1.0) < 0.1,
                         qPrintable(QString("seed %1 to %2 dB: %3").arg(seed).arg(to_db).arg(ms)));
            }
        }
    }

    /// Nothing may arrive before sound can, and the direct sound is there when it can.
    void firstArrivalIsDistanceOverSpeed_data() {
        QTest::addColumn<double>("distance_m");
        for (const double d : {0.3, 0.5, 1.0, 1.7, 2.9}) QTest::addRow("%g m", d) << d;
    }
    void firstArrivalIsDistanceOverSpeed() {
        QFETCH(double, distance_m);
        for (const double rt60_ms : {0.0, 300.0}) {
            for (const int rate_hz : {8000, 16000, 48000}) {
                ShoeBox box = office(rt60_ms);
                box.source = {0.8, 1.5, 1.2};
                box.receiver = {0.8 + distance_m, 1.5, 1.2};
                const auto made = room::imageSourceResponse(box, {rate_hz}, 1);
                QVERIFY(made.has_value());
                const double at = distance_m / 343.0 * rate_hz;
                const auto expected = std::size_t(std::llround(at));
                std::size_t peak = 0;
                for (std::size_t i = 0; i < expected + 3; ++i) {
                    if (std::abs(made->samples[i]) > std::abs(made->samples[peak])) peak = i;
                }
                QCOMPARE(peak, expected);
                // Its size is one over the distance: a sinc between samples keeps the sum.
                const double sum = std::accumulate(made->direct.begin(), made->direct.end(), 0.0);
                QVERIFY2(std::abs(sum * distance_m - 1.0) < 0.02,
                         qPrintable(QString::number(sum * distance_m)));
            }
        }
    }

    /// One wall at a time is checked by its first reflection, which a ruler can find.
    void firstReflectionComesFromTheNearestWall() {
        ShoeBox box{{8.0, 6.0, 4.0}, {1.0, 3.0, 2.0}, {3.0, 3.0, 2.0}, 400.0};
        const auto made = room::imageSourceResponse(box, {48000}, 5);
        QVERIFY(made.has_value());
        // Behind the source: 2 + 2 * 1 m; floor and ceiling: sqrt(4 + 16) m; displaced by 4 cm.
        const auto strongest = [&](double from_m, double to_m) {
            float best = 0.0F;
            for (auto i = std::size_t(from_m / 343 * 48000); i < std::size_t(to_m / 343 * 48000);
                 ++i) {
                best = std::max(best, std::abs(made->samples[i]));
            }
            return best;
        };
        const float silent = strongest(2.3, 3.7);
        QVERIFY(strongest(3.9, 4.1) > 10.0F * silent);
        QVERIFY(strongest(4.35, 4.6) > 10.0F * silent);
        QVERIFY(strongest(3.9, 4.1) < float(1.02 / 4.0));
        QVERIFY(strongest(3.9, 4.1) > float(made->wall_reflection / 4.0 * 0.6));
    }

    void noReverberationIsDirectSoundOnly() {
        const auto made = room::imageSourceResponse(office(0.0), {16000}, 1);
        QVERIFY(made.has_value());
        QCOMPARE(made->samples, made->direct);
        QVERIFY(made->samples.size() < 60);
    }

    void sameSeedSameBitsOtherSeedOthers() {
        const auto a = room::imageSourceResponse(office(300.0), {16000}, 7);
        const auto b = room::imageSourceResponse(office(300.0), {16000}, 7);
        const auto c = room::imageSourceResponse(office(300.0), {16000}, 8);
        QCOMPARE(a->samples, b->samples);
        QVERIFY(a->samples != c->samples);
    }

    /// No step where image sources hand over to the diffuse tail.
    void levelContinuesIntoTheTail() {
        const auto made = room::imageSourceResponse(office(800.0), {16000}, 1);
        const auto levelAt = [&](double ms) {
            double e = 0.0;
            const auto from = std::size_t(ms * 16);
            for (std::size_t i = from; i < from + 320; ++i) {
                e += double(made->samples[i]) * made->samples[i];
            }
            return 10.0 * std::log10(e);
        };
        // 60 dB in 800 ms are 1.5 dB in 20 ms; 20 ms of noise scatter by about 0.4 dB.
        for (double ms = 40.0; ms < 140.0; ms += 20.0) {
            const double step = levelAt(ms) - levelAt(ms + 20.0);
            QVERIFY2(step > -1.5 && step < 4.5, qPrintable(QString("%1 at %2").arg(step).arg(ms)));
        }
    }

    void namesWhatCannotBe() {
        ShoeBox box = office(300.0);
        box.source.x_m = 5.1;
        QCOMPARE(int(room::imageSourceResponse(box, {16000}, 1).error().kind),
                 int(ErrorKind::usage));
        box = office(300.0);
        box.receiver = box.source;
        QVERIFY(!room::imageSourceResponse(box, {16000}, 1).has_value());
        box = {{20.0, 15.0, 8.0}, {8.0, 7.0, 1.2}, {9.0, 7.0, 1.2}, 60.0};
        const auto dead = room::imageSourceResponse(box, {16000}, 1);
        QVERIFY(!dead.has_value());
        QVERIFY(dead.error().message().find("rt60_ms") != std::string::npos);
        QVERIFY(!dead.error().hint.empty());
    }
};

QTEST_APPLESS_MAIN(RoomResponseTest)
#include "room_response_test.moc"
