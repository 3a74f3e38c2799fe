// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/echo/canceller_registry.h"
#include "tests/support/echo_scene.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::test;
using echo::BlockInfo;
using echo::Canceller;
using echo::EchoParams;

namespace {

constexpr SampleRate kRate{16000};

/// What an engine's library may do in process(), by name; every other engine: nothing.
struct Allowance {
    std::int64_t locks_per_block = 0;
    std::int64_t allocations_per_10_s = 0;
};
Allowance allowanceOf(std::string_view name) {
    // Uncontended locks: one for the far end, two for the microphone, one for the linear output.
    // AEC3 makes up to 37 short-lived pieces every 10 s for its histograms.
    if (name == "webrtc") return {4, 37};
    return {};
}

struct Scene {
    std::vector<float> far, near;
};
const Scene& scene() {
    static const Scene built = [] {
        const auto far = speech(kRate, 10.0, 0);
        auto near = convolve(far, echoPath(kRate, 25.0, 60.0, 8.0, 3));
        const auto talker = speech(kRate, 10.0, 2);
        for (std::size_t i = near.size() / 2; i < near.size(); ++i) near[i] += talker[i];
        return Scene{far, near};
    }();
    return built;
}

bool allFinite(std::span<const float> samples) {
    return std::ranges::all_of(samples, [](float x) { return std::isfinite(x); });
}
bool sameBits(std::span<const float> a, std::span<const float> b) {
    if (a.size() != b.size()) return false;
    return a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}
std::unique_ptr<Canceller> prepared(std::string_view name, SampleRate rate = kRate) {
    auto made = echo::createCanceller(name);
    if (!made || !(*made)->prepare(rate, EchoParams{})) return nullptr;
    return std::move(*made);
}

}  // namespace

/// What the interface promises, for every row of the registry.
class CancellerContractTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        QVERIFY2(!scene().far.empty(), "install pocketsphinx-testdata for the speech clips");
    }
    void namesAreChoices();
    void everyRate_data() { rows(); }
    void everyRate();
    void realTimeSafe_data() { rows(); }
    void realTimeSafe();
    void resetIsFresh_data() { rows(); }
    void resetIsFresh();
    void badInput_data() { rows(); }
    void badInput();
    void lossesAndShifts_data() { rows(); }
    void lossesAndShifts();
    void lagIsWhatItSays_data() { rows(); }
    void lagIsWhatItSays();

private:
    static void rows() {
        QTest::addColumn<QString>("name");
        for (const auto& entry : echo::cancellers()) {
            if (entry.create == nullptr) continue;
            const QString name = QString::fromUtf8(entry.name.data(), qsizetype(entry.name.size()));
            QTest::newRow(qPrintable(name)) << name;
        }
    }
};

void CancellerContractTest::namesAreChoices() {
    const auto names = echo::cancellerNames();
    for (const char* wanted : {"none", "nlms", "speexdsp", "webrtc"}) {
        QVERIFY(std::ranges::find(names, std::string_view(wanted)) != names.end());
    }
    const auto unknown = echo::createCanceller("nonsense");
    QVERIFY(!unknown);
    QVERIFY(unknown.error().kind == ErrorKind::usage);
    for (const auto& entry : echo::cancellers()) {
        if (entry.create == nullptr) {
            const auto missing = echo::createCanceller(entry.name);
            QVERIFY(!missing && missing.error().kind == ErrorKind::unsupported);
            continue;
        }
        QVERIFY(prepared(entry.name)->traits().name == entry.name);
    }
}

void CancellerContractTest::everyRate() {
    QFETCH(QString, name);
    for (const int hz : {8000, 16000, 32000, 48000}) {
        const SampleRate rate{hz};
        auto engine = prepared(name.toStdString(), rate);
        QVERIFY2(engine != nullptr, qPrintable(QString::number(hz)));
        const auto far = whiteNoise(std::size_t(hz), -30.0, 1);
        const auto run = runCanceller(*engine, rate, far, far);
        QVERIFY(allFinite(run.out));
        QVERIFY(allFinite(run.linear));
        QVERIFY(rate.toMs({engine->state().lag_frames}) <= 15.0);
    }
    auto made = echo::createCanceller(name.toStdString());
    const auto refused = (*made)->prepare(SampleRate{44100}, EchoParams{});
    QVERIFY(!refused);
    QVERIFY(refused.error().kind == ErrorKind::unsupported);
}

void CancellerContractTest::realTimeSafe() {
    QFETCH(QString, name);
    auto engine = prepared(name.toStdString());
    const auto block = std::size_t(kRate.blockFrames());
    const auto blocks = scene().far.size() / block;
    std::vector<float> out(block), linear(block);
    EchoParams params;
    std::int64_t allocations = 0;
    std::int64_t frees = 0;
    std::int64_t locks = 0;
    for (std::size_t b = 0; b < blocks; ++b) {
        BlockInfo info;
        info.lost = b % 97 == 5;
        info.far_shift_samples = b % 251 == 7 ? 3 : 0;
        params.residual_suppression = b / 100 % 2 == 0;
        const auto far = std::span(scene().far).subspan(b * block, block);
        const auto near = std::span(scene().near).subspan(b * block, block);
        RtGuard guard;
        engine->setParams(params);
        engine->process(far, near, out, linear, info);
        allocations += guard.allocations();
        frees += guard.frees();
        locks += guard.locks();
    }
    const auto allowed = allowanceOf(name.toStdString());
    qInfo("%lld allocations, %.2f locks a block", static_cast<long long>(allocations),
          double(locks) / double(blocks));
    QVERIFY(allocations <= allowed.allocations_per_10_s);
    QVERIFY(frees <= allowed.allocations_per_10_s);
    QVERIFY(locks <= allowed.locks_per_block * std::int64_t(blocks));
    RtGuard guard;
    static_cast<void>(engine->state());
    QCOMPARE(guard.allocations(), 0);
}

void CancellerContractTest::resetIsFresh() {
    QFETCH(QString, name);
    auto engine = prepared(name.toStdString());
    const auto first = runCanceller(*engine, kRate, scene().far, scene().near);
    const auto going_on = runCanceller(*engine, kRate, scene().far, scene().near);
    engine->reset();
    const auto again = runCanceller(*engine, kRate, scene().far, scene().near);
    QVERIFY(sameBits(first.out, again.out));
    QVERIFY(sameBits(first.linear, again.linear));
    // The comparison can fail: without a reset an adaptive engine gives something else.
    if (name != "none") QVERIFY(!sameBits(first.out, going_on.out));
}

void CancellerContractTest::badInput() {
    QFETCH(QString, name);
    const std::size_t second = std::size_t(kRate.hz);
    const std::vector<std::pair<const char*, float>> values = {
        {"silence", 0.0F},
        {"direct current", 0.5F},
        {"full scale", 1.0F},
        {"far too loud", 1000.0F},
        {"denormal", std::numeric_limits<float>::denorm_min()},
        {"not a number", std::numeric_limits<float>::quiet_NaN()},
        {"infinite", std::numeric_limits<float>::infinity()},
    };
    for (const auto& [what, value] : values) {
        auto engine = prepared(name.toStdString());
        const std::vector<float> bad(second, value);
        std::vector<float> square(bad);  // full swing where that means something
        for (std::size_t i = 0; i < square.size(); i += 2) square[i] = -square[i];
        for (const auto& near : {bad, square}) {
            const auto run = runCanceller(*engine, kRate, near, bad);
            QVERIFY2(allFinite(run.out) && allFinite(run.linear), what);
            const auto healthy = runCanceller(*engine, kRate, scene().far, scene().near);
            QVERIFY2(allFinite(healthy.out), what);
            const double level = levelDbfs(healthy.out, kRate, 6.0, 10.0);
            const double talker = levelDbfs(scene().near, kRate, 6.0, 10.0);
            QVERIFY2(level > talker - 12.0 && level < talker + 3.0, what);
        }
    }
    auto engine = prepared(name.toStdString());
    const std::vector<float> silence(second, 0.0F);
    const auto quiet = runCanceller(*engine, kRate, silence, silence);
    QVERIFY(levelDbfs(quiet.out, kRate, 0.0, 1.0) < -90.0);
}

void CancellerContractTest::lossesAndShifts() {
    QFETCH(QString, name);
    auto engine = prepared(name.toStdString());
    auto near = convolve(scene().far, echoPath(kRate, 25.0, 60.0, 8.0, 3));
    const auto lost = [](BlockIndex b) { return b % 50 == 10 || (b > 200 && b < 220); };
    const auto block = std::size_t(kRate.blockFrames());
    for (std::size_t b = 0; b < near.size() / block; ++b) {
        if (lost(BlockIndex(b))) std::fill_n(near.begin() + std::ptrdiff_t(b * block), block, 0.0F);
    }
    const auto run = runCanceller(*engine, kRate, scene().far, near,
                                  [&](BlockIndex b, BlockInfo& info) { info.lost = lost(b); });
    QVERIFY(allFinite(run.out));
    // Lost blocks do no lasting harm: the engine still takes the echo away.
    const double erle = levelDbfs(near, kRate, 6.0, 10.0) - levelDbfs(run.out, kRate, 6.0, 10.0);
    qInfo("ERLE with losses %.1f dB", erle);
    if (name == "none") {
        QVERIFY(erle < 0.5);
    } else {
        QVERIFY(erle > 10.0);
    }
}

void CancellerContractTest::lagIsWhatItSays() {
    QFETCH(QString, name);
    for (const int hz : {8000, 16000, 32000, 48000}) {
        const SampleRate rate{hz};
        auto engine = prepared(name.toStdString(), rate);
        const auto near = whiteNoise(std::size_t(2 * hz), -30.0, 5);
        const std::vector<float> silence(near.size(), 0.0F);
        const auto run = runCanceller(*engine, rate, silence, near);
        const auto state = engine->state();
        QVERIFY(std::abs(lagOf(near, run.out, hz / 20) - state.lag_frames) <= 1);
        if (!run.linear.empty()) {
            QVERIFY(std::abs(lagOf(near, run.linear, hz / 20) - state.linear_lag_frames) <= 1);
        }
    }
}

QTEST_APPLESS_MAIN(CancellerContractTest)
#include "canceller_contract_test.moc"
