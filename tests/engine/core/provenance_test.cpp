// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
// clang-format off: moc of Qt 6.4 stumbles over <compare> when it comes before QtTest.
#include <QtTest>
// clang-format on

#include "engine/core/provenance.h"

namespace doubletalk {

class ProvenanceTest : public QObject {
    Q_OBJECT
private slots:
    void joinsWhatContinues();
    void keepsApartWhatDoesNot();
    void takesPartsWithTheirPosition();
    void marksOnlyTheEndAsLast();
    void mergesWhenFull();
};

void ProvenanceTest::joinsWhatContinues() {
    ProvenanceQueue queue;
    queue.append({.item = 1, .frames = 100, .item_sample = 0.0, .item_samples_per_frame = 1.5});
    queue.append({.item = 1, .frames = 60, .item_sample = 150.0, .item_samples_per_frame = 1.5});
    QCOMPARE(queue.frames(), std::int64_t(160));
    const auto all = queue.take(1000);
    QCOMPARE(all.frames, std::int64_t(160));
    QCOMPARE(all.positionAfter(all.frames), 240.0);
    QVERIFY(queue.empty());
    QCOMPARE(queue.take(10).frames, std::int64_t(0));
}

void ProvenanceTest::keepsApartWhatDoesNot() {
    ProvenanceQueue queue;
    queue.append({.item = 1, .frames = 10, .item_sample = 0.0});
    queue.append({.item = 1, .frames = 10, .item_sample = 20.0});                     // a gap
    queue.append({.item = 1, .frames = 10, .item_sample = 30.0, .concealed = true});  // made up
    queue.append({.item = 2, .frames = 10, .item_sample = 40.0});                     // another
    queue.append({.item = 2, .frames = 10, .item_sample = 50.0, .item_samples_per_frame = 2.0});
    queue.append({.item = 2, .frames = 0, .item_sample = 70.0});  // nothing
    for (int i = 0; i < 5; ++i) QCOMPARE(queue.take(1000).frames, std::int64_t(10));
    QVERIFY(queue.empty());
}

void ProvenanceTest::takesPartsWithTheirPosition() {
    ProvenanceQueue queue;
    queue.append({.item = 3, .frames = 100, .item_sample = 1000.0, .item_samples_per_frame = 0.5});
    const auto first = queue.take(30);
    QCOMPARE(first.frames, std::int64_t(30));
    QCOMPARE(first.item_sample, 1000.0);
    const auto second = queue.take(30);
    QCOMPARE(second.item_sample, 1015.0);
    QCOMPARE(queue.frames(), std::int64_t(40));
    queue.clear();
    QCOMPARE(queue.frames(), std::int64_t(0));
}

void ProvenanceTest::marksOnlyTheEndAsLast() {
    ProvenanceQueue queue;
    queue.append({.item = 1, .frames = 50, .item_sample = 0.0, .last = true});
    QVERIFY(!queue.take(20).last);
    QVERIFY(queue.take(100).last);
    // What comes after the end of an item is a stretch of its own, even if it seems to go on.
    queue.append({.item = 1, .frames = 50, .item_sample = 0.0, .last = true});
    queue.append({.item = 1, .frames = 50, .item_sample = 50.0});
    QCOMPARE(queue.take(1000).frames, std::int64_t(50));
}

void ProvenanceTest::mergesWhenFull() {
    ProvenanceQueue queue;
    constexpr int kSpans = ProvenanceQueue::kCapacity + 10;
    for (int i = 0; i < kSpans; ++i) {
        queue.append({.item = 1, .frames = 10, .item_sample = 100.0 * i});
    }
    QCOMPARE(queue.merges(), std::int64_t(10));
    QCOMPARE(queue.frames(), std::int64_t(10 * kSpans));
    ProvenanceSpan last;
    while (!queue.empty()) last = queue.take(1'000'000);
    // Merged or not: the end of the audio lies where the newest span ended.
    QVERIFY(std::abs(last.positionAfter(last.frames) - (100.0 * (kSpans - 1) + 10.0)) < 1e-6);
}

}  // namespace doubletalk

QTEST_APPLESS_MAIN(doubletalk::ProvenanceTest)
#include "provenance_test.moc"
