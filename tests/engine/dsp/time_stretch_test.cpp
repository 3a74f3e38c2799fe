// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/time_stretch.h"

#include <QtTest>
#include <cmath>

#include "tests/support/rt_guard.h"

using namespace doubletalk;
using dsp::TimeStretch;

namespace {

std::vector<float> voiced(int rate, double seconds, double pitch_hz) {
    std::vector<float> x(static_cast<std::size_t>(rate * seconds));
    for (std::size_t i = 0; i < x.size(); ++i) {
        for (int k = 1; k <= 10; ++k) {
            x[i] += 0.2F / float(k) *
                    float(std::sin(2.0 * M_PI * pitch_hz * k * double(i) / rate + 0.4 * k * k));
        }
    }
    return x;
}

float largestStep(const std::vector<float>& x) {
    float step = 0.0F;
    for (std::size_t i = 1; i < x.size(); ++i) step = std::max(step, std::abs(x[i] - x[i - 1]));
    return step;
}

/// Pitch by the strongest correlation between 4 and 14 ms.
double pitchHz(const std::vector<float>& x, int rate) {
    double best = 0.0;
    int best_lag = 1;
    for (int lag = rate / 250; lag <= rate / 72; ++lag) {
        double sum = 0.0;
        for (std::size_t i = 1000; i + 1000 < x.size(); ++i) sum += double(x[i]) * x[i - lag];
        if (sum > best) {
            best = sum;
            best_lag = lag;
        }
    }
    return double(rate) / best_lag;
}

std::vector<float> run(const std::vector<float>& x, int rate, int frame, int wish, int& total) {
    TimeStretch stretch;
    stretch.prepare(SampleRate{rate}, frame);
    std::vector<float> out, block(static_cast<std::size_t>(frame + stretch.maxInsertFrames()));
    out.reserve(x.size() * 2);
    total = 0;
    for (std::size_t at = 0; at + frame <= x.size(); at += frame) {
        const test::RtGuard guard;
        const int done = stretch.process(std::span(x).subspan(at, frame), wish, block);
        if (guard.allocations() + guard.frees() + guard.locks() != 0) qFatal("not real-time safe");
        if (std::abs(done) > std::abs(wish) || done * wish < 0) qFatal("more than wished");
        total += done;
        out.insert(out.end(), block.begin(), block.begin() + frame + done);
    }
    return out;
}

}  // namespace

class TimeStretchTest : public QObject {
    Q_OBJECT
private slots:
    void passes_without_a_wish() {
        const auto x = voiced(16000, 1.0, 120.0);
        int total = 0;
        QVERIFY(run(x, 16000, 320, 0, total) == x);
    }

    void changes_length_but_not_pitch_data() {
        QTest::addColumn<int>("rate");
        QTest::addColumn<int>("frame_ms");
        QTest::addColumn<int>("way");
        for (const int rate : {8000, 16000, 24000, 48000}) {
            for (const int frame_ms : {20, 30, 60}) {
                for (const int way : {-1, 1}) {
                    QTest::addRow("%d Hz %d ms %+d", rate, frame_ms, way)
                        << rate << frame_ms << way;
                }
            }
        }
    }
    void changes_length_but_not_pitch() {
        QFETCH(int, rate);
        QFETCH(int, frame_ms);
        QFETCH(int, way);
        const auto x = voiced(rate, 2.0, 125.0);
        const int frame = rate / 1000 * frame_ms;
        int total = 0;
        const auto y = run(x, rate, frame, way * rate / 100, total);
        const int frames = 2000 / frame_ms;
        // One period of 8 ms fits into the 10 ms wished in every frame (the first has no past).
        QVERIFY2(std::abs(total) >= (frames - 2) * rate / 125 * 9 / 10,
                 qPrintable(QString::number(total)));
        QVERIFY2(largestStep(y) < 1.15F * largestStep(x), "click");
        QVERIFY(std::abs(pitchHz(y, rate) - 125.0) < 2.0);
    }

    void silence_moves_as_much_as_wished() {
        const std::vector<float> x(3200, 0.0F);
        int total = 0;
        QCOMPARE(run(x, 16000, 320, -100, total).size(), std::size_t{2200});
        QCOMPARE(total, -1000);
    }

    void leaves_alone_what_has_no_period() {
        // One short click: a splice across it would double or drop it.
        std::vector<float> x(320, 0.0F);
        TimeStretch stretch;
        stretch.prepare(SampleRate{16000}, 320);
        std::vector<float> out(320 + 240);
        stretch.process(x, 0, out);
        for (int i = 0; i < 64; ++i) x[static_cast<std::size_t>(i)] = 0.5F * float(64 - i) / 64.0F;
        for (int i = 64; i < 320; ++i) x[static_cast<std::size_t>(i)] = -0.3F;
        QCOMPARE(stretch.process(x, 160, out), 0);
        QVERIFY(std::equal(x.begin(), x.end(), out.begin()));
    }

    void reset_equals_fresh() {
        const auto x = voiced(16000, 0.2, 100.0);
        TimeStretch used, fresh;
        used.prepare(SampleRate{16000}, 320);
        fresh.prepare(SampleRate{16000}, 320);
        std::vector<float> a(560), b(560);
        used.process(std::span(x).first(320), 0, a);
        used.reset();
        const int done = used.process(std::span(x).subspan(640, 320), 200, a);
        QCOMPARE(fresh.process(std::span(x).subspan(640, 320), 200, b), done);
        QVERIFY(a == b || std::equal(a.begin(), a.begin() + 320 + done, b.begin()));
    }
};

QTEST_APPLESS_MAIN(TimeStretchTest)
#include "time_stretch_test.moc"
