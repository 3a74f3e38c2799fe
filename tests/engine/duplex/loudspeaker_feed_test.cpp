// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/loudspeaker_feed.h"

#include <QtTest>
#include <atomic>
#include <cmath>
#include <thread>
#include <vector>

#include "engine/duplex/device_link.h"

using namespace doubletalk;
using namespace doubletalk::duplex;

namespace {

constexpr SampleRate kRate{16000};
constexpr int kBlock = 160;

/// A feed whose prepared silence is already played.
struct Rig {
    explicit Rig(int lead_frames = 320) {
        feed.prepare(kRate, lead_frames);
        render(lead_frames + kBlock);
    }
    std::vector<float> render(int frames) {
        std::vector<float> out(std::size_t(frames), 9.0F);  // every frame must be written
        feed.render(out, record);
        return out;
    }
    void write(int frames, float value) {
        feed.write(std::vector<float>(std::size_t(frames), value));
    }
    LoudspeakerFeed feed;
    session::ExchangeRecord record;
};

}  // namespace

class LoudspeakerFeedTest : public QObject {
    Q_OBJECT
private slots:
    /// A device of two clocks often captures without playing: an interruption and a hard cut wait
    /// for the exchange that plays, whose record tells of them.
    void aCaptureAloneTakesNoInterruption() {
        LoudspeakerFeed feed;
        feed.prepare(kRate, 320);
        DeviceLink link;
        link.prepare(kRate);
        std::vector<float> block(std::size_t(kBlock), 0.5F), out(std::size_t(kBlock), 9.0F);
        link.exchange(block, out, 1, feed);
        feed.interrupt(0);
        link.unheard(70);
        link.exchange(block, {}, 2, feed);
        link.exchange({}, out, 3, feed);
        link.exchange(block, out, 4, feed);
        int told = 0;
        for (int k = 0; k < 3; ++k) {
            link.take(block);
            for (const auto& record : link.exchanges()) {
                QCOMPARE(record.interrupted, record.time_ns == 3);
                QCOMPARE(record.unheard_frames, record.time_ns == 3 ? 70 : 0);
                QCOMPARE(record.dropped_frames, record.time_ns == 3 ? 320 : 0);
                told += record.interrupted ? 1 : 0;
            }
        }
        QCOMPARE(told, 1);
    }

    void leadIsSilence() {
        LoudspeakerFeed feed;
        feed.prepare(kRate, 320);
        QCOMPARE(feed.fillFrames(), std::int64_t(480));
        std::vector<float> out(480, 9.0F);
        session::ExchangeRecord record;
        feed.render(out, record);
        for (const float x : out) QCOMPARE(x, 0.0F);
        QCOMPARE(record.queued_frames, 480);
        QCOMPARE(record.ring_frame, std::int64_t(0));
        QVERIFY(!record.interrupted);
        QCOMPARE(feed.underrunFrames(), std::int64_t(0));
    }

    void fadeThenSilence_data() {
        QTest::addColumn<int>("exchange_frames");
        for (const int frames : {64, 80, 160, 240, 320, 441, 480, 800}) {
            QTest::addRow("%d frames", frames) << frames;
        }
    }
    /// Every fade, also those that end with an exchange: the record says when it is over.
    void fadeThenSilence() {
        QFETCH(int, exchange_frames);
        for (int fade_ms = 0; fade_ms <= 50; ++fade_ms) fadeThenSilence(fade_ms, exchange_frames);
    }
    static void fadeThenSilence(int fade_ms, int exchange_frames) {
        const int fade = fade_ms * 16;
        Rig rig;
        rig.write(2000, 0.5F);
        QCOMPARE(rig.render(kBlock).back(), 0.5F);
        rig.feed.interrupt(fade);
        int at = 0;
        int dropped = 0;
        int audible = 0;
        int faded = 0;
        for (int block = 0; block < 20; ++block) {
            const auto out = rig.render(exchange_frames);
            dropped += rig.record.dropped_frames;
            audible += rig.record.audible_frames;
            QCOMPARE(rig.record.interrupted, block == 0 || at < fade);
            QCOMPARE(rig.record.faded, rig.record.interrupted && at + exchange_frames >= fade);
            faded += rig.record.faded ? 1 : 0;
            for (const float x : out) {
                // Linear to zero, the first faded frame just below full, the one after the last 0.
                const float want = at < fade ? 0.5F * float(fade - at) / float(fade + 1) : 0.0F;
                QVERIFY2(std::abs(x - want) < 1e-6F, qPrintable(QString::number(at)));
                ++at;
            }
            if (!rig.record.interrupted) break;
        }
        QCOMPARE(faded, 1);
        QCOMPARE(audible, fade);
        QCOMPARE(dropped, 2000 - kBlock - fade);
        QCOMPARE(rig.feed.fillFrames(), std::int64_t(0));
    }

    void onlyWhatWasQueuedIsDropped() {
        Rig rig;
        rig.write(800, 0.5F);
        rig.feed.interrupt(80);
        rig.write(kBlock, 0.25F);  // new audio after the mark
        const auto ending = rig.render(kBlock);
        QVERIFY(ending[79] != 0.0F);
        for (int i = 80; i < kBlock; ++i) QCOMPARE(ending[std::size_t(i)], 0.0F);
        QCOMPARE(rig.record.queued_frames, 80);
        QCOMPARE(rig.record.dropped_frames, 720);
        const auto next = rig.render(kBlock);
        for (const float x : next) QCOMPARE(x, 0.25F);
        QVERIFY(!rig.record.interrupted);
    }

    /// A fade of 50 ms with less audio in the ring: a shorter ramp, no cut.
    void fadeIsAsLongAsTheQueueAtMost() {
        Rig rig;
        rig.write(100, 0.5F);
        rig.feed.interrupt(800);
        rig.write(kBlock, 0.25F);
        const auto ending = rig.render(kBlock);
        QCOMPARE(rig.record.queued_frames, 100);
        QVERIFY(rig.record.faded);
        for (int i = 0; i < 100; ++i) {
            QVERIFY(std::abs(ending[std::size_t(i)] - 0.5F * float(100 - i) / 101.0F) < 1e-6F);
        }
        for (int i = 100; i < kBlock; ++i) QCOMPARE(ending[std::size_t(i)], 0.0F);
        for (const float x : rig.render(kBlock)) QCOMPARE(x, 0.25F);
    }

    /// Hushed with less there than the fade: what the worker still writes does not lengthen it.
    void hushFadesWhatIsThere() {
        Rig rig;
        rig.write(kBlock, 0.5F);
        rig.feed.hush(800);
        const auto ending = rig.render(kBlock);
        QVERIFY(ending[0] > 0.4F && ending[kBlock - 1] > 0.0F && ending[kBlock - 1] < 0.004F);
        rig.write(kBlock, 0.5F);
        for (const float x : rig.render(kBlock)) QCOMPARE(x, 0.0F);
        QVERIFY(rig.record.interrupted && rig.record.faded);
    }

    void hushHoldsUntilTheMark() {
        Rig rig;
        rig.write(800, 0.5F);
        rig.feed.hush(80);
        QVERIFY(rig.render(kBlock)[10] > 0.0F);
        QVERIFY(rig.record.interrupted);
        // The worker has not heard of it yet and goes on writing: nothing of that is played.
        rig.write(kBlock, 0.5F);
        for (const float x : rig.render(kBlock)) QCOMPARE(x, 0.0F);
        QVERIFY(rig.record.interrupted);
        rig.write(kBlock, 0.5F);
        rig.feed.interrupt(80);
        rig.write(kBlock, 0.25F);
        for (const float x : rig.render(kBlock)) QCOMPARE(x, 0.0F);  // no second fade
        for (const float x : rig.render(kBlock)) QCOMPARE(x, 0.25F);
        QVERIFY(!rig.record.interrupted);
    }

    void underrunsAreCountedAndInterruptionsAreNot() {
        Rig rig;
        rig.write(100, 0.5F);
        const auto out = rig.render(kBlock);
        QCOMPARE(out[99], 0.5F);
        QCOMPARE(out[100], 0.0F);
        QCOMPARE(rig.record.queued_frames, 100);
        QCOMPARE(rig.feed.underrunFrames(), std::int64_t(60));
        rig.write(kBlock, 0.5F);
        rig.feed.interrupt(40);
        rig.render(kBlock);
        QCOMPARE(rig.feed.underrunFrames(), std::int64_t(60));
    }

    /// A worker writes numbered frames and interrupts; the driver must see them rise, never twice,
    /// and after an interruption nothing from before it beyond the fade.
    void twoThreads() {
        LoudspeakerFeed feed;
        feed.prepare(kRate, 320);
        std::atomic<bool> done{false};
        std::atomic<int> interrupts{0};
        std::thread worker([&] {
            float next = 1.0F;
            std::vector<float> block(kBlock);
            for (int i = 0; i < 3000; ++i) {
                while (feed.fillFrames() > 1600) std::this_thread::yield();
                for (auto& x : block) x = next++;
                feed.write(block);
                if (i % 50 == 49) {
                    feed.interrupt(0);  // no fade: frames keep their numbers
                    interrupts.fetch_add(1);
                }
            }
            done = true;
        });
        float last = 0.0F;
        bool rises = true;
        std::int64_t accounted = 0;
        std::vector<float> out(kBlock);
        session::ExchangeRecord record;
        while (!done || feed.fillFrames() > 0) {
            feed.render(out, record);
            rises &= record.ring_frame == accounted;
            accounted += record.queued_frames + record.dropped_frames;
            for (const float x : out) {
                if (x == 0.0F) continue;
                rises &= x > last;
                last = x;
            }
        }
        worker.join();
        QVERIFY(rises);
        QCOMPARE(interrupts.load(), 60);
        QCOMPARE(accounted, feed.writtenFrames());
    }
};

QTEST_APPLESS_MAIN(LoudspeakerFeedTest)
#include "loudspeaker_feed_test.moc"
