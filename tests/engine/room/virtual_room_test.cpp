// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/virtual_room.h"

#include <QTest>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

#include "engine/core/random.h"
#include "engine/room/active_level.h"

using namespace doubletalk;
using room::RoomParams;
using room::TalkerSignal;
using room::VirtualRoom;

namespace {

constexpr SampleRate kRate{16000};
constexpr int kBlock = 160;

RoomParams bare() {
    RoomParams p;
    p.rt60_ms = 0.0;
    p.noise_dbfs = -120.0;
    p.echo_gain_db = 0.0;
    p.bulk_delay_ms = 0.0;
    return p;
}

struct Run {
    std::vector<float> played, microphone, echo, speech, noise;
};

/// Runs the room as the engine does: a block of silence first, then source frames in order.
/// source(p) is playback frame p; the first block is silence whatever it says.
Run run(VirtualRoom& room, int blocks, const std::function<float(std::int64_t)>& source,
        const std::function<void(int)>& before = {}) {
    Run out;
    std::vector<float> played;
    std::vector<float> microphone(kBlock);
    std::int64_t p = 0;
    for (int k = 0; k < blocks; ++k) {
        if (before) before(k);
        played.resize(std::size_t(room.framesWanted()));
        for (float& x : played) x = source(p++);
        out.played.insert(out.played.end(), played.begin(), played.end());
        room.advance(played, microphone);
        const auto append = [](std::vector<float>& to, std::span<const float> from) {
            to.insert(to.end(), from.begin(), from.end());
        };
        append(out.microphone, microphone);
        append(out.echo, room.truth().echo);
        append(out.speech, room.truth().speech);
        append(out.noise, room.truth().noise);
    }
    return out;
}

double dbfs(std::span<const float> x) {
    double sum = 0.0;
    for (const float v : x) sum += double(v) * v;
    return 10.0 * std::log10(sum / double(x.size()));
}

std::vector<float> noiseSignal(std::size_t frames, double amplitude, std::uint64_t seed) {
    Random random(seed);
    std::vector<float> x(frames);
    for (float& v : x) v = float(amplitude * random.normal());
    return x;
}

std::size_t peakOf(std::span<const float> x) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < x.size(); ++i) {
        if (std::abs(x[i]) > std::abs(x[best])) best = i;
    }
    return best;
}

}  // namespace

class VirtualRoomTest : public QObject {
    Q_OBJECT

private slots:
    /// The convention of the header: playback frame p sounds in capture frame p + delay + distance.
    void echoComesWhenTheHeaderSays_data() {
        QTest::addColumn<double>("bulk_delay_ms");
        QTest::addColumn<int>("pulse");
        for (const double ms : {0.0, 2.5, 40.0, 250.0}) {
            for (const int p : {160, 163, 500}) QTest::addRow("%g ms, frame %d", ms, p) << ms << p;
        }
    }
    void echoComesWhenTheHeaderSays() {
        QFETCH(double, bulk_delay_ms);
        QFETCH(int, pulse);
        RoomParams p = bare();
        p.bulk_delay_ms = bulk_delay_ms;
        // 16 samples of air exactly.
        p.microphone_x_m = p.loudspeaker_x_m + 16.0 * 343.0 / 16000.0;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {}).has_value());
        QCOMPARE(room.framesWanted(), kBlock);
        const Run out = run(room, 40, [&](std::int64_t i) { return i == pulse ? 0.5F : 0.0F; });
        const auto expected = std::size_t(pulse + bulk_delay_ms * 16 + 16);
        QCOMPARE(peakOf(out.microphone), expected);
        const float level = 0.5F / float(16.0 * 343.0 / 16000.0);
        QVERIFY(std::abs(out.echo[expected] - level) < 1e-4F * level);
        for (std::size_t i = 0; i < expected; ++i) QVERIFY(std::abs(out.echo[i]) < 1e-5F);
        QCOMPARE(room.outputLatencyMs(), bulk_delay_ms);
    }

    /// Against a plain convolution of what was played with the response the room shows.
    void echoIsPlaybackThroughTheResponse() {
        RoomParams p = bare();
        p.rt60_ms = 300.0;
        p.echo_gain_db = -9.0;
        p.bulk_delay_ms = 30.0;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {}).has_value());
        const auto signal = noiseSignal(60 * kBlock, 0.1, 4);
        const Run out = run(room, 60, [&](std::int64_t i) { return signal[std::size_t(i)]; });
        const auto h = room.echoResponse();
        double worst = 0.0;
        for (std::size_t c = 0; c < out.echo.size(); c += 7) {
            double y = 0.0;
            for (std::size_t k = 0; k < h.size() && k + 480 <= c; ++k) {
                y += double(h[k]) * signal[c - 480 - k];
            }
            worst = std::max(worst, std::abs(y - out.echo[c]));
        }
        QVERIFY2(worst < 1e-5, qPrintable(QString::number(worst)));
        QVERIFY(dbfs(out.echo) > -60.0);
    }

    void microphoneIsTheSumOfItsParts() {
        RoomParams p;
        p.noise_dbfs = -50.0;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 3, {{4000, noiseSignal(8000, 0.05, 9)}}).has_value());
        const auto signal = noiseSignal(100 * kBlock, 0.1, 4);
        const Run out = run(room, 100, [&](std::int64_t i) { return signal[std::size_t(i)]; });
        for (std::size_t i = 0; i < out.microphone.size(); ++i) {
            const double sum = double(out.echo[i]) + out.speech[i] + out.noise[i];
            QVERIFY2(std::abs(out.microphone[i] - sum) <= 1e-6,
                     qPrintable(QString("frame %1: %2, sum %3")
                                    .arg(i)
                                    .arg(double(out.microphone[i]))
                                    .arg(sum)));
        }
        QVERIFY(dbfs(out.echo) > -60.0);
        // 16000 values of noise: the power is known to 0.05 dB (one sigma).
        QVERIFY(std::abs(dbfs(out.noise) + 50.0) < 0.2);
        double speech_before = 0.0;
        for (std::size_t i = 0; i < 4000; ++i) speech_before += std::abs(out.speech[i]);
        QCOMPARE(speech_before, 0.0);
        QVERIFY(dbfs(std::span(out.speech).subspan(4000, 8000)) > -40.0);
    }

    void sameSeedSameBits() {
        RoomParams p;
        p.loudspeaker_ppm = 60.0;
        p.microphone_ppm = -40.0;
        p.loudspeaker_clip_dbfs = -10.0;
        const auto signal = noiseSignal(101 * kBlock, 0.2, 4);
        const auto once = [&](std::uint64_t seed) {
            VirtualRoom room;
            if (!room.prepare(kRate, p, seed, {{800, noiseSignal(4000, 0.05, 9)}})) return Run();
            return run(
                room, 100, [&](std::int64_t i) { return signal[std::size_t(i)]; },
                [&](int k) {
                    if (k != 50) return;
                    RoomParams moved = p;
                    moved.microphone_x_m += 0.2;
                    static_cast<void>(room.changePath(moved));
                });
        };
        const Run a = once(1);
        const Run b = once(1);
        const Run c = once(2);
        QVERIFY(!a.microphone.empty());
        QCOMPARE(a.microphone, b.microphone);
        QVERIFY(a.microphone != c.microphone);
    }

    /// The lag of the echo grows by exactly the difference of the clocks.
    void clocksDriftByWhatWasSet_data() {
        QTest::addColumn<double>("loudspeaker_ppm");
        QTest::addColumn<double>("microphone_ppm");
        QTest::newRow("+60 / -40") << 60.0 << -40.0;
        QTest::newRow("-100 / 0") << -100.0 << 0.0;
        QTest::newRow("0 / +200") << 0.0 << 200.0;
        QTest::newRow("+50 / +50") << 50.0 << 50.0;
    }
    void clocksDriftByWhatWasSet() {
        QFETCH(double, loudspeaker_ppm);
        QFETCH(double, microphone_ppm);
        RoomParams p = bare();
        p.bulk_delay_ms = 20.0;
        p.loudspeaker_ppm = loudspeaker_ppm;
        p.microphone_ppm = microphone_ppm;
        p.microphone_x_m = p.loudspeaker_x_m + 16.0 * 343.0 / 16000.0;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {}).has_value());
        // A 500 Hz tone: its phase in the capture tells where it is read, far below one sample.
        const double w = 2.0 * std::numbers::pi * 500.0 / 16000.0;
        int most = 0;
        const int blocks = 2000;
        const Run out = run(
            room, blocks, [&](std::int64_t i) { return 0.2F * float(std::sin(w * double(i))); },
            [&](int) { most = std::max(most, room.framesWanted()); });
        QVERIFY(most <= room.maxFramesWanted());
        const double speed = (1.0 + loudspeaker_ppm * 1e-6) / (1.0 + microphone_ppm * 1e-6);
        const auto phaseAt = [&](std::int64_t centre) {
            double re = 0.0, im = 0.0;
            for (std::int64_t c = centre - 800; c < centre + 800; ++c) {
                re += out.echo[std::size_t(c)] * std::cos(w * double(c));
                im += out.echo[std::size_t(c)] * std::sin(w * double(c));
            }
            return std::atan2(re, im) / w;  // [frames] by which the echo leads
        };
        const std::int64_t first = 3200;
        const std::int64_t last = std::int64_t(blocks) * kBlock - 3200;
        double lead = phaseAt(last) - phaseAt(first);
        const double expected = double(last - first) * (speed - 1.0);
        lead += 32.0 * std::round((expected - lead) / 32.0);  // one period
        const double ppm = 1e6 * lead / double(last - first);
        QVERIFY2(std::abs(ppm - 1e6 * (speed - 1.0)) < 0.1, qPrintable(QString::number(ppm)));
        // Consumed frames follow the same clocks, to one frame, for the whole run.
        QVERIFY(std::abs(double(out.played.size()) - blocks * kBlock * speed) <= 1.0);
        // The lag at the start is the header's.
        double lag = -phaseAt(first) + double(first) * (speed - 1.0);
        lag -= 32.0 * std::round((lag - 336.0) / 32.0);
        QVERIFY2(std::abs(lag - 336.0) < 0.05, qPrintable(QString::number(lag)));
    }

    /// Reading between samples keeps the wave: everything but the tone stays far below it.
    void driftAddsNoAudibleError() {
        RoomParams p = bare();
        p.bulk_delay_ms = 20.0;
        p.loudspeaker_ppm = 100.0;
        p.microphone_x_m = p.loudspeaker_x_m + 1.0;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {}).has_value());
        const double w = 2.0 * std::numbers::pi * 3000.0 / 16000.0;
        const Run out =
            run(room, 400, [&](std::int64_t i) { return 0.5F * float(std::sin(w * double(i))); });
        const double heard = w * 1.0001;
        // Least squares of sine and cosine; what is left over is the error.
        double ss = 0.0, sc = 0.0, cc = 0.0, xs = 0.0, xc = 0.0;
        for (std::size_t c = 3200; c < out.echo.size(); ++c) {
            const double sine = std::sin(heard * double(c));
            const double cosine = std::cos(heard * double(c));
            ss += sine * sine;
            sc += sine * cosine;
            cc += cosine * cosine;
            xs += out.echo[c] * sine;
            xc += out.echo[c] * cosine;
        }
        const double a = (xs * cc - xc * sc) / (ss * cc - sc * sc);
        const double b = (xc * ss - xs * sc) / (ss * cc - sc * sc);
        double error = 0.0;
        for (std::size_t c = 3200; c < out.echo.size(); ++c) {
            const double e =
                out.echo[c] - a * std::sin(heard * double(c)) - b * std::cos(heard * double(c));
            error += e * e;
        }
        const double db = 10.0 * std::log10(error / (ss * (a * a + b * b)));
        QVERIFY2(db < -75.0, qPrintable(QString::number(db)));
        QVERIFY(std::abs(std::hypot(a, b) - 0.5) < 0.005);
    }

    void talkersFollowTheMicrophonesClock() {
        RoomParams p = bare();
        p.bulk_delay_ms = 20.0;
        p.microphone_ppm = 500.0;
        std::vector<float> late(100, 0.0F);
        late[50] = 0.5F;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {{100'000, late}}).has_value());
        const Run out = run(room, 640, [](std::int64_t) { return 0.0F; });
        // 100050 frames of true time are 50 frames more on a clock that is 500 ppm fast.
        QCOMPARE(peakOf(out.speech), std::size_t(100'100));
    }

    void talkersKeepTheirLevelAndTheirOnset() {
        RoomParams p = bare();
        p.rt60_ms = 400.0;
        p.talker_x_m = 4.0;
        p.talker_y_m = 3.5;
        auto dry = noiseSignal(16000, 1.0, 5);
        room::setActiveLevel(dry, 16000, -26.0);
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {{3210, dry}}).has_value());
        const Run out = run(room, 180, [](std::int64_t) { return 0.0F; });
        const double level = room::activeLevelDbfs(out.speech, 16000);
        QVERIFY2(std::abs(level + 26.0) < 0.3, qPrintable(QString::number(level)));
        QVERIFY(std::abs(out.speech[3210]) + std::abs(out.speech[3211]) > 1e-3F);
        for (std::size_t i = 0; i < 3190; ++i) QVERIFY(std::abs(out.speech[i]) < 1e-6F);
    }

    void theMicrophoneClipsHard() {
        RoomParams p = bare();
        p.microphone_clip_dbfs = -12.0;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {}).has_value());
        const auto signal = noiseSignal(50 * kBlock, 0.3, 4);
        const Run out = run(room, 50, [&](std::int64_t i) { return signal[std::size_t(i)]; });
        const float limit = float(std::pow(10.0, -12.0 / 20.0));
        int clipped = 0;
        for (std::size_t i = 0; i < out.microphone.size(); ++i) {
            QVERIFY(std::abs(out.microphone[i]) <= limit);
            if (std::abs(out.echo[i]) > limit) {
                ++clipped;
                QCOMPARE(std::abs(out.microphone[i]), limit);
            } else {
                QCOMPARE(out.microphone[i], out.echo[i]);
            }
        }
        QVERIFY(clipped > 1000);
    }

    void theLoudspeakerLimitsSoftly() {
        RoomParams p = bare();
        p.loudspeaker_clip_dbfs = -6.0;
        p.microphone_x_m = p.loudspeaker_x_m + 48.0 * 343.0 / 16000.0;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {}).has_value());
        const auto signal = noiseSignal(50 * kBlock, 0.4, 4);
        const Run out = run(room, 50, [&](std::int64_t i) { return signal[std::size_t(i)]; });
        const double gain = 48.0 * 343.0 / 16000.0;
        const double limit = std::pow(10.0, -6.0 / 20.0);
        for (std::size_t i = 48; i < signal.size(); ++i) {
            const double x = signal[i - 48];
            const double y = out.echo[i] * gain;
            QVERIFY(std::abs(y) < limit + 1e-4);
            if (std::abs(x) < 0.1 * limit) QVERIFY(std::abs(y - x) < 2e-4);
            if (std::abs(x) > 2.0 * limit) QVERIFY(std::abs(y) > 0.95 * limit);
        }
    }

    void aPathChangeIsHeardAfterTenMilliseconds() {
        RoomParams p = bare();
        p.rt60_ms = 300.0;
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {}).has_value());
        const std::vector<float> before(room.echoResponse().begin(), room.echoResponse().end());
        RoomParams moved = p;
        moved.microphone_x_m += 0.3;
        moved.echo_gain_db = 3.0;
        // A room that had the new path from the start says what must be heard after the change.
        VirtualRoom always;
        QVERIFY(always.prepare(kRate, moved, 1, {}).has_value());
        const auto signal = noiseSignal(100 * kBlock, 0.1, 4);
        const auto source = [&](std::int64_t i) { return signal[std::size_t(i)]; };
        const Run out = run(room, 100, source, [&](int k) {
            if (k == 60) QVERIFY(room.changePath(moved).has_value());
        });
        const Run wanted = run(always, 100, source);
        VirtualRoom never;
        QVERIFY(never.prepare(kRate, p, 1, {}).has_value());
        const Run old = run(never, 100, source);
        double largest = 0.0;
        for (std::size_t i = 0; i < out.echo.size(); ++i) {
            if (i < 60 * kBlock) QCOMPARE(out.echo[i], old.echo[i]);
            if (i >= 61 * kBlock) QVERIFY(std::abs(out.echo[i] - wanted.echo[i]) < 1e-5F);
            largest = std::max(largest, double(std::abs(out.echo[i] - old.echo[i])));
        }
        QVERIFY(largest > 0.05);
        QVERIFY(!std::equal(before.begin(), before.end(), room.echoResponse().begin()));
        // No click: at the edge of the fade the old path still sounds alone.
        QVERIFY(std::abs(out.echo[60 * kBlock] - old.echo[60 * kBlock]) < 0.02F);
    }

    void aMovedTalkerSoundsDifferentButAsLoud() {
        RoomParams p = bare();
        p.rt60_ms = 300.0;
        auto dry = noiseSignal(32000, 0.05, 5);
        RoomParams moved = p;
        moved.talker_x_m = 1.0;
        moved.talker_y_m = 0.8;
        VirtualRoom room, still;
        QVERIFY(room.prepare(kRate, p, 1, {{0, dry}}).has_value());
        QVERIFY(still.prepare(kRate, p, 1, {{0, dry}}).has_value());
        const auto silent = [](std::int64_t) { return 0.0F; };
        const Run out = run(room, 200, silent, [&](int k) {
            if (k == 100) QVERIFY(room.changePath(moved).has_value());
        });
        const Run old = run(still, 200, silent);
        QVERIFY(std::equal(out.speech.begin(), out.speech.begin() + 16000, old.speech.begin()));
        const auto late = std::span(out.speech).subspan(16160);
        const auto late_old = std::span(old.speech).subspan(16160);
        std::vector<float> difference(late.size());
        for (std::size_t i = 0; i < late.size(); ++i) difference[i] = late[i] - late_old[i];
        QVERIFY(dbfs(difference) > dbfs(late) - 10.0);
        QVERIFY(std::abs(dbfs(late) - dbfs(late_old)) < 0.7);
    }

    void liveSettingsActAtTheNextBlock() {
        RoomParams p = bare();
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, p, 1, {}).has_value());
        const Run out = run(
            room, 60, [](std::int64_t) { return 0.1F; },
            [&](int k) {
                if (k == 20) p.noise_dbfs = -40.0;
                if (k == 40) p.echo_gain_db = -20.0;
                room.setParams(p);
            });
        const auto part = [&](const std::vector<float>& x, int block) {
            return dbfs(std::span(x).subspan(std::size_t(block) * kBlock, kBlock));
        };
        QVERIFY(std::isinf(part(out.noise, 19)));
        QVERIFY(std::abs(part(out.noise, 20) + 40.0) < 1.5);
        QVERIFY(std::abs(part(out.echo, 39) - part(out.echo, 41) - 20.0) < 0.01);
        for (std::size_t i = 20 * kBlock; i < out.echo.size(); ++i) {
            QVERIFY(std::abs(out.echo[i] - out.echo[i - 1]) < 0.002F);  // a ramp, no step
        }
    }

    void badPlaybackDoesNoHarm() {
        VirtualRoom room;
        QVERIFY(room.prepare(kRate, RoomParams(), 1, {}).has_value());
        const Run out = run(room, 30, [](std::int64_t i) {
            return i == 300   ? std::numeric_limits<float>::quiet_NaN()
                   : i == 301 ? std::numeric_limits<float>::infinity()
                              : 0.1F;
        });
        for (const float x : out.microphone) QVERIFY(std::isfinite(x));
        std::vector<float> microphone(kBlock);
        room.advance({}, microphone);  // nothing played is silence
        QVERIFY(std::isfinite(microphone[0]));
    }

    void namesWhatCannotBe() {
        VirtualRoom room;
        QCOMPARE(int(room.prepare({44100}, RoomParams(), 1, {}).error().kind),
                 int(ErrorKind::usage));
        RoomParams p;
        p.microphone_x_m = 9.0;
        QVERIFY(!room.prepare(kRate, p, 1, {}).has_value());
        p = bare();
        p.loudspeaker_ppm = 50.0;
        const auto none = room.prepare(kRate, p, 1, {});
        QVERIFY(!none.has_value());
        QVERIFY(none.error().message().find("bulk_delay_ms") != std::string::npos);
        QVERIFY(room.prepare(kRate, RoomParams(), 1, {}).has_value());
        RoomParams outside;
        outside.talker_z_m = 5.0;
        QVERIFY(!room.changePath(outside).has_value());
        std::vector<float> microphone(kBlock);
        room.advance({}, microphone);  // still usable
    }

    void everyRateWorks() {
        for (const int hz : {8000, 16000, 32000, 48000}) {
            RoomParams p = bare();
            p.bulk_delay_ms = 10.0;
            p.microphone_x_m = p.loudspeaker_x_m + 343.0 / 1000.0;  // 1 ms
            VirtualRoom room;
            QVERIFY(room.prepare({hz}, p, 1, {}).has_value());
            std::vector<float> played(std::size_t(hz / 100)), heard, block(played.size());
            for (int k = 0; k < 5; ++k) {
                played.assign(played.size(), 0.0F);
                if (k == 1) played[3] = 0.3F;
                room.advance(played, block);
                heard.insert(heard.end(), block.begin(), block.end());
            }
            QCOMPARE(peakOf(heard), std::size_t(hz / 100 + 3 + hz / 100 + hz / 1000));
        }
    }
};

QTEST_APPLESS_MAIN(VirtualRoomTest)
#include "virtual_room_test.moc"
