// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/canceller_switch.h"

#include <QTest>
#include <cmath>
#include <numbers>

#include "engine/echo/canceller_registry.h"
#include "tests/support/echo_scene.h"
#include "tests/support/fault_cancellers.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::test;
using echo::Canceller;
using echo::CancellerSwitch;

namespace {

constexpr SampleRate kRate{16000};
constexpr std::size_t kBlock = 160;

std::unique_ptr<Canceller> prepared(std::string_view name) {
    auto made = echo::createCanceller(name);
    if (!made || !(*made)->prepare(kRate, {})) return nullptr;
    return std::move(*made);
}
std::unique_ptr<Canceller> fault(CancellerFault kind, BlockIndex from = 0) {
    return std::make_unique<FaultCanceller>(kind, from);
}
/// No whole number of periods ends at the changes below, so that a hard cut is not one at zero.
std::vector<float> tone(double seconds, double amplitude) {
    std::vector<float> out(std::size_t(seconds * kRate.hz));
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = float(amplitude * std::sin(2.0 * std::numbers::pi * 203.0 * double(i) / kRate.hz));
    }
    return out;
}
double largestStep(std::span<const float> signal) {
    double step = 0.0;
    for (std::size_t i = 1; i < signal.size(); ++i) {
        step = std::max(step, std::abs(double(signal[i]) - double(signal[i - 1])));
    }
    return step;
}
/// Blocks until the switch reports a failure, -1 when it never does.
int blocksToFailure(CancellerSwitch& running, std::span<const float> near) {
    std::vector<float> silence(kBlock), out(kBlock);
    for (std::size_t b = 0; b < near.size() / kBlock; ++b) {
        running.process(silence, near.subspan(b * kBlock, kBlock), out, {}, {});
        for (const float x : out) {
            if (!std::isfinite(x)) return -2;
        }
        if (running.failed()) return int(b);
    }
    return -1;
}

}  // namespace

/// Engines change while running without a click, an allocation or a deletion; failing ones are
/// seen.
class CancellerSwitchTest : public QObject {
    Q_OBJECT
private slots:
    void fadesWithoutClick();
    void everyPairOnSpeech();
    void handsOldOnesOut();
    void seesFailures();
    void muteIsNoFailure();
};

/// From a tone to silence and back: a hard cut of this tone would step by up to its amplitude.
void CancellerSwitchTest::fadesWithoutClick() {
    const auto near = tone(0.5, 0.5);
    const double natural = largestStep(near);
    CancellerSwitch running;
    running.prepare(kRate, prepared("none"));
    std::vector<float> silence(kBlock);
    std::vector<float> out(near.size()), linear(near.size());
    for (std::size_t b = 0; b < near.size() / kBlock; ++b) {
        if (b == 15) QVERIFY(running.swap(fault(CancellerFault::silent)) == nullptr);
        if (b == 30) QVERIFY(running.swap(prepared("none")) == nullptr);
        running.process(silence, std::span(near).subspan(b * kBlock, kBlock),
                        std::span(out).subspan(b * kBlock, kBlock),
                        std::span(linear).subspan(b * kBlock, kBlock), {});
        static_cast<void>(running.takeRetired());
    }
    QVERIFY(levelDbfs(out, kRate, 0.2, 0.25) < -100.0);
    QVERIFY(levelDbfs(out, kRate, 0.4, 0.45) > -15.0);
    // The fade itself adds at most amplitude / block.
    QVERIFY(largestStep(out) <= natural + 0.5 / double(kBlock) + 1e-6);
    QVERIFY(largestStep(linear) <= natural + 0.5 / double(kBlock) + 1e-6);
}

void CancellerSwitchTest::everyPairOnSpeech() {
    const auto far = speech(kRate, 4.0, 0);
    QVERIFY2(!far.empty(), "install pocketsphinx-testdata for the speech clips");
    const auto near = convolve(far, echoPath(kRate, 25.0, 40.0, 8.0, 3));
    for (const auto& from : echo::cancellers()) {
        for (const auto& to : echo::cancellers()) {
            if (from.create == nullptr || to.create == nullptr) continue;
            CancellerSwitch running;
            running.prepare(kRate, prepared(from.name));
            auto next = prepared(to.name);
            std::vector<float> out(near.size()), linear(kBlock);
            for (std::size_t b = 0; b < near.size() / kBlock; ++b) {
                const bool at_swap = b == 200;
                RtGuard guard;
                if (at_swap) static_cast<void>(running.swap(std::move(next)).release());
                running.process(std::span(far).subspan(b * kBlock, kBlock),
                                std::span(near).subspan(b * kBlock, kBlock),
                                std::span(out).subspan(b * kBlock, kBlock), linear, {});
                const auto made = guard.allocations() + guard.frees();
                QVERIFY(made == 0);
            }
            QVERIFY(!running.failed());
            QVERIFY(largestStep(out) <= 2.0 * largestStep(near) + 0.02);
            for (const float x : out) QVERIFY(std::isfinite(x));
        }
    }
}

void CancellerSwitchTest::handsOldOnesOut() {
    CancellerSwitch running;
    auto first = prepared("none");
    const Canceller* first_address = first.get();
    running.prepare(kRate, std::move(first));
    QVERIFY(running.takeRetired() == nullptr);
    auto second = prepared("nlms");
    const Canceller* second_address = second.get();
    QVERIFY(running.swap(std::move(second)) == nullptr);
    QVERIFY(running.fading());
    QVERIFY(running.takeRetired() == nullptr);  // its fade block is still to come
    // A second change before that block: the oldest comes out at once.
    auto out_now = running.swap(prepared("speexdsp"));
    QVERIFY(out_now.get() == first_address);
    std::vector<float> block(kBlock), out(kBlock);
    running.process(block, block, out, {}, {});
    QVERIFY(!running.fading());
    QVERIFY(running.takeRetired().get() == second_address);
    QVERIFY(running.takeRetired() == nullptr);
    QVERIFY(running.active()->traits().name == "speexdsp");
}

void CancellerSwitchTest::seesFailures() {
    const auto near = tone(2.0, 0.2);
    CancellerSwitch running;
    running.prepare(kRate, fault(CancellerFault::not_a_number, 30));
    QCOMPARE(blocksToFailure(running, near), 30);
    QVERIFY(!running.failure().empty());
    static_cast<void>(running.swap(prepared("none")));
    QVERIFY(!running.failed());
    QCOMPARE(blocksToFailure(running, near), -1);

    running.prepare(kRate, fault(CancellerFault::loud, 30));
    QCOMPARE(blocksToFailure(running, near), 30 + 49);
    running.prepare(kRate, fault(CancellerFault::pass_through));
    QCOMPARE(blocksToFailure(running, near), -1);
}

/// A muted microphone makes every adaptive engine louder than it for a while.
void CancellerSwitchTest::muteIsNoFailure() {
    const auto far = speech(kRate, 6.0, 0);
    auto near = convolve(far, echoPath(kRate, 25.0, 40.0, 8.0, 3));
    std::fill(near.begin() + 3 * kRate.hz, near.end(), 0.0F);
    for (const char* name : {"nlms", "speexdsp"}) {
        CancellerSwitch running;
        running.prepare(kRate, prepared(name));
        std::vector<float> out(kBlock);
        for (std::size_t b = 0; b < near.size() / kBlock; ++b) {
            running.process(std::span(far).subspan(b * kBlock, kBlock),
                            std::span(near).subspan(b * kBlock, kBlock), out, {}, {});
        }
        QVERIFY2(!running.failed(), name);
    }
}

QTEST_APPLESS_MAIN(CancellerSwitchTest)
#include "canceller_switch_test.moc"
