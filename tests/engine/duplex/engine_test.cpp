// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "duplex_support.h"
#include "engine/duplex/pcm_payload.h"
#include "engine/duplex/replay.h"
#include "engine/duplex/room_device.h"
#include "stream_support.h"
#include "tests/support/fault_cancellers.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;
using device::Pace;

namespace {

constexpr int kRateHz = 16000;
constexpr int kFrame = 320;

/// Packet k of an item of a steady tone.
OwnedPacket packetOf(ItemId item, int k, bool last) {
    OwnedPacket packet;
    packet.header.sequence = std::uint16_t(k);
    packet.header.timestamp = std::uint32_t(k * kFrame);
    packet.header.frames = kFrame;
    packet.header.item = item;
    packet.header.item_sample = double(k * kFrame);
    packet.header.marker = k == 0;
    packet.header.last = last;
    std::vector<float> samples(kFrame);
    for (int i = 0; i < kFrame; ++i) {
        samples[std::size_t(i)] = float(0.3 * std::sin(0.2 * (k * kFrame + i)));
    }
    packet.payload = toPcm16Payload(samples);
    return packet;
}

/// The recorded session again with equal settings: the first difference, or nothing.
QByteArray replayed(const std::filesystem::path& folder) {
    ReplayOptions options;
    options.session = folder;
    const auto replay = replaySession(options);
    if (!replay) return QByteArray::fromStdString(replay.error().message());
    if (replay->loop != ReplayLoop::open) return "not replayed in an open loop";
    if (replay->identical) return {};
    if (replay->differences.empty()) return "not identical, but no difference";
    const auto& first = replay->differences.front();
    return QByteArray::fromStdString("block " + std::to_string(first.block) + ": " + first.what +
                                     ": " + first.left + " | " + first.right);
}

}  // namespace

class EngineTest : public QObject {
    Q_OBJECT
private slots:
    void isPreparedBeforeEveryStart() {
        Engine engine;
        QVERIFY(!engine.start());
        device::NullDevice device(Pace::real_time);
        QVERIFY(!engine.prepare(Settings{}, device));  // not open
        DT_VERIFY_OK(device.open(SampleRate{8000}));
        QVERIFY(!engine.prepare(Settings{}, device));  // another rate
        auto settings = Settings{};
        settings.engine.rate_hz = 8000;
        settings.stream.rate_hz = 8000;
        DT_VERIFY_OK(engine.prepare(settings, device));
        engine.stop();
        DT_VERIFY_OK(engine.start());
        QVERIFY(!engine.start());
        QVERIFY(!engine.prepare(settings, device));
        QVERIFY(eventually([&] { return engine.renderedFrames() >= 800; }));
        engine.stop();
        QVERIFY(!engine.start());
        DT_VERIFY_OK(engine.prepare(settings, device));
        QCOMPARE(engine.renderedFrames(), 0);
        DT_VERIFY_OK(engine.start());
    }  // and is destroyed while it runs

    void workerAndDeviceThreadNeverAllocateOrLock() {
        auto settings = Settings{};
        settings.buffer.duration_ms = 500;
        auto rig = makeRig(settings, Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        auto& engine = stream.engine();
        std::optional<RtGuard> guard;
        std::atomic<std::int64_t> allocations{0}, locks{0}, blocks{0};
        engine.setProbe([&](bool begin) {
            if (begin) {
                guard.emplace();
                return;
            }
            allocations += guard->allocations() + guard->frees();
            locks += guard->locks();
            guard.reset();
            ++blocks;
        });
        const QTemporaryDir folder;
        DT_VERIFY_OK(stream.record(std::filesystem::path(folder.path().toStdString()) / "s"));
        DT_VERIFY_OK(stream.start());
        const auto speech = noiseOf(kRateHz / 2, 0.3F, 4);
        const char* cancellers[] = {"nlms", "none", "speexdsp"};
        for (int i = 0; i < 12; ++i) {
            stream.beginItem();
            QVERIFY(stream.write(speech, 20, i % 2 == 0));
            for (int k = 0; k < 4; ++k) {
                engine.packet(packetOf(1000, i * 4 + k, false).view(), engine.nowNs());
            }
            DT_VERIFY_OK(stream.set("echo.canceller", cancellers[i % 3]));
            DT_VERIFY_OK(stream.set("vad.detector", i % 2 == 0 ? "energy" : "webrtc"));
            if (i % 3 == 1) QVERIFY(stream.reset());
            std::this_thread::sleep_for(std::chrono::milliseconds(30));
            auto silent = stream.interrupt();
            QVERIFY(becomesReady(silent));
        }
        QVERIFY(eventually([&] { return rig->count(EventKind::engine_changed) >= 12; }));
        stream.stop();
        QVERIFY(blocks > 50);
        QCOMPARE(allocations.load(), 0);
        QCOMPARE(locks.load(), 0);
        QCOMPARE(rig->device->allocations(), 0);
        QCOMPARE(rig->device->locks(), 0);
    }

    void aFailingCancellerIsReplaced() {
        auto settings = Settings{};
        auto rig = makeRig(settings, Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& engine = rig->stream->engine();
        Swaps swaps;
        swaps.canceller = std::make_unique<FaultCanceller>(CancellerFault::not_a_number, 5);
        DT_VERIFY_OK(swaps.canceller->prepare(SampleRate{kRateHz}, settings.echo));
        engine.loop().uplink().swap(swaps);
        DT_VERIFY_OK(rig->stream->start());
        QVERIFY(eventually([&] { return rig->count(EventKind::engine_fallback) == 1; }));
        rig->stream->stop();
        QCOMPARE(rig->count(EventKind::engine_failed), 1);
        for (const auto& event : rig->eventsSoFar()) {
            if (event.kind != EventKind::engine_fallback) continue;
            QVERIFY(!event.cause.empty());
            QVERIFY(event.text != "fault");
        }
        QVERIFY(!rig->stream->engine().loop().uplink().canceller().failed());
    }

    void packetsPlayInRealTime() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        auto& engine = stream.engine();
        constexpr ItemId kItem = 70;
        constexpr int kPackets = 25;
        auto done = stream.whenDone(kItem);
        DT_VERIFY_OK(stream.start());
        const auto start = std::chrono::steady_clock::now();
        for (int k = 0; k < kPackets; ++k) {
            std::this_thread::sleep_until(start + std::chrono::milliseconds(20 * k));
            QVERIFY(engine.packet(packetOf(kItem, k, k + 1 == kPackets).view(), engine.nowNs()));
        }
        QVERIFY(becomesReady(done));
        const auto report = done.get();
        QCOMPARE(report.item, kItem);
        QVERIFY2(std::abs(report.heard_ms - 20.0 * kPackets) < 0.1,
                 qPrintable(QString::number(report.heard_ms)));
        stream.stop();
        QVERIFY(audibleFramesOf(rig->device->played()) > kPackets * kFrame / 2);
        QCOMPARE(engine.droppedPackets(), 0);
    }

    void anInterruptionDropsPacketsUnderWay() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& engine = rig->stream->engine();
        auto done = rig->stream->whenDone(4'000'000'000U);
        DT_VERIFY_OK(rig->stream->start());
        for (int k = 0; k < 8; ++k) {
            QVERIFY(engine.packet(packetOf(4'000'000'000U, k, false).view(), engine.nowNs()));
        }
        QVERIFY(eventually([&] { return rig->count(EventKind::item_started) == 1; }));
        auto silent = rig->stream->interrupt();
        QVERIFY(becomesReady(silent));
        QVERIFY(becomesReady(done));
        QCOMPARE(done.get().heard_ms, silent.get().heard_ms);
        const auto frames = rig->device->frames();
        for (int k = 8; k < 30; ++k) {
            QVERIFY(engine.packet(packetOf(4'000'000'000U, k, false).view(), engine.nowNs()));
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        QVERIFY(eventually([&] { return rig->device->frames() > frames + kRateHz / 4; }));
        rig->stream->stop();
        const auto played = rig->device->played();
        QCOMPARE(audibleFramesOf({played.begin() + frames, played.end()}), 0);
        QVERIFY(engine.loop().downlink().playout().state().jitter.discarded >= 20);
    }

    void theMicrophoneMayComeAsPackets() {
        auto settings = transparentSettings();
        settings.engine.uplink = "packets";
        auto rig = makeRig(settings, Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& engine = rig->stream->engine();
        DT_VERIFY_OK(rig->stream->start());
        std::atomic<bool> going{true};
        std::thread caller([&] {
            for (int k = 0; going; ++k) {
                (void)engine.uplinkPacket(packetOf(1, k, false).view(), engine.nowNs());
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        });
        std::vector<float> chunk(kFrame);
        const bool heard = eventually(
            [&] { return rig->stream->read(chunk, 100).ok && audibleFramesOf(chunk) == kFrame; });
        going = false;
        caller.join();
        QVERIFY(heard);
    }

    void packetsThatDoNotFitAreCounted() {
        PacketInbox inbox;
        inbox.prepare(640);
        const auto packet = packetOf(1, 0, false);
        for (int i = 0; i < 100; ++i) QCOMPARE(inbox.push(packet.view(), i), i < 64);
        QCOMPARE(inbox.droppedPackets(), 36);
        const auto taken = inbox.take();
        QCOMPARE(taken.size(), std::size_t(64));
        for (std::size_t i = 0; i < taken.size(); ++i) {
            QCOMPARE(taken[i].arrival_ns, std::int64_t(i));
            QVERIFY(std::equal(packet.payload.begin(), packet.payload.end(),
                               taken[i].packet.payload.begin(), taken[i].packet.payload.end()));
        }
        OwnedPacket huge = packet;
        huge.payload.resize(641);
        QVERIFY(!inbox.push(huge.view(), 0));
        QVERIFY(inbox.push(packet.view(), 0));
        QCOMPARE(inbox.take().size(), std::size_t(1));
        QCOMPARE(inbox.take().size(), std::size_t(0));
    }

    void aDeviceThatStandsStillBecomesSilence() {
        const QTemporaryDir folder;
        const auto session = std::filesystem::path(folder.path().toStdString()) / "session";
        auto settings = transparentSettings();
        settings.echo.delay_search = true;
        auto rig = makeRig(settings, Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.record(session));
        DT_VERIFY_OK(stream.start());
        auto done = stream.whenDone(stream.beginItem());
        QVERIFY(stream.write(std::vector<float>(kRateHz / 2, 0.5F), 1000, true));
        QVERIFY(eventually([&] { return stream.position().rendered_frames > kRateHz / 4; }));
        const auto lost = stream.engine().lostBlocks();
        rig->device->stall(120);
        QVERIFY(eventually([&] { return stream.engine().lostBlocks() >= lost + 5; }));
        const auto rendered = stream.position().rendered_frames;
        QVERIFY(
            eventually([&] { return stream.position().rendered_frames > rendered + kRateHz / 2; }));
        QVERIFY(becomesReady(done));
        QVERIFY(std::abs(done.get().heard_ms - 500.0) < 1e-6);
        stream.stop();
        // All of it was heard once, stall or not (2 x 10 frames of ringing; 3e-4 of resampling).
        const auto near = framesNear(rig->device->played(), 0.5F);
        QVERIFY2(std::abs(near - kRateHz / 2) <= 40, qPrintable(QString::number(near)));
        const auto recorded = session::readSession(session);
        DT_VERIFY_OK(recorded);
        const auto made_up = std::count_if(recorded->exchanges.begin(), recorded->exchanges.end(),
                                           [](const auto& exchange) { return exchange.lost; });
        QCOMPARE(std::int64_t(made_up), stream.engine().lostBlocks());
        QCOMPARE(std::int64_t(rig->count(EventKind::silence_inserted)),
                 stream.engine().lostBlocks());
        // Every frame the device handed over is in the recording, in order.
        const auto played = rig->device->played();
        QVERIFY(recorded->playback.size() + kRateHz / 10 >= played.size());
        QVERIFY(std::equal(recorded->playback.begin(), recorded->playback.end(), played.begin()));
        QCOMPARE(replayed(session), QByteArray());
    }

    void aWorkerThatIsLateDropsTheBacklog() {
        const QTemporaryDir folder;
        const auto session = std::filesystem::path(folder.path().toStdString()) / "session";
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        std::atomic<int> late_ms{0};
        stream.engine().setProbe([&](bool begin) {
            if (!begin) return;
            if (const int ms = late_ms.exchange(0); ms > 0) {
                std::this_thread::sleep_for(std::chrono::milliseconds(ms));
            }
        });
        DT_VERIFY_OK(stream.record(session));
        DT_VERIFY_OK(stream.start());
        auto done = stream.whenDone(stream.beginItem());
        QVERIFY(stream.write(std::vector<float>(kRateHz / 2, 0.5F), 1000, true));
        for (const int ms : {350, 900}) {  // the second is longer than every ring
            const auto dropped = stream.engine().droppedBlocks();
            const auto gaps = rig->count(EventKind::gap);
            late_ms = ms;
            QVERIFY(eventually([&] { return stream.engine().droppedBlocks() > dropped; }));
            QVERIFY(eventually([&] { return rig->count(EventKind::gap) > gaps; }));
        }
        const auto rendered = stream.position().rendered_frames;
        QVERIFY(
            eventually([&] { return stream.position().rendered_frames > rendered + kRateHz / 2; }));
        QVERIFY(becomesReady(done));
        QVERIFY(std::abs(done.get().heard_ms - 500.0) < 1e-6);
        stream.stop();
        // Underruns cut the item into pieces, each with two edges; no piece is lost.
        const auto near = framesNear(rig->device->played(), 0.5F);
        QVERIFY2(std::abs(near - kRateHz / 2) <= 4 * 40, qPrintable(QString::number(near)));
        // Nothing piles up behind a stall: the loudspeaker ring is as full as before.
        QVERIFY(stream.engine().loop().account().fillFrames() <= kRateHz * 60 / 1000);
        QCOMPARE(replayed(session), QByteArray());
    }

    void aDeviceSessionReplaysBitForBit() {
        const QTemporaryDir folder;
        const auto session = std::filesystem::path(folder.path().toStdString()) / "session";
        auto settings = Settings{};
        settings.vad.detector = "energy";
        settings.vad.threshold_dbfs = -40.0;
        room::RoomParams room;
        room.rt60_ms = 100.0;
        std::vector<room::TalkerSignal> talkers(1);
        talkers[0].start_frame = 3 * kRateHz;
        talkers[0].samples = noiseOf(kRateHz, 0.3F, 5);
        auto rig = makeRig(settings, std::make_unique<RoomDevice>(room, 1, talkers));
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        auto& engine = stream.engine();
        DT_VERIFY_OK(stream.record(session));
        QVERIFY(!stream.record(session));  // there is one already
        DT_VERIFY_OK(stream.start());
        const char* cancellers[] = {"nlms", "none", "speexdsp"};
        const auto speech = noiseOf(kRateHz, 0.3F, 4);
        Random random(11);
        std::uint16_t sequence = 0;
        for (int i = 0; i < 60; ++i) {
            if (i % 9 == 0) stream.beginItem();
            QVERIFY(
                stream.write(std::span(speech).first(std::size_t(random.uniform() * 2000)), 50));
            if (i % 15 == 14) {
                auto silent = stream.interrupt();
                QVERIFY(becomesReady(silent));
            }
            if (i > 30 && i % 2 == 0) {
                for (int k = 0; k < 3; ++k) {
                    (void)engine.packet(packetOf(500 + ItemId(i / 10), sequence++, false).view(),
                                        engine.nowNs());
                }
            }
            if (i % 4 == 0) DT_VERIFY_OK(stream.set("echo.canceller", cancellers[i / 4 % 3]));
            if (i % 4 == 1) DT_VERIFY_OK(stream.set("echo.canceller", cancellers[i / 4 % 2]));
            if (i % 10 == 5)
                DT_VERIFY_OK(stream.set("jitter.buffer", i % 20 == 5 ? "fixed" : "adaptive"));
            if (i % 7 == 3)
                DT_VERIFY_OK(stream.set("noise.reducer", i % 14 == 3 ? "none" : "webrtc"));
            if (i == 25) QVERIFY(stream.reset());
            if (i == 40) rig->device->stall(80);
            std::this_thread::sleep_for(std::chrono::milliseconds(int(random.uniform() * 60)));
        }
        stream.stop();
        const auto recorded = session::readSession(session);
        DT_VERIFY_OK(recorded);
        QVERIFY(recorded->complete);
        QVERIFY(recorded->answers.size() > 5);
        QVERIFY(recorded->packets.size() > 20);
        const auto played = rig->device->played();
        QVERIFY(std::equal(recorded->playback.begin(), recorded->playback.end(), played.begin()));
        QCOMPARE(replayed(session), QByteArray());

        ReplayOptions other;
        other.session = session;
        other.settings = {{"echo.tail_ms", "64"}};
        const auto changed = replaySession(other);
        DT_VERIFY_OK(changed);
        QVERIFY(!changed->identical);
    }

    void headroomAnswersReplayToo() {
        const QTemporaryDir folder;
        const auto session = std::filesystem::path(folder.path().toStdString()) / "session";
        auto settings = Settings{};
        settings.vad.detector = "energy";
        room::RoomParams room;
        room.rt60_ms = 0.0;
        auto rig = makeRig(
            settings, std::make_unique<RoomDevice>(room, 1, std::vector<room::TalkerSignal>{}));
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.record(session));
        DT_VERIFY_OK(stream.start());
        const auto speech = noiseOf(4 * kRateHz, 0.3F, 6);
        stream.beginItem();
        QCOMPARE(*stream.write(speech, -1, true), int(speech.size()));
        QVERIFY(eventually([&] { return rig->count(EventKind::item_ended) == 1; }));
        stream.stop();
        const auto recorded = session::readSession(session);
        DT_VERIFY_OK(recorded);
        QVERIFY(std::any_of(recorded->answers.begin(), recorded->answers.end(),
                            [](const auto& answer) { return answer.name == "headroom"; }));
        QCOMPARE(replayed(session), QByteArray());
    }
};

QTEST_APPLESS_MAIN(EngineTest)
#include "engine_test.moc"
