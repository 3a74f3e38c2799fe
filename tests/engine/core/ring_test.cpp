// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/ring.h"

#include <QtTest>
#include <array>
#include <numeric>
#include <thread>
#include <vector>

#include "engine/core/random.h"
#include "tests/support/rt_guard.h"

namespace doubletalk {

class RingTest : public QObject {
    Q_OBJECT
private slots:
    void roundsUpAndStartsEmpty();
    void wrapsWithoutLosingOrder();
    void countsOverflow();
    void countsUnderflow();
    void spansShowTheMemoryItself();
    void countersGoOnBeyond32And62Bits();
    void keepsTheNewestTime();
    void twoThreadsLoseNothing();
    void neitherAllocatesNorLocks();
};

void RingTest::roundsUpAndStartsEmpty() {
    const Ring<float> ring(100);
    QCOMPARE(ring.capacity(), std::int64_t(128));
    QCOMPARE(ring.available(), std::int64_t(0));
    QCOMPARE(ring.space(), std::int64_t(128));
    QCOMPARE(ring.newestTimeNs(), std::int64_t(0));
}

void RingTest::wrapsWithoutLosingOrder() {
    Ring<int> ring(8);
    int next_in = 0;
    int next_out = 0;
    for (int round = 0; round < 1000; ++round) {
        std::array<int, 5> in{};
        std::iota(in.begin(), in.end(), next_in);
        QCOMPARE(ring.write(in), std::int64_t(5));
        next_in += 5;
        std::array<int, 5> out{};
        QCOMPARE(ring.read(std::span<int>(out)), std::int64_t(5));
        for (const int value : out) QCOMPARE(value, next_out++);
    }
    QCOMPARE(ring.overflowFrames(), std::int64_t(0));
    QCOMPARE(ring.underflowFrames(), std::int64_t(0));
}

void RingTest::countsOverflow() {
    Ring<int> ring(8);
    const std::array<int, 11> in{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    QCOMPARE(ring.write(in), std::int64_t(8));
    QCOMPARE(ring.overflowFrames(), std::int64_t(3));
    QCOMPARE(ring.write(std::span(in).first(2)), std::int64_t(0));
    QCOMPARE(ring.overflowFrames(), std::int64_t(5));
    std::array<int, 8> out{};
    ring.read(std::span<int>(out));
    QCOMPARE(out.front(), 0);  // the newest are dropped, the oldest stay
    QCOMPARE(out.back(), 7);
}

void RingTest::countsUnderflow() {
    Ring<int> ring(8);
    const std::array<int, 3> in{1, 2, 3};
    ring.write(in);
    std::array<int, 5> out{-1, -1, -1, -1, -1};
    QCOMPARE(ring.read(std::span<int>(out)), std::int64_t(3));
    QCOMPARE(out[3], -1);
    QCOMPARE(ring.underflowFrames(), std::int64_t(2));
    QCOMPARE(ring.read(std::span<int>(out), false), std::int64_t(0));
    QCOMPARE(ring.underflowFrames(), std::int64_t(2));
}

void RingTest::spansShowTheMemoryItself() {
    Ring<int> ring(8);
    std::array<int, 6> six{};
    ring.write(six);
    ring.read(std::span<int>(six));
    auto room = ring.prepareWrite(20);
    QCOMPARE(room.size(), std::int64_t(8));
    QCOMPARE(room.first.size(), std::size_t(2));  // up to the end, then from the start
    QCOMPARE(room.second.size(), std::size_t(6));
    QCOMPARE(ring.available(), std::int64_t(0));  // nothing is seen before the commit
    int value = 100;
    for (int& slot : room.first) slot = value++;
    for (int& slot : room.second) slot = value++;
    ring.commitWrite(4);
    const auto got = ring.prepareRead(20);
    QCOMPARE(got.size(), std::int64_t(4));
    QCOMPARE(got.first[0], 100);
    QCOMPARE(got.second[1], 103);
    QVERIFY(got.first.data() == room.first.data());
    ring.commitRead(1);
    QCOMPARE(ring.available(), std::int64_t(3));
    QVERIFY(ring.prepareWrite(-1).size() == 0);
}

void RingTest::countersGoOnBeyond32And62Bits() {
    for (const int bits : {31, 32, 53, 62}) {
        Ring<int> ring(8);
        const std::int64_t start = (std::int64_t(1) << bits) - 3;
        ring.commitWrite(start);  // as if so many frames had passed already
        ring.commitRead(start);
        for (int round = 0; round < 20; ++round) {
            const std::array<int, 3> in{round, round + 1, round + 2};
            QCOMPARE(ring.write(in), std::int64_t(3));
            std::array<int, 3> out{};
            QCOMPARE(ring.read(std::span<int>(out)), std::int64_t(3));
            QVERIFY(out == in);
        }
        QCOMPARE(ring.written(), start + 60);
        QCOMPARE(ring.read(), start + 60);
        QCOMPARE(ring.available(), std::int64_t(0));
    }
}

void RingTest::keepsTheNewestTime() {
    Ring<float> ring(16);
    const std::array<float, 4> in{};
    ring.write(in, 1'000);
    ring.write(in, 2'000);
    QCOMPARE(ring.newestTimeNs(), std::int64_t(2'000));
}

void RingTest::twoThreadsLoseNothing() {
    constexpr int kTotal = 2'000'000;
    Ring<int> ring(256);
    std::thread writer([&ring] {
        Random random(1);
        std::array<int, 100> in{};
        for (int next = 0; next < kTotal;) {
            const auto wanted =
                std::min<std::int64_t>(1 + std::int64_t(random.uniform() * 99), kTotal - next);
            const auto n = std::min(wanted, ring.space());
            if (n == 0) std::this_thread::yield();
            std::iota(in.begin(), in.begin() + n, next);
            next += int(ring.write(std::span(in).first(std::size_t(n)), next));
        }
    });
    Random random(2);
    std::array<int, 100> out{};
    int next = 0;
    bool in_order = true;
    bool time_fits = true;
    while (next < kTotal) {
        const auto n = std::size_t(1 + random.uniform() * 99);
        const auto got = ring.read(std::span(out).first(n), false);
        if (got == 0) std::this_thread::yield();
        for (std::int64_t i = 0; i < got; ++i) in_order = in_order && out[std::size_t(i)] == next++;
        time_fits = time_fits && ring.newestTimeNs() <= kTotal;
    }
    writer.join();
    QVERIFY(in_order);
    QVERIFY(time_fits);
    QCOMPARE(ring.overflowFrames(), std::int64_t(0));
    QCOMPARE(ring.available(), std::int64_t(0));
}

void RingTest::neitherAllocatesNorLocks() {
    Ring<float> ring(1024);
    std::array<float, 160> block{};
    const test::RtGuard guard;
    for (int i = 0; i < 100; ++i) {
        ring.write(block, i);
        ring.read(std::span<float>(block));
    }
    QCOMPARE(guard.allocations(), std::int64_t(0));
    QCOMPARE(guard.locks(), std::int64_t(0));
}

}  // namespace doubletalk

QTEST_APPLESS_MAIN(doubletalk::RingTest)
#include "ring_test.moc"
