// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "engine/core/random.h"
#include "engine/jitter/concealer_registry.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::jitter;

namespace {

std::vector<float> voiced(int rate, double seconds, double pitch_hz) {
    std::vector<float> x(static_cast<std::size_t>(rate * seconds));
    for (std::size_t i = 0; i < x.size(); ++i) {
        for (int k = 1; k <= 8; ++k) {
            x[i] += 0.2F / float(k) *
                    float(std::sin(2.0 * M_PI * pitch_hz * k * double(i) / rate + 0.3 * k));
        }
    }
    return x;
}

float largestStep(std::span<const float> x) {
    float step = 0.0F;
    for (std::size_t i = 1; i < x.size(); ++i) step = std::max(step, std::abs(x[i] - x[i - 1]));
    return step;
}

double power(std::span<const float> x) {
    double sum = 0.0;
    for (const float v : x) sum += double(v) * v;
    return sum / double(x.size());
}

/// 20 ms frames at 16 kHz, the numbered ones lost.
std::vector<float> concealed(std::span<const float> x, const std::vector<std::int64_t>& lost,
                             std::string_view name) {
    auto concealer = *createConcealer(name);
    if (!concealer->prepare({SampleRate{16000}, 20}, {})) return {};
    std::vector<float> y(x.size());
    for (std::size_t at = 0; at + 320 <= x.size(); at += 320) {
        const bool missing = std::ranges::find(lost, std::int64_t(at / 320)) != lost.end();
        concealer->process(missing ? std::span<const float>() : x.subspan(at, 320),
                           std::span(y).subspan(at, 320));
    }
    return y;
}

}  // namespace

class ConcealerTest : public QObject {
    Q_OBJECT
private slots:
    void contract_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("rate");
        QTest::addColumn<int>("frame_ms");
        for (const auto& entry : concealers()) {
            for (const int rate : {8000, 16000, 24000, 32000, 48000}) {
                for (const int frame_ms : {10, 20, 30, 60}) {
                    QTest::addRow("%s %d Hz %d ms", std::string(entry.name).c_str(), rate, frame_ms)
                        << QString::fromStdString(std::string(entry.name)) << rate << frame_ms;
                }
            }
        }
    }
    /// 10 s with 20 % loss: finite, bounded, real-time safe, and reset gives the same again.
    void contract() {
        QFETCH(QString, name);
        QFETCH(int, rate);
        QFETCH(int, frame_ms);
        auto concealer = std::move(*createConcealer(name.toStdString()));
        const StreamFormat format{SampleRate{rate}, frame_ms};
        QVERIFY(concealer->prepare(format, {}));
        const auto x = voiced(rate, 10.0, 130.0);
        const auto n = static_cast<std::size_t>(format.frameFrames());
        std::vector<float> first(x.size()), second(x.size());
        for (auto* out : {&first, &second}) {
            concealer->reset();
            Random random(3);
            const test::RtGuard guard;
            for (std::size_t at = 0; at + n <= x.size(); at += n) {
                const bool lost = random.chance(0.2);
                concealer->process(lost ? std::span<const float>() : std::span(x).subspan(at, n),
                                   std::span(*out).subspan(at, n));
                if (lost) concealer->setParams({});
            }
            QCOMPARE(guard.allocations() + guard.frees() + guard.locks(), 0);
        }
        QVERIFY(first == second);
        float peak = 0.0F, largest = 0.0F;
        for (const float v : first) {
            QVERIFY(std::isfinite(v));
            peak = std::max(peak, std::abs(v));
        }
        for (const float v : x) largest = std::max(largest, std::abs(v));
        QVERIFY2(peak <= 2.0F * largest, qPrintable(QString::number(peak)));
    }

    void passes_what_arrives() {
        for (const auto& entry : concealers()) {
            auto concealer = entry.create();
            QVERIFY(concealer->prepare({SampleRate{16000}, 20}, {}));
            const auto x = voiced(16000, 1.0, 110.0);
            std::vector<float> out(320);
            for (std::size_t at = 0; at + 320 <= x.size(); at += 320) {
                concealer->process(std::span(x).subspan(at, 320), out);
                QVERIFY(std::equal(out.begin(), out.end(), x.begin() + static_cast<long>(at)));
            }
        }
    }

    /// A lost frame of a steady tone: no edge is steeper than the tone's own, and the level stays.
    void repeat_joins_both_edges() {
        for (const double pitch : {90.0, 133.0, 210.0}) {
            const auto x = voiced(16000, 1.0, pitch);
            const std::vector<std::int64_t> lost = {20};
            const auto y = concealed(x, lost, "repeat");
            QVERIFY2(largestStep(y) < 1.3F * largestStep(x), qPrintable(QString::number(pitch)));
            const auto hole = std::span(y).subspan(20 * 320, 320);
            const double db = 10.0 * std::log10(power(hole) / power(x));
            QVERIFY2(db > -6.0 && db < 1.0, qPrintable(QString::number(db)));
            double error = 0.0;
            for (int i = 0; i < 160; ++i) {
                const double e = y[20 * 320 + i] - x[20 * 320 + i];
                error += e * e / 160.0;
            }
            // The periods fit: the first 10 ms are the tone itself, 10 dB above the error.
            QVERIFY2(error < 0.1 * power(x), qPrintable(QString::number(error / power(x))));
        }
    }

    void repeat_fades_exponentially() {
        const auto x = voiced(16000, 1.0, 120.0);
        std::vector<std::int64_t> lost;
        for (int i = 20; i < 45; ++i) lost.push_back(i);
        const auto y = concealed(x, lost, "repeat");
        double before = power(std::span(y).subspan(20 * 320, 320));
        for (int i = 21; i < 32; ++i) {
            const double now = power(std::span(y).subspan(static_cast<std::size_t>(i) * 320, 320));
            QVERIFY(now < 0.8 * before || now < 1e-7);
            before = now;
        }
        QVERIFY(power(std::span(y).subspan(44 * 320, 320)) < 1e-8);
    }

    /// Nine losses among the last ten packets fade faster than a first loss.
    void fade_adapts_to_history() {
        const auto x = voiced(16000, 2.0, 120.0);
        const std::vector<std::int64_t> alone = {40, 41, 42};
        const std::vector<std::int64_t> crowded = {30, 31, 33, 34, 36, 37, 40, 41, 42};
        const auto a = concealed(x, alone, "repeat");
        const auto b = concealed(x, crowded, "repeat");
        const auto third = [](std::span<const float> y) { return power(y.subspan(42 * 320, 320)); };
        QVERIFY(third(b) < 0.9 * third(a));
    }

    void noise_fades_faster_than_voice() {
        Random random(1);
        std::vector<float> noise(32000);
        for (float& v : noise) v = 0.1F * float(random.normal());
        const auto tone = voiced(16000, 2.0, 120.0);
        const std::vector<std::int64_t> lost = {40, 41, 42};
        const auto left = [&](const std::vector<float>& x) {
            const auto y = concealed(x, lost, "repeat");
            return power(std::span(y).subspan(42 * 320, 320)) / power(x);
        };
        QVERIFY(left(noise) < 0.5 * left(tone));
    }
};

QTEST_APPLESS_MAIN(ConcealerTest)
#include "concealer_test.moc"
