// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/spool.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <thread>

#include "tests/engine/session/session_feed.h"

using namespace doubletalk;
using namespace doubletalk::session;
using doubletalk::session::test::Feed;

namespace {

/// The program started again: fills a spool, says so on standard output, waits to be killed.
int runVictim(const char* root) {
    Feed feed(31);
    auto spool = Spool::create(root, feed.header, {});
    if (!spool) return 1;
    while (feed.next() < 120) feed.block((*spool)->writer());
    if (!(*spool)->writer().flush()) return 2;
    if (::write(1, "x", 1) != 1) return 3;
    while (true) ::pause();
}

}  // namespace

class SpoolTest : public QObject {
    Q_OBJECT
private slots:
    void init() { dir_ = std::make_unique<QTemporaryDir>(); }
    void keepsFromBlockZeroWhileRunning();
    void goesWithItsOwner();
    void dropsItsStartWhenFull();
    void orphanIsFoundAndRecovered();
    void settingIsInTheTable();

private:
    [[nodiscard]] std::filesystem::path path(const char* name) const {
        return std::filesystem::path(dir_->path().toStdString()) / name;
    }
    std::unique_ptr<QTemporaryDir> dir_;
};

void SpoolTest::keepsFromBlockZeroWhileRunning() {
    Feed feed(12);
    auto spool = Spool::create(path("spool"), feed.header, {});
    QVERIFY2(spool, spool ? "" : spool.error().message().c_str());
    for (int i = 0; i < 300; ++i) {
        if (i == 50 || i == 250) feed.item((*spool)->writer(), ItemId(i));
        feed.block((*spool)->writer());
    }
    QVERIFY((*spool)->keep(path("kept"), 100, 200));
    const auto kept = readSession(path("kept"));
    QVERIFY2(kept, kept ? "" : kept.error().message().c_str());
    QVERIFY(kept->complete);
    QCOMPARE(kept->blocks(), BlockIndex(200));
    QCOMPARE(QString::fromStdString(test::checkPrefix(*kept, feed.expected)), QString());
    QCOMPARE(kept->items.size(), std::size_t(1));
    QVERIFY(kept->description["bit_exact"].get<bool>());
    QCOMPARE(kept->description["marked"]["from_block"].get<int>(), 100);
    QCOMPARE(kept->description["marked"]["to_block"].get<int>(), 200);
    // Recording goes on, and what is there so far can be kept, too.
    for (int i = 0; i < 100; ++i) feed.block((*spool)->writer());
    QVERIFY((*spool)->keep(path("later"), 0, -1));
    const auto later = readSession(path("later"));
    QVERIFY(later);
    QVERIFY(later->blocks() >= 399);
    QCOMPARE(QString::fromStdString(test::checkPrefix(*later, feed.expected)), QString());
    QVERIFY((*spool)->finish({{"end", true}}));
    QVERIFY((*spool)->keep(path("whole"), 0, -1));
    const auto whole = readSession(path("whole"));
    QVERIFY(whole);
    QCOMPARE(whole->blocks(), BlockIndex(400));
    QVERIFY(compareSessions(*whole, feed.expected).empty());
    QVERIFY(whole->description["summary"]["end"].get<bool>());
    QVERIFY(!(*spool)->keep(path("whole"), 0, -1));  // never overwrites
    QVERIFY(!(*spool)->keep(path("x"), 5, 5));
    QVERIFY(!(*spool)->keep(path("x"), -1, 5));
}

void SpoolTest::goesWithItsOwner() {
    Feed feed;
    auto one = Spool::create(path("spool"), feed.header, {});
    auto two = Spool::create(path("spool"), feed.header, {});
    QVERIFY(one && two);
    QVERIFY((*one)->folder() != (*two)->folder());
    QVERIFY((*one)->folder().string().find(std::to_string(::getpid())) != std::string::npos);
    QVERIFY(listOrphanSpools(path("spool")).empty());
    QVERIFY(!removeSpool({(*one)->folder(), ::getpid(), 0}));
    const auto folder = (*one)->folder();
    one->reset();
    QVERIFY(!std::filesystem::exists(folder));
    QVERIFY(std::filesystem::exists((*two)->folder()));
}

void SpoolTest::dropsItsStartWhenFull() {
    Feed feed(13);
    feed.header.taps = {"a", "b", "c", "d"};
    auto spool = Spool::create(path("spool"), feed.header, {.spool_mib = 1});
    QVERIFY(spool);
    auto& writer = (*spool)->writer();
    std::int64_t most = 0;
    for (int i = 0; i < 1200; ++i) {  // 1200 blocks of four taps: above 3 MiB of audio alone
        if (i == 5) feed.item(writer, 1);
        feed.block(writer);
        if (i % 50 == 0) {
            QVERIFY(writer.flush());
            std::int64_t bytes = 0;
            for (const auto& e :
                 std::filesystem::recursive_directory_iterator((*spool)->folder())) {
                if (e.is_regular_file()) bytes += std::int64_t(e.file_size());
            }
            most = std::max(most, bytes);
        }
    }
    QVERIFY(writer.flush());
    QVERIFY2(most < (3 << 19), std::to_string(most).c_str());  // the limit and one stretch
    QVERIFY((*spool)->finish({}));
    const auto first = writer.firstBlock();
    QVERIFY(first > 0);
    QVERIFY((*spool)->keep(path("kept"), 0, -1));
    const auto kept = readSession(path("kept"));
    QVERIFY2(kept, kept ? "" : kept.error().message().c_str());
    QVERIFY(!kept->description["bit_exact"].get<bool>());
    QVERIFY(kept->description["bit_exact_reason"].get<std::string>().find("spool") !=
            std::string::npos);
    QCOMPARE(kept->first_block, first);
    QCOMPARE(kept->end_block, BlockIndex(1200));
    const auto& got = kept->taps.at("b");
    const auto& all = feed.expected.taps.at("b");
    QVERIFY(test::sameBits(got, {all.begin() + first * 160, all.end()}));
    for (const auto& exchange : kept->exchanges) QVERIFY(exchange.block >= first - 1);
    QVERIFY(std::filesystem::is_empty((*spool)->folder() / "session" / "tracks") ||
            !std::filesystem::exists((*spool)->folder() / "session" / "tracks" / "item-1.wav"));
}

void SpoolTest::orphanIsFoundAndRecovered() {
    int ends[2];
    QCOMPARE(::pipe(ends), 0);
    const auto root = path("spool").string();
    const auto pid = ::fork();
    if (pid == 0) {
        ::dup2(ends[1], 1);
        ::execl("/proc/self/exe", "victim", "--victim", root.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(ends[1]);
    char byte = 0;
    QCOMPARE(::read(ends[0], &byte, 1), ssize_t(1));
    QVERIFY(listOrphanSpools(root).empty());  // alive
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    ::close(ends[0]);
    const auto orphans = listOrphanSpools(root);
    QCOMPARE(orphans.size(), std::size_t(1));
    QCOMPARE(orphans[0].pid, std::int64_t(pid));
    QVERIFY(orphans[0].bytes > 100000);
    QVERIFY(recoverSpool(orphans[0], path("recovered")));
    const auto got = readSession(path("recovered"));
    QVERIFY2(got, got ? "" : got.error().message().c_str());
    QCOMPARE(got->blocks(), BlockIndex(119));
    QVERIFY(got->complete);
    Feed feed(31);
    auto again = SessionWriter::create(path("again"), feed.header);
    QVERIFY(again);
    while (feed.next() < 120) feed.block(**again);
    QCOMPARE(QString::fromStdString(test::checkPrefix(*got, feed.expected)), QString());
    QVERIFY(removeSpool(orphans[0]));
    QVERIFY(listOrphanSpools(root).empty());
    QVERIFY(!std::filesystem::exists(orphans[0].folder));
}

void SpoolTest::settingIsInTheTable() {
    SessionParams params;
    QCOMPARE(params.spool_mib, 1024);
    const auto table = sessionParamTable();
    QCOMPARE(table.size(), std::size_t(1));
    const auto value = params::parseParam(table[0], "session.spool_mib", "64");
    QVERIFY(value);
    table[0].set(&params, *value);
    QCOMPARE(params.spool_mib, 64);
    QVERIFY(!params::parseParam(table[0], "session.spool_mib", "0"));
}

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--victim") return runVictim(argv[2]);
    SpoolTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "spool_test.moc"
