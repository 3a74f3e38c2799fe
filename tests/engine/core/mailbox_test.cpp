// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/mailbox.h"

#include <QtTest>
#include <atomic>
#include <thread>

namespace doubletalk {
namespace {

struct Snapshot {
    std::int64_t first = 0;
    std::int64_t middle[30] = {};
    std::int64_t last = 0;
};

}  // namespace

class MailboxTest : public QObject {
    Q_OBJECT
private slots:
    void givesTheNewestOnce();
    void twoThreadsNeverSeeHalfAValue();
};

void MailboxTest::givesTheNewestOnce() {
    Mailbox<int> box;
    int value = -1;
    QVERIFY(!box.get(value));
    box.put(1);
    box.put(2);
    box.put(3);
    QVERIFY(box.get(value));
    QCOMPARE(value, 3);
    value = 0;
    QVERIFY(!box.get(value));
    QCOMPARE(value, 3);  // the previous one again
}

void MailboxTest::twoThreadsNeverSeeHalfAValue() {
    constexpr std::int64_t kPuts = 500'000;
    Mailbox<Snapshot> box;
    std::thread writer([&box] {
        Snapshot s;
        for (std::int64_t i = 1; i <= kPuts; ++i) {
            s.first = i;
            for (auto& m : s.middle) m = i;
            s.last = i;
            box.put(s);
        }
    });
    Snapshot seen;
    std::int64_t before = 0;
    bool whole = true;
    bool forward = true;
    while (seen.last < kPuts) {
        const bool fresh = box.get(seen);
        for (const auto m : seen.middle) whole = whole && m == seen.first;
        whole = whole && seen.first == seen.last;
        forward = forward && (fresh ? seen.first > before : seen.first == before);
        before = seen.first;
    }
    writer.join();
    QVERIFY(whole);
    QVERIFY(forward);
}

}  // namespace doubletalk

QTEST_APPLESS_MAIN(doubletalk::MailboxTest)
#include "mailbox_test.moc"
