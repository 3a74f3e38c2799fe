// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// clang-format off: moc of Qt 6.4 stumbles over <compare> when it comes before QtTest.
#include <QtTest>
// clang-format on

#include "engine/speech/heard_ledger.h"
#include "tests/support/rt_guard.h"

namespace doubletalk::speech {

class HeardLedgerTest : public QObject {
    Q_OBJECT
private slots:
    void followsAnItemToItsEnd();
    void lossPassesAndInsertionDoesNot();
    void resampledItemCountsItsOwnSamples();
    void interruptionStopsThePosition();
    void whatEndedWasNotInterrupted();
    void whatADeviceThrewAwayWasNotHeard();
    void fillerBelongsToNobody();
    void keepsTheNewest();
    void neitherAllocatesNorLocks();
};

void HeardLedgerTest::followsAnItemToItsEnd() {
    HeardLedger ledger;
    QVERIFY(ledger.find(1) == nullptr);
    ledger.played({.item = 1, .frames = 160, .item_sample = 0.0}, 1000);
    ledger.played({.item = 1, .frames = 160, .item_sample = 160.0, .last = true}, 1160);
    const auto* item = ledger.find(1);
    QVERIFY(item != nullptr);
    QCOMPARE(item->first_playback_frame, std::int64_t(1000));
    QCOMPARE(item->last_playback_frame, std::int64_t(1319));
    QCOMPARE(item->heard_samples, 320.0);
    QCOMPARE(item->heard_frames, std::int64_t(320));
    QVERIFY(item->ended && !item->interrupted);
}

void HeardLedgerTest::lossPassesAndInsertionDoesNot() {
    HeardLedger ledger;
    ledger.played({.item = 1, .frames = 100, .item_sample = 0.0}, 0);
    ledger.played({.item = 1, .frames = 50, .item_sample = 100.0, .concealed = true}, 100);
    ledger.played({.item = 1, .frames = 30, .item_sample = 150.0, .item_samples_per_frame = 0.0},
                  150);
    QCOMPARE(ledger.find(1)->heard_samples, 150.0);
    QCOMPARE(ledger.find(1)->last_playback_frame, std::int64_t(149));
    // A stretch of 70 samples never came; who hears what follows has passed it.
    ledger.played({.item = 1, .frames = 100, .item_sample = 220.0}, 180);
    const auto* item = ledger.find(1);
    QCOMPARE(item->heard_samples, 320.0);
    QCOMPARE(item->heard_frames, std::int64_t(250));
    QCOMPARE(item->concealed_frames, std::int64_t(50));
    QCOMPARE(item->inserted_frames, std::int64_t(30));
}

void HeardLedgerTest::resampledItemCountsItsOwnSamples() {
    HeardLedger ledger;
    ledger.played({.item = 4, .frames = 480, .item_sample = 0.0, .item_samples_per_frame = 0.5}, 0);
    QCOMPARE(ledger.find(4)->heard_samples, 240.0);
}

void HeardLedgerTest::interruptionStopsThePosition() {
    HeardLedger ledger;
    ledger.played({.item = 2, .frames = 100, .item_sample = 0.0}, 0);
    ledger.interrupted(2);
    ledger.played({.item = 2, .frames = 80, .item_sample = 100.0}, 100);  // the fade is heard too
    QVERIFY(ledger.find(2)->interrupted);
    QVERIFY(!ledger.find(2)->ended);
    QCOMPARE(ledger.find(2)->heard_samples, 180.0);
    ledger.interrupted(9);  // stopped before anything of it was heard
    QCOMPARE(ledger.find(9)->heard_samples, 0.0);
    QCOMPARE(ledger.find(9)->first_playback_frame, std::int64_t(-1));
    QVERIFY(ledger.find(9)->interrupted);
}

void HeardLedgerTest::whatEndedWasNotInterrupted() {
    HeardLedger ledger;
    ledger.played({.item = 1, .frames = 100, .last = true}, 0);
    ledger.interrupted(1);
    QVERIFY(ledger.find(1)->ended && !ledger.find(1)->interrupted);
    // Its end came while the interruption faded.
    ledger.played({.item = 2, .frames = 100}, 100);
    ledger.interrupted(2);
    QVERIFY(ledger.find(2)->interrupted);
    ledger.played({.item = 2, .frames = 20, .item_sample = 100.0, .last = true}, 200);
    QVERIFY(ledger.find(2)->ended && !ledger.find(2)->interrupted);
}

void HeardLedgerTest::whatADeviceThrewAwayWasNotHeard() {
    HeardLedger ledger;
    ledger.played({.item = 1, .frames = 240, .item_sample = 0.0, .item_samples_per_frame = 0.5}, 0);
    ledger.played({.item = 1,
                   .frames = 240,
                   .item_sample = 120.0,
                   .item_samples_per_frame = 0.5,
                   .concealed = true,
                   .last = true},
                  240);
    ledger.played({.item = 2, .frames = 100, .item_sample = 0.0}, 480);
    ledger.interrupted(2);
    ledger.unheardFrom(1000);  // nothing there
    QCOMPARE(ledger.find(2)->heard_samples, 100.0);
    ledger.unheardFrom(300);
    QCOMPARE(ledger.find(2)->heard_samples, 0.0);
    QCOMPARE(ledger.find(2)->heard_frames, std::int64_t(0));
    QCOMPARE(ledger.find(2)->first_playback_frame, std::int64_t(-1));
    QVERIFY(ledger.find(2)->interrupted);
    const auto* item = ledger.find(1);
    QCOMPARE(item->heard_samples, 150.0);
    QCOMPARE(item->heard_frames, std::int64_t(300));
    QCOMPARE(item->concealed_frames, std::int64_t(60));
    QCOMPARE(item->last_playback_frame, std::int64_t(299));
    QVERIFY(!item->ended);
    // Once more, within what was left; then it goes on elsewhere.
    ledger.unheardFrom(299);
    QCOMPARE(ledger.find(1)->heard_samples, 149.5);
    ledger.played({.item = 3, .frames = 10, .item_sample = 0.0}, 540);
    QCOMPARE(ledger.find(3)->heard_samples, 10.0);
}

void HeardLedgerTest::fillerBelongsToNobody() {
    HeardLedger ledger;
    ledger.played({.item = 0, .frames = 100}, 0);
    ledger.played({.item = 1, .frames = 0}, 0);
    ledger.interrupted(0);
    QCOMPARE(ledger.size(), 0);
}

void HeardLedgerTest::keepsTheNewest() {
    HeardLedger ledger;
    for (ItemId item = 1; item <= 100; ++item) {
        ledger.played({.item = item, .frames = 10, .item_sample = 0.0}, item * 10);
    }
    QCOMPARE(ledger.size(), HeardLedger::kItems);
    QVERIFY(ledger.find(36) == nullptr);
    QVERIFY(ledger.find(37) != nullptr);
    QCOMPARE(ledger.at(0).item, ItemId(37));
    QCOMPARE(ledger.at(63).item, ItemId(100));
    QCOMPARE(ledger.find(100)->first_playback_frame, std::int64_t(1000));
    ledger.reset();
    QCOMPARE(ledger.size(), 0);
    QVERIFY(ledger.find(100) == nullptr);
}

void HeardLedgerTest::neitherAllocatesNorLocks() {
    HeardLedger ledger;
    const test::RtGuard guard;
    for (ItemId item = 1; item <= 1000; ++item) {
        ledger.played({.item = item, .frames = 10, .item_sample = 0.0}, item * 10);
        ledger.interrupted(item);
    }
    QCOMPARE(guard.allocations(), std::int64_t(0));
    QCOMPARE(guard.locks(), std::int64_t(0));
}

}  // namespace doubletalk::speech

QTEST_APPLESS_MAIN(doubletalk::speech::HeardLedgerTest)
#include "heard_ledger_test.moc"
