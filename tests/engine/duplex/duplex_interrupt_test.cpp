// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <cmath>

#include "duplex_support.h"
#include "engine/duplex/room_device.h"
#include "stream_support.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;
using device::Pace;

namespace {

constexpr int kRateHz = 16000;
constexpr int kBlock = 160;

}  // namespace

class DuplexInterruptTest : public QObject {
    Q_OBJECT
private slots:
    void anInterruptionIsExactToTheFrame() {
        // Multiples of a block end with an exchange. Above the lead the audio there is the limit.
        for (const int fade_ms : {0, 1, 5, 10, 20, 25, 30, 40, 50, -50}) {
            auto settings = transparentSettings();
            const bool short_lead = fade_ms < 0;
            if (!short_lead) settings.engine.playout_lead_ms = 60;
            settings.barge_in.fade_ms = std::abs(fade_ms);
            auto rig = makeRig(settings, Pace::stepped);
            DT_VERIFY_OK(rig);
            auto& stream = *rig->stream;
            DT_VERIFY_OK(stream.start());
            const auto item = stream.beginItem();
            auto done = stream.whenDone(item);
            QCOMPARE(*stream.write(level(400, 0.5F), 0), kRateHz * 4 / 10);
            QVERIFY(rig->step(20));
            const auto before = rig->device->frames();
            auto silent = stream.interrupt();
            QVERIFY(stream.interrupted(item));
            bool stepped = true;
            int steps = 0;
            while (stepped && steps++ < 30 &&
                   silent.wait_for(std::chrono::milliseconds(0)) != std::future_status::ready) {
                stepped = rig->step(1);
            }
            QVERIFY(stepped);
            QVERIFY2(becomesReady(silent), qPrintable(QString::number(fade_ms)));
            QCOMPARE(rig->count(EventKind::playback_silent), 1);
            QCOMPARE(rig->count(EventKind::playback_flushed), 1);
            QVERIFY(rig->step(30));
            const auto report = silent.get();
            QCOMPARE(report.item, item);
            QVERIFY(report.interrupted);
            QVERIFY(becomesReady(done));
            QCOMPARE(done.get().heard_ms, report.heard_ms);

            const auto played = rig->device->played();
            // Exact against what the device really got: the faded frames are heard, too.
            QVERIFY2(std::abs(report.heard_ms * kRateHz / 1000.0 -
                              double(audibleFramesOf(played))) < 0.5,
                     qPrintable(QString::number(report.heard_ms)));
            auto end = std::ssize(played);
            while (end > before && played[std::size_t(end - 1)] == 0.0F) --end;
            // A ramp to zero, as long as asked or as the audio that was there.
            const auto ramp = end - before;
            const std::int64_t fade = std::abs(fade_ms) * kRateHz / 1000;
            if (short_lead) {
                QVERIFY(ramp >= settings.engine.playout_lead_ms * kRateHz / 1000 && ramp < fade);
            } else {
                QCOMPARE(ramp, fade);
            }
            for (auto i = before; i < end; ++i) {
                const float want = 0.5F * float(end - i) / float(ramp + 1);
                QVERIFY(std::abs(played[std::size_t(i)] - want) < 1e-4F);
            }
        }
    }

    void anInterruptionInRealTimeIsExactToo() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        double heard_frames = 0.0;
        for (int round = 0; round < 5; ++round) {
            stream.beginItem();
            QVERIFY(stream.write(level(400, 0.5F), 1000));
            const auto goal = audibleSoFar(stream) + (round + 2) * kBlock;
            QVERIFY(eventually([&] { return audibleSoFar(stream) >= goal; }));
            auto silent = stream.interrupt();
            QVERIFY(becomesReady(silent));
            heard_frames += silent.get().heard_ms * kRateHz / 1000.0;
        }
        stream.stop();
        // After an underrun on a busy machine the fill is held by resampling, whose filter rings.
        const bool smooth =
            rig->count(EventKind::underrun) == 0 && rig->count(EventKind::silence_inserted) == 0;
        const double off = heard_frames - double(audibleFramesOf(rig->device->played()));
        QVERIFY2(std::abs(off) < (smooth ? 0.5 : 5 * 40.0), qPrintable(QString::number(off)));
        QCOMPARE(rig->device->allocations(), 0);
        QCOMPARE(rig->device->locks(), 0);
    }

    void nothingOfAnInterruptedItemIsTaken() {
        auto rig = makeRig(transparentSettings(), Pace::real_time);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        std::atomic<int> wrote{-1};
        std::thread writer([&] { wrote = *stream.write(level(20'000, 0.5F)); });
        QVERIFY(eventually([&] { return rig->count(EventKind::item_started) == 1; }));
        auto silent = stream.interrupt();
        writer.join();
        QVERIFY(wrote >= 0 && wrote < 20 * kRateHz);
        QVERIFY(becomesReady(silent));
        // A caller that missed it cannot go on with the rest by accident.
        QCOMPARE(*stream.write(level(20, 0.5F), 1000), 0);
        QCOMPARE(*stream.write(level(20, 0.5F), 1000), 0);
        const auto next = stream.beginItem();
        auto done = stream.whenDone(next);
        QCOMPARE(*stream.write(level(20, 0.25F), 1000, true), kRateHz / 50);
        QVERIFY(becomesReady(done));
        QVERIFY(!done.get().interrupted);
        QVERIFY(!stream.write(next + 1, level(20, 0.25F)));  // never begun
        QCOMPARE(*stream.write(1, level(20, 0.25F)), 0);
        QCOMPARE(*stream.write(level(0, 0.0F)), 0);
    }

    void whatComesAfterAnInterruptionIsHeardWhole() {
        for (int round = 0; round < 20; ++round) {
            auto rig = makeRig(transparentSettings(), Pace::real_time);
            DT_VERIFY_OK(rig);
            auto& stream = *rig->stream;
            DT_VERIFY_OK(stream.start());
            stream.beginItem();
            QVERIFY(stream.write(level(300, 0.5F), 1000));
            std::this_thread::sleep_for(std::chrono::milliseconds(round % 5 * 7));
            // Written before the worker knows of the interruption.
            auto first = stream.interrupt();
            const auto second = stream.beginItem();
            auto done = stream.whenDone(second);
            QCOMPARE(*stream.write(level(100, 0.25F), 1000, true), kRateHz / 10);
            QVERIFY(becomesReady(first));
            QVERIFY(becomesReady(done));
            const auto report = done.get();
            QVERIFY(!report.interrupted);
            QVERIFY(std::abs(report.heard_ms - 100.0) < 1e-6);
            stream.stop();
            const auto near = framesNear(rig->device->played(), 0.25F);
            QVERIFY2(std::abs(near - kRateHz / 10) <= 40, qPrintable(QString::number(near)));
        }
    }

    void queuedItemsAreSettledByAnInterruption() {
        auto rig = makeRig(transparentSettings(), Pace::stepped);
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        std::vector<std::future<HeardReport>> done;
        for (int i = 0; i < 4; ++i) {
            done.push_back(stream.whenDone(stream.beginItem()));
            QVERIFY(stream.write(level(100, 0.5F), 0, i != 1));  // the second has no end
        }
        done.push_back(stream.whenDone(stream.beginItem()));  // nothing written
        QVERIFY(rig->step(26));
        auto silent = stream.interrupt();
        QVERIFY(rig->step(5));
        QVERIFY(becomesReady(silent));
        const auto report = silent.get();
        QCOMPARE(report.item, ItemId(3));
        for (auto& future : done) QVERIFY(becomesReady(future));
        for (int i = 0; i < 2; ++i) {
            const auto heard = done[std::size_t(i)].get();
            QVERIFY2(std::abs(heard.heard_ms - 100.0) < 1e-6,
                     qPrintable(QString("%1: %2").arg(i).arg(heard.heard_ms)));
            QVERIFY(!heard.interrupted);
        }
        QCOMPARE(done[2].get().heard_ms, report.heard_ms);
        for (int i = 3; i < 5; ++i) {
            const auto heard = done[std::size_t(i)].get();
            QVERIFY(heard.interrupted);
            QCOMPARE(heard.heard_ms, 0.0);
        }
        QCOMPARE(audibleFramesOf(rig->device->played()),
                 std::llround((200.0 + report.heard_ms) * kRateHz / 1000.0));
        // Nothing plays: nothing was heard.
        auto idle = stream.interrupt();
        QVERIFY(rig->step(3));
        QVERIFY(becomesReady(idle));
        const auto nothing = idle.get();
        QCOMPARE(nothing.heard_ms, 0.0);
    }

    void theEngineInterruptsByItself() {
        auto settings = Settings{};
        settings.vad.detector = "energy";
        settings.vad.threshold_dbfs = -40.0;
        std::vector<room::TalkerSignal> talkers(1);
        talkers[0].start_frame = 7 * kRateHz;
        talkers[0].samples = noiseOf(2 * kRateHz, 0.3F, 5);
        room::RoomParams room;
        room.rt60_ms = 0.0;
        auto rig = makeRig(settings, std::make_unique<RoomDevice>(room, 1, talkers, Pace::stepped));
        DT_VERIFY_OK(rig);
        auto& stream = *rig->stream;
        DT_VERIFY_OK(stream.start());
        const auto item = stream.beginItem();
        auto done = stream.whenDone(item);
        std::vector<float> speech = noiseOf(12 * kRateHz, 0.3F, 6);
        std::size_t at = 0;
        bool stepped = true;
        bool refused = false;
        for (int block = 0; stepped && block < 1000; ++block) {
            const auto n = std::min<std::size_t>(kBlock, speech.size() - at);
            const auto wrote = stream.write(std::span(speech).subspan(at, n), 0);
            DT_VERIFY_OK(wrote);
            at += std::size_t(*wrote);
            refused |= *wrote == 0;
            stepped = rig->step(1);
        }
        QVERIFY(stepped);
        QVERIFY(refused);
        QVERIFY(stream.interrupted(item));
        QVERIFY(becomesReady(done));
        const auto report = done.get();
        QVERIFY(report.interrupted);
        QCOMPARE(rig->count(EventKind::barge_in_decided), 1);
        QVERIFY2(report.heard_ms > 7000.0 && report.heard_ms < 7500.0,
                 qPrintable(QString::number(report.heard_ms)));
        stream.stop();
        QCOMPARE(audibleFramesOf(rig->device->played()),
                 std::llround(report.heard_ms * kRateHz / 1000.0));
        // Echo, then a talker: the microphone really hears the room.
        const auto captured = rig->device->captured();
        QVERIFY(audibleFramesOf({captured.begin(), captured.begin() + 5 * kRateHz}) > kRateHz);
    }

private:
    static std::int64_t audibleSoFar(DuplexStream& stream) {
        return stream.position().audible_frames;
    }
};

QTEST_APPLESS_MAIN(DuplexInterruptTest)
#include "duplex_interrupt_test.moc"
