// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/block_loop.h"

#include <QtTest>
#include <cmath>

#include "duplex_support.h"
#include "engine/core/thread_role.h"
#include "stream_support.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

namespace {

constexpr SampleRate kRate{16000};
constexpr int kBlock = 160;

/// A loop on a device whose exchanges are told by hand; item 1 plays as long as it is fed.
struct Rig {
    explicit Rig(double output_latency_ms = 0.0) {
        ok = loop.prepare(transparentSettings(), {.output_latency_ms = output_latency_ms});
    }
    /// The device takes so many frames.
    void play(int frames, int captured) {
        std::vector<float> out(std::size_t(frames), 0.0F);
        session::ExchangeRecord record{.captured_frames = captured};
        loop.feed().render(out, record);
        playback.insert(playback.end(), out.begin(), out.end());
        exchanges.push_back(record);
    }
    void loseCapture() { exchanges.push_back({.captured_frames = kBlock, .lost = true}); }
    void step(bool speak, std::span<const Command> commands = {}) {
        const ProvenanceSpan span{.item = 1,
                                  .frames = kBlock,
                                  .item_sample = double(spoken),
                                  .item_samples_per_frame = 1.0};
        BlockInput input;
        input.block = block++;
        input.near = near;
        input.playback = playback;
        input.exchanges = exchanges;
        input.commands = commands;
        if (speak) {
            input.direct = {speech, std::span(&span, 1)};
            spoken += kBlock;
        }
        const ScopedRole worker(ThreadRole::worker);
        (void)loop.process(input);
        events.insert(events.end(), loop.events().begin(), loop.events().end());
        exchanges.clear();
        playback.clear();
    }
    void run(int blocks, bool speak) {
        for (int i = 0; i < blocks; ++i) {
            play(kBlock, kBlock);
            step(speak);
        }
    }
    void interrupt() {
        const Command command{.kind = CommandKind::interrupt, .source = "user"};
        play(kBlock, kBlock);
        step(false, std::span(&command, 1));
    }

    BlockLoop loop;
    Result<void> ok;
    std::vector<float> near = std::vector<float>(kBlock, 0.0F);
    std::vector<float> speech = std::vector<float>(kBlock, 0.5F);
    std::vector<float> playback;
    std::vector<session::ExchangeRecord> exchanges;
    std::vector<Event> events;
    BlockIndex block = 0;
    std::int64_t spoken = 0;
};

}  // namespace

class BlockLoopTest : public QObject {
    Q_OBJECT
private slots:
    /// One clock skipped before: capture the engine made up, or playback without capture.
    void silenceIsToldOnTheCaptureClock_data() {
        QTest::addColumn<int>("lost_blocks");
        QTest::addColumn<int>("extra_playback");
        QTest::addColumn<double>("latency_ms");
        QTest::newRow("side by side") << 0 << 0 << 0.0;
        QTest::newRow("lost capture") << 20 << 0 << 0.0;
        QTest::newRow("lost capture, latency") << 20 << 0 << 30.0;
        QTest::newRow("playback alone") << 0 << 30 << 0.0;
    }
    void silenceIsToldOnTheCaptureClock() {
        QFETCH(int, lost_blocks);
        QFETCH(int, extra_playback);
        QFETCH(double, latency_ms);
        Rig rig(latency_ms);
        DT_VERIFY_OK(rig.ok);
        rig.run(20, true);
        for (int i = 0; i < lost_blocks; ++i) {
            rig.loseCapture();
            rig.step(false);
        }
        for (int i = 0; i < extra_playback; ++i) rig.play(kBlock, 0);
        rig.run(20, true);
        rig.interrupt();
        rig.run(5, false);

        const auto issued = eventsOf(rig.events, EventKind::interrupt_issued);
        const auto silent = eventsOf(rig.events, EventKind::playback_silent);
        QCOMPARE(issued.size(), std::size_t(1));
        QCOMPARE(silent.size(), std::size_t(1));
        QCOMPARE(silent[0].item, ItemId(1));
        // The device takes the fade in the block after the command.
        const auto fade = std::llround(rig.loop.settings().barge_in.fade_ms * kRate.hz / 1000.0);
        const auto latency = std::llround(latency_ms * kRate.hz / 1000.0);
        QCOMPARE(silent[0].frame - issued[0].frame, std::int64_t(fade + latency));
    }
    /// Captured time without playback, before the fade's last sample: it sounds that much later.
    void aStallBeforeTheLastSampleIsCounted() {
        Rig rig;
        DT_VERIFY_OK(rig.ok);
        rig.run(40, true);
        rig.interrupt();
        const auto fade = rig.loop.settings().barge_in.fade_ms * kRate.hz / 1000;
        rig.play(int(fade) - 1, kBlock);
        constexpr int kStalled = 10;
        for (int i = 0; i < kStalled; ++i) rig.loseCapture();
        rig.play(kBlock, kBlock);  // of which one frame still sounds
        rig.step(false);
        const auto issued = eventsOf(rig.events, EventKind::interrupt_issued);
        const auto silent = eventsOf(rig.events, EventKind::playback_silent);
        QCOMPARE(silent.size(), std::size_t(1));
        QCOMPARE(silent[0].frame - issued[0].frame, std::int64_t((kStalled + 1) * kBlock + 1));
    }
    /// A device in fragments asks again before the worker knows what was dropped: wanted silence.
    void afterAnInterruptionNothingRunsOut() {
        Rig rig;
        DT_VERIFY_OK(rig.ok);
        rig.run(40, true);
        QCOMPARE(countOf(rig.events, EventKind::underrun), 0);
        rig.interrupt();
        for (int i = 0; i < 4; ++i) rig.play(kBlock / 2, i % 2 == 1 ? kBlock : 0);
        rig.step(false);
        rig.run(10, true);
        QCOMPARE(countOf(rig.events, EventKind::playback_silent), 1);
        QCOMPARE(countOf(rig.events, EventKind::underrun), 0);
        QCOMPARE(rig.loop.meter().value("underrun_ms"), 0.0);
        // Once an item sounds again it can run out.
        for (int i = 0; i < 10; ++i) rig.play(kBlock, 0);
        rig.run(9, true);
        QVERIFY(countOf(rig.events, EventKind::underrun) > 0);
        QVERIFY(rig.loop.meter().value("underrun_ms") > 0.0);
        // And health says so at once, however long all was well.
        QVERIFY(rig.loop.health().fired(HealthRule::underruns));
    }
    /// Two sides in fragments that beat: for seconds the drift is known to hundreds of ppm only.
    void driftIsJudgedOnceItIsKnown() {
        Rig rig;
        DT_VERIFY_OK(rig.ok);
        double captured = 0.0;
        std::int64_t told = 0, played = 0;
        int seemed = 0;
        for (int k = 1; k <= 4000; ++k) {
            while (captured < double(kBlock) * k) captured += 80.12;
            const auto due = std::int64_t(captured / 80.0 + 0.4) * 80;
            rig.play(int(due - played), int(std::int64_t(captured) - told));
            played = due;
            told = std::int64_t(captured);
            rig.step(false);
            seemed += std::abs(rig.loop.meter().value("drift_ppm")) > 100.0 ? 1 : 0;
            QVERIFY(!rig.loop.health().fired(HealthRule::drift));
        }
        QVERIFY(seemed > 250);
    }
};

QTEST_APPLESS_MAIN(BlockLoopTest)
#include "block_loop_test.moc"
