// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/segmenter.h"

#include <QtTest>
#include <vector>

#include "tests/support/rt_guard.h"

namespace doubletalk::speech {
namespace {

/// A sample that says which frame it is; exact in 16 bits.
float sampleOf(std::int64_t frame) { return float(frame % 30011) / 32768.0F; }

constexpr SampleRate kRate{16000};

/// Feeds numbered samples and collects segments.
class Feed {
public:
    explicit Feed(SegmentParams params = {}) { ok = segmenter.prepare(kRate, params).has_value(); }
    /// blocks of 10 ms with this decision; the changes in order.
    std::vector<SegmentChange> run(bool voice, int blocks, bool take = true) {
        std::vector<SegmentChange> changes;
        std::vector<float> block(160);
        for (int i = 0; i < blocks; ++i) {
            for (float& sample : block) sample = sampleOf(frame++);
            const auto change = segmenter.process(voice, block);
            if (change != SegmentChange::none) changes.push_back(change);
            if (take) takeAll();
        }
        return changes;
    }
    void takeAll() {
        std::vector<float> out(100);
        for (int n = segmenter.take(out); n > 0; n = segmenter.take(out)) {
            taken.insert(taken.end(), out.begin(), out.begin() + n);
        }
    }
    Segmenter segmenter;
    bool ok = false;
    std::int64_t frame = 0;
    std::vector<float> taken;
};

bool consecutive(const std::vector<float>& x, std::int64_t first, std::int64_t count) {
    if (std::int64_t(x.size()) != count) return false;
    for (std::int64_t i = 0; i < count; ++i) {
        if (x[std::size_t(i)] != sampleOf(first + i)) return false;
    }
    return true;
}

using Changes = std::vector<SegmentChange>;

}  // namespace

class SegmenterTest : public QObject {
    Q_OBJECT
private slots:
    void startsWithThePreRoll();
    void preRollCannotReachBeforeTheStart();
    void endsAfterTheSilence();
    void pausesDoNotEndIt();
    void segmentsNeverShareAFrame();
    void whatIsNotTakenIsCounted();
    void refusesImpossibleSettings();
    void resetForgets();
    void neitherAllocatesNorLocks();
};

void SegmenterTest::startsWithThePreRoll() {
    Feed feed;
    QVERIFY(feed.ok);
    QVERIFY(feed.run(false, 100).empty());
    QVERIFY(feed.taken.empty());
    QCOMPARE(feed.segmenter.startFrame(), std::int64_t(-1));
    QVERIFY((feed.run(true, 10) == Changes{SegmentChange::started}));
    QVERIFY(feed.segmenter.inSegment());
    QCOMPARE(feed.segmenter.startFrame(), std::int64_t(16000 - 4800));
    QVERIFY(consecutive(feed.taken, 16000 - 4800, 4800 + 1600));
}

void SegmenterTest::preRollCannotReachBeforeTheStart() {
    Feed feed;
    feed.run(false, 5);
    feed.run(true, 1);
    QCOMPARE(feed.segmenter.startFrame(), std::int64_t(0));
    QVERIFY(consecutive(feed.taken, 0, 960));
}

void SegmenterTest::endsAfterTheSilence() {
    Feed feed;
    feed.run(true, 20);
    QVERIFY(feed.run(false, 29).empty());
    QVERIFY(feed.segmenter.inSegment());
    QVERIFY((feed.run(false, 1) == Changes{SegmentChange::ended}));
    QVERIFY(!feed.segmenter.inSegment());
    QVERIFY(consecutive(feed.taken, 0, 50 * 160));
    feed.run(false, 100);
    QVERIFY(consecutive(feed.taken, 0, 50 * 160));
}

void SegmenterTest::pausesDoNotEndIt() {
    Feed feed;
    Changes all;
    for (int i = 0; i < 10; ++i) {
        for (const auto c : feed.run(true, 3)) all.push_back(c);
        for (const auto c : feed.run(false, 29)) all.push_back(c);
    }
    QVERIFY((all == Changes{SegmentChange::started}));
}

void SegmenterTest::segmentsNeverShareAFrame() {
    Feed feed(SegmentParams{.end_ms = 100, .pre_roll_ms = 300});
    feed.run(true, 10);
    feed.run(false, 10);  // ended; 100 ms later somebody speaks again
    feed.run(false, 10);
    feed.run(true, 10);
    QCOMPARE(feed.segmenter.startFrame(), std::int64_t(20 * 160));  // not 300 ms back
    QVERIFY(consecutive(feed.taken, 0, 40 * 160));
}

void SegmenterTest::whatIsNotTakenIsCounted() {
    Feed feed;
    feed.run(true, 200, false);
    const std::int64_t kept = kRate.framesOf(800.0);  // pre-roll and backlog
    QCOMPARE(feed.segmenter.droppedFrames(), std::int64_t(200 * 160) - kept);
    feed.takeAll();
    QVERIFY(consecutive(feed.taken, 200 * 160 - kept, kept));
    // The rest of an ended segment can still be taken until the next begins.
    Feed late;
    late.run(true, 5, false);
    late.run(false, 40, false);
    late.takeAll();
    QVERIFY(consecutive(late.taken, 0, 35 * 160));
    QCOMPARE(late.segmenter.droppedFrames(), std::int64_t(0));
}

void SegmenterTest::refusesImpossibleSettings() {
    Segmenter segmenter;
    QVERIFY(!segmenter.prepare(kRate, SegmentParams{.end_ms = 0}).has_value());
    QVERIFY(!segmenter.prepare(kRate, SegmentParams{.pre_roll_ms = -1}).has_value());
    QVERIFY(!segmenter.prepare(SampleRate{0}, SegmentParams{}).has_value());
    const std::vector<float> block(160);
    QVERIFY(segmenter.process(true, block) == SegmentChange::none);  // not prepared
    Feed feed;
    feed.segmenter.setParams(SegmentParams{.end_ms = 100, .pre_roll_ms = 2000});
    feed.run(false, 100);
    feed.run(true, 1);
    QCOMPARE(feed.segmenter.startFrame(), std::int64_t(16000 - 4800));  // what there is room for
    QVERIFY((feed.run(false, 10) == Changes{SegmentChange::ended}));
}

void SegmenterTest::resetForgets() {
    Feed feed;
    feed.run(false, 50);
    feed.run(true, 5);
    feed.segmenter.reset();
    feed.frame = 0;
    feed.taken.clear();
    QVERIFY(!feed.segmenter.inSegment());
    feed.run(false, 10);
    feed.run(true, 1);
    QVERIFY(consecutive(feed.taken, 0, 11 * 160));
}

void SegmenterTest::neitherAllocatesNorLocks() {
    Segmenter segmenter;
    QVERIFY(segmenter.prepare(kRate, SegmentParams{}).has_value());
    const std::vector<float> block(160);
    std::vector<float> out(5000);
    const test::RtGuard guard;
    for (int i = 0; i < 1000; ++i) {
        segmenter.process(i % 100 < 30, block);
        segmenter.take(out);
    }
    QCOMPARE(guard.allocations(), std::int64_t(0));
    QCOMPARE(guard.locks(), std::int64_t(0));
}

}  // namespace doubletalk::speech

QTEST_APPLESS_MAIN(doubletalk::speech::SegmenterTest)
#include "segmenter_test.moc"
