// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/playback_account.h"

#include <QtTest>
#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/core/random.h"
#include "engine/duplex/loudspeaker_truth.h"

using namespace doubletalk;
using namespace doubletalk::duplex;

namespace {

session::ExchangeRecord exchange(int playback, int queued, int dropped = 0,
                                 bool interrupted = false) {
    return {.playback_frames = playback,
            .queued_frames = queued,
            .audible_frames = queued,
            .dropped_frames = dropped,
            .interrupted = interrupted};
}

constexpr SampleRate kRate{16000};

/// Two seconds of noise with a second of silence between them.
std::vector<float> itemWithAPause() {
    Random random(3);
    std::vector<float> item(3 * 16000, 0.0F);
    for (std::size_t i = 0; i < item.size(); ++i) {
        if (i < 16000 || i >= 32000) item[i] = 0.1F * float(random.normal());
    }
    return item;
}

/// Played up to this sample with a linear fade of 5 ms at its end, then 20 ms of silence.
LoudspeakerTruth::Ending endingAt(std::span<const float> item, int end) {
    std::vector<float> played(item.begin(), item.begin() + end);
    for (int i = 0; i < 80; ++i) played[std::size_t(end - 80 + i)] *= float(80 - i) / 81.0F;
    played.resize(played.size() + 320, 0.0F);
    LoudspeakerTruth truth(kRate);
    for (std::size_t at = 0; at < played.size(); at += 160) {
        truth.played(std::span(played).subspan(at, std::min<std::size_t>(160, played.size() - at)));
    }
    return truth.ending(5.0);
}

}  // namespace

class PlaybackAccountTest : public QObject {
    Q_OBJECT
private slots:
    void followsAnItemFromStartToEnd() {
        PlaybackAccount account;
        account.prepare(100);
        account.written({.item = 1, .frames = 250, .item_sample = 0.0, .last = true});
        QCOMPARE(account.fillFrames(), std::int64_t(350));
        account.rendered(exchange(160, 160));
        QCOMPARE(account.lastItemFrames(), std::int64_t(60));
        QCOMPARE(account.started().size(), std::size_t(1));
        QCOMPARE(account.playingItem(), ItemId(1));
        QVERIFY(account.ended().empty());
        const auto* heard = account.ledger().find(1);
        QVERIFY(heard != nullptr);
        QCOMPARE(heard->first_playback_frame, std::int64_t(100));
        QCOMPARE(heard->heard_samples, 60.0);
        account.rendered(exchange(160, 160));
        QVERIFY(account.started().empty());
        QVERIFY(account.ended().empty());
        account.rendered(exchange(160, 30));  // 130 frames of silence: nothing queued
        QCOMPARE(account.ended().size(), std::size_t(1));
        heard = account.ledger().find(1);
        QCOMPARE(heard->heard_samples, 250.0);
        QCOMPARE(heard->last_playback_frame, std::int64_t(349));
        QVERIFY(heard->ended);
        QCOMPARE(account.lastAudibleFrame(), std::int64_t(349));
        QCOMPARE(account.playedFrames(), std::int64_t(480));
        QCOMPARE(account.silenceFrames(), std::int64_t(130));
    }

    void droppedFramesWereNotHeard() {
        PlaybackAccount account;
        account.prepare(0);
        account.written({.item = 1, .frames = 1000, .item_sample = 0.0, .last = true});
        account.rendered(exchange(160, 160));
        account.rendered(exchange(160, 80, 760, true));
        QCOMPARE(account.ledger().find(1)->heard_samples, 240.0);
        QVERIFY(!account.ledger().find(1)->ended);
        QVERIFY(account.lastInterrupted());
        QCOMPARE(account.playingItem(), ItemId(0));
        QCOMPARE(account.droppedFrames(), std::int64_t(760));
        QCOMPARE(account.fillFrames(), std::int64_t(0));
        // What is written next begins right there.
        account.written({.item = 2, .frames = 160, .item_sample = 0.0});
        account.rendered(exchange(160, 160));
        QCOMPARE(account.ledger().find(1)->heard_samples, 240.0);
        QCOMPARE(account.ledger().find(2)->heard_samples, 160.0);
        QCOMPARE(account.ledger().find(2)->first_playback_frame, std::int64_t(320));
    }

    void aHardCutTakesBackWhatWasHandedOver() {
        PlaybackAccount account;
        account.prepare(0);
        account.written({.item = 1, .frames = 1000, .item_sample = 0.0, .last = true});
        account.rendered(exchange(240, 240));
        account.rendered(exchange(240, 240));
        auto cut = exchange(720, 0, 520, true);
        cut.unheard_frames = 650;  // reaches into the first exchange
        account.rendered(cut);
        QCOMPARE(account.ledger().find(1)->heard_samples, 0.0);
        QCOMPARE(account.lastAudibleFrame(), std::int64_t(-1));

        account.written({.item = 2, .frames = 480, .item_sample = 0.0});
        account.rendered(exchange(240, 240));
        account.rendered(exchange(240, 240));
        cut = exchange(720, 0, 0, true);
        cut.unheard_frames = 300;
        account.rendered(cut);
        QCOMPARE(account.ledger().find(2)->heard_samples, 180.0);
        QCOMPARE(account.lastAudibleFrame(), std::int64_t(1200 + 180 - 1));
        QCOMPARE(account.unheardFrames(), std::int64_t(950));
        // The playback clock counts what was handed over.
        QCOMPARE(account.playedFrames(), std::int64_t(480 + 720 + 480 + 720));
    }

    void stretchedAndResampledAudioCountsInItemSamples() {
        PlaybackAccount account;
        account.prepare(0);
        // 24 kHz item in a 16 kHz engine: 1.5 item samples a frame.
        account.written(
            {.item = 1, .frames = 160, .item_sample = 0.0, .item_samples_per_frame = 1.5});
        account.written({.item = 1,
                         .frames = 160,
                         .item_sample = 240.0,
                         .item_samples_per_frame = 1.5,
                         .concealed = true});
        account.rendered(exchange(200, 200));
        const auto* heard = account.ledger().find(1);
        QCOMPARE(heard->heard_samples, 300.0);
        QCOMPARE(heard->concealed_frames, std::int64_t(40));
    }

    /// What the ledger is judged by: the place in the item is found, wherever the ledger believes
    /// it.
    void theLoudspeakersOwnSamplesTellThePosition() {
        const auto item = itemWithAPause();
        const LoudspeakerTruth truth(kRate);
        for (const int end : {900, 5000, 12345, 16000, 40001}) {
            const auto ending = endingAt(item, end);
            for (const double off_ms : {0.0, 5.0, -45.0, 900.0, -2000.0}) {
                const double heard_ms = truth.heardMs(ending, item, end / 16.0 + off_ms);
                QVERIFY2(
                    std::abs(heard_ms - end / 16.0) < 1e-9 ||
                        (end == 16000 && off_ms > 0.0),  // the pause begins there
                    qPrintable(QString("%1: %2 ms, off %3").arg(end).arg(heard_ms).arg(off_ms)));
            }
        }
        // The item's silence cannot be told from the silence after it, its sound can.
        const auto in_pause = endingAt(item, 20000);
        QCOMPARE(truth.heardMs(in_pause, item, 1250.0), 1250.0);
        QCOMPARE(truth.heardMs(in_pause, item, 2100.0), 2000.0);
        QCOMPARE(truth.heardMs(in_pause, item, 900.0), 1000.0);
        // Concealed at the end: time has passed.
        auto lost = endingAt(item, 12345);
        Random random(5);
        for (auto i = lost.tail.size() - 640; i < lost.tail.size(); ++i) {
            lost.tail[i] = 0.05F * float(random.normal());
        }
        QCOMPARE(truth.heardMs(lost, item, 700.0), 12345 / 16.0);
        // Not of this item, or nothing at all.
        const std::vector<float> other(item.rbegin(), item.rend());
        QVERIFY(std::isnan(truth.heardMs(endingAt(other, 12345), item, 771.0)));
        QVERIFY(std::isnan(truth.heardMs({}, item, 771.0)));
    }

    void silenceBetweenItemsBelongsToNone() {
        PlaybackAccount account;
        account.prepare(0);
        account.written({.item = 1, .frames = 80, .item_sample = 0.0, .last = true});
        account.written({.item = 0, .frames = 80, .item_samples_per_frame = 0.0});
        account.written({.item = 2, .frames = 80, .item_sample = 0.0});
        account.rendered(exchange(160, 160));
        QCOMPARE(account.playingItem(), ItemId(0));
        QCOMPARE(account.lastItemFrames(), std::int64_t(80));
        account.rendered(exchange(80, 80));
        QCOMPARE(account.playingItem(), ItemId(2));
        QCOMPARE(account.silenceFrames(), std::int64_t(0));
    }
};

QTEST_APPLESS_MAIN(PlaybackAccountTest)
#include "playback_account_test.moc"
