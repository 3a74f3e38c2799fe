// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/rt_guard.h"

#include <pthread.h>

#include <QTest>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

using doubletalk::test::RtGuard;

namespace {
/// Keeps the compiler from dropping a pair of new and delete.
void use(void* memory) { asm volatile("" : : "r"(memory) : "memory"); }
}  // namespace

/// The guard sees every kind of allocation and lock, on this thread and only inside its scope.
class RtGuardTest : public QObject {
    Q_OBJECT
private slots:
    void seesMallocFamily();
    void seesNewAndContainers();
    void seesLocks();
    void seesSharedLibraries();
    void ignoresOtherThreadsAndOutside();
};

void RtGuardTest::seesMallocFamily() {
    RtGuard guard;
    void* a = std::malloc(10);
    use(a);
    QCOMPARE(guard.allocations(), 1);
    a = std::realloc(a, 100000);
    use(a);
    QVERIFY(guard.allocations() >= 2);
    std::free(a);
    QVERIFY(guard.frees() >= 1);
    const auto before = guard.allocations();
    void* b = std::calloc(3, 7);
    void* c = std::aligned_alloc(64, 128);
    void* d = nullptr;
    const int rc = posix_memalign(&d, 64, 128);
    use(b);
    use(c);
    use(d);
    const auto made = guard.allocations() - before;
    std::free(b);
    std::free(c);
    std::free(d);
    QCOMPARE(rc, 0);
    // The thread sanitizer tells of no aligned allocation.
    QCOMPARE(made, RtGuard::kSeesAligned ? 3 : 1);
}

void RtGuardTest::seesNewAndContainers() {
    RtGuard guard;
    auto number = std::make_unique<int>(3);
    use(number.get());
    const auto after_new = guard.allocations();
    std::vector<float> values(100);
    use(values.data());
    const auto after_vector = guard.allocations();
    number.reset();
    const auto freed = guard.frees();
    QCOMPARE(after_new, 1);
    QCOMPARE(after_vector, 2);
    QCOMPARE(freed, 1);
}

void RtGuardTest::seesLocks() {
    if (!RtGuard::kSeesLocks) QSKIP("the thread sanitizer keeps the lock functions to itself");
    std::mutex mutex;
    std::shared_mutex shared;
    RtGuard guard;
    mutex.lock();
    mutex.unlock();
    const auto one = guard.locks();
    const bool got = mutex.try_lock();
    const auto two = guard.locks();
    if (got) mutex.unlock();
    shared.lock();
    shared.unlock();
    const auto three = guard.locks();
    shared.lock_shared();
    shared.unlock_shared();
    const auto four = guard.locks();
    QCOMPARE(one, 1);
    QCOMPARE(two, 2);
    QCOMPARE(three, 3);
    QCOMPARE(four, 4);
}

void RtGuardTest::seesSharedLibraries() {
    RtGuard guard;
    const QByteArray text(1000, 'x');
    QVERIFY(text.size() == 1000);
    QVERIFY(guard.allocations() >= 1);
}

void RtGuardTest::ignoresOtherThreadsAndOutside() {
    std::int64_t allocations = -1;
    {
        std::thread* other = nullptr;
        RtGuard guard;
        other = new std::thread([] {
            for (int i = 0; i < 1000; ++i) use(std::make_unique<int>(i).get());
        });
        other->join();
        delete other;
        allocations = guard.allocations();
    }
    QVERIFY(allocations < 20);
    auto outside = std::make_unique<int>(1);
    use(outside.get());
    RtGuard guard;
    QCOMPARE(guard.allocations(), 0);
    QCOMPARE(guard.locks(), 0);
}

QTEST_APPLESS_MAIN(RtGuardTest)
#include "rt_guard_test.moc"
