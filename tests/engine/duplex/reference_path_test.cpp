// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/reference_path.h"

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "duplex_support.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

namespace {

constexpr int kBlock = 160;
constexpr SampleRate kRate{16000};
constexpr double kTone = 2.0 * std::numbers::pi * 440.0 / 16000.0;  // rad per frame

/// A tone of 440 Hz as the loudspeaker plays it, and how far far() is from one that goes on.
struct Tone {
    Tone() {
        echo::EchoParams params;
        params.delay_search = false;
        ok = path.prepare(kRate, params);
    }
    void step(std::int64_t captured, std::int64_t played_now) {
        std::vector<float> playback;
        for (; played < played_now; ++played)
            playback.push_back(float(std::sin(kTone * double(played))));
        path.push(playback);
        path.observe(captured, played_now);
        const std::vector<float> near(kBlock);
        path.process(first, near, {});
        first += kBlock;
        // Where the far end says that it moved, it may.
        if (path.shiftChange() != 0) known = 0;
        for (const float sample : path.far()) {
            if (known >= 2) {
                const double next = 2.0 * std::cos(kTone) * before[0] - before[1];
                worst = std::max(worst, std::abs(double(sample) - next));
            }
            before[1] = before[0];
            before[0] = sample;
            ++known;
        }
        moved += path.shiftChange();
    }

    ReferencePath path;
    Result<void> ok;
    std::int64_t played = 0, first = 0;
    double before[2] = {0.0, 0.0};
    int known = 0;
    int moved = 0;
    double worst = 0.0;
};

}  // namespace

class ReferencePathTest : public QObject {
    Q_OBJECT
private slots:
    /// Reading between frames needs some of the future: the far end comes later from then on, and
    /// whoever keeps weights is told.
    void theGuardIsTold() {
        Tone tone;
        DT_VERIFY_OK(tone.ok);
        for (int k = 1; k <= 3000; ++k) {
            const auto captured = std::int64_t(kBlock) * k;
            tone.step(captured, std::int64_t(std::floor(double(captured) * (1.0 + 250e-6))) + 64);
        }
        QVERIFY(tone.path.ratio() > 1.0 + 200e-6);
        QCOMPARE(tone.moved, 17);
        QVERIFY2(tone.worst < 2e-3, qPrintable(QString::number(tone.worst)));
    }
};

QTEST_APPLESS_MAIN(ReferencePathTest)
#include "reference_path_test.moc"
