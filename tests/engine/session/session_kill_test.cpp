// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <QTest>
#include <chrono>
#include <thread>

#include "engine/core/thread_role.h"
#include "tests/engine/session/session_feed.h"

using namespace doubletalk;
using namespace doubletalk::session;
using doubletalk::session::test::Feed;

namespace {

constexpr int kReportFd = 3;

/// The program started again: writes blocks in real time and tells each on a pipe, until killed.
int runVictim(const char* folder, const char* seed) {
    Feed feed(std::stoull(seed));
    feed.remember = false;
    auto writer = SessionWriter::create(folder, feed.header);
    if (!writer) return 1;
    const ScopedRole role(ThreadRole::worker);
    auto next = std::chrono::steady_clock::now();
    for (std::int64_t pushed = 1;; ++pushed) {
        feed.block(**writer);
        if (::write(kReportFd, &pushed, sizeof pushed) != sizeof pushed) return 2;
        std::this_thread::sleep_until(next += std::chrono::milliseconds(kBlockMs));
    }
}

struct Victim {
    pid_t pid = 0;
    int report = -1;

    Victim(const std::filesystem::path& folder, std::uint64_t seed) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) qFatal("no pipe");
        report = ends[0];
        const auto where = folder.string(), number = std::to_string(seed);
        pid = ::fork();
        if (pid == 0) {
            if (ends[1] == kReportFd)
                ::fcntl(kReportFd, F_SETFD, 0);
            else
                ::dup2(ends[1], kReportFd);
            ::execl("/proc/self/exe", "victim", "--victim", where.c_str(), number.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
    }
    ~Victim() { ::close(report); }

    /// Kills it; returns the blocks it had pushed.
    std::int64_t kill() const {
        ::kill(pid, SIGKILL);
        int status = 0;
        ::waitpid(pid, &status, 0);
        if (!WIFSIGNALED(status)) return -1;
        std::int64_t pushed = 0, last = 0;
        while (::read(report, &pushed, sizeof pushed) == sizeof pushed) last = pushed;
        return last;
    }
};

std::filesystem::path pathIn(const QTemporaryDir& dir, const std::string& name = "s") {
    return std::filesystem::path(dir.path().toStdString()) / name;
}

}  // namespace

class SessionKillTest : public QObject {
    Q_OBJECT
private slots:
    void killLosesAtMostASecond();
    void cutAnywhereIsStillAPrefix();
    void diskFullKeepsWhatWasWritten_data();
    void diskFullKeepsWhatWasWritten();
    void folderGoneIsSaid();
    void overflowIsSaidAndKeepsThePlace();
    void abandonedWriterLeavesEverything();

private:
    void fillDisk(const std::filesystem::path& folder);
};

void SessionKillTest::killLosesAtMostASecond() {
    QTemporaryDir dir;
    constexpr int kVictims = 6;
    Random random(2024);
    std::vector<std::unique_ptr<Victim>> victims;
    std::vector<int> life_ms;
    for (int i = 0; i < kVictims; ++i) {
        life_ms.push_back(1200 + int(random.uniform() * 1500) + i * 200);
        victims.push_back(std::make_unique<Victim>(pathIn(dir, std::to_string(i)), 100 + i));
    }
    std::vector<std::int64_t> pushed(kVictims, -1);
    const auto start = std::chrono::steady_clock::now();
    for (int killed = 0; killed < kVictims;) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        const auto now = std::chrono::steady_clock::now() - start;
        for (std::size_t i = 0; i < kVictims; ++i) {
            if (pushed[i] >= 0 || now < std::chrono::milliseconds(life_ms[i])) continue;
            pushed[i] = victims[i]->kill();
            QVERIFY2(pushed[i] > 20, "the victim ended by itself or never ran");
            ++killed;
        }
    }
    for (std::size_t i = 0; i < kVictims; ++i) {
        const auto folder = pathIn(dir, std::to_string(i));
        const auto got = readSession(folder);
        QVERIFY2(got, got ? "" : got.error().message().c_str());
        QVERIFY(!got->complete);
        QVERIFY(!got->notes.empty());
        const auto lost = pushed[i] - got->blocks();
        qInfo("victim %d: %d blocks pushed, %d lost", int(i), int(pushed[i]), int(lost));
        QVERIFY2(lost >= 0 && lost <= 100, "more than the last second is lost");
        // What is there is right: made again from the seed.
        QTemporaryDir again;
        Feed feed(100 + i);
        auto writer = SessionWriter::create(pathIn(again), feed.header);
        QVERIFY(writer);
        while (feed.next() < pushed[i]) feed.block(**writer);
        QCOMPARE(QString::fromStdString(test::checkPrefix(*got, feed.expected)), QString());
    }
}

/// A kill can fall between any two writes of a flush: every file may be longer than the audio.
void SessionKillTest::cutAnywhereIsStillAPrefix() {
    QTemporaryDir dir;
    Feed feed(77);
    auto writer = SessionWriter::create(pathIn(dir), feed.header);
    QVERIFY(writer);
    for (int i = 0; i < 60; ++i) feed.block(**writer);
    QVERIFY((*writer)->flush());
    const auto audio = pathIn(dir) / "audio.wav";
    const auto early = pathIn(dir, "audio.early");
    std::filesystem::copy_file(audio, early);
    for (int i = 0; i < 60; ++i) feed.block(**writer);
    QVERIFY((*writer)->flush());
    // The state right before the last write: everything new but the audio; then half lines, too.
    const auto victim = pathIn(dir, "victim");
    std::filesystem::copy(pathIn(dir), victim, std::filesystem::copy_options::recursive);
    std::filesystem::copy_file(early, victim / "audio.wav",
                               std::filesystem::copy_options::overwrite_existing);
    for (const std::uintmax_t cut : {0, 3, 20}) {
        for (const auto* name : {"events.jsonl", "packets.pcap", "metrics.csv"}) {
            const auto size = std::filesystem::file_size(victim / name);
            std::filesystem::resize_file(victim / name, size - cut);
        }
        const auto got = readSession(victim);
        QVERIFY2(got, got ? "" : got.error().message().c_str());
        QVERIFY(!got->complete);
        QCOMPARE(got->blocks(), BlockIndex(59));  // all but the last, which may miss records
        QCOMPARE(QString::fromStdString(test::checkPrefix(*got, feed.expected)), QString());
    }
}

void SessionKillTest::fillDisk(const std::filesystem::path& folder) {
    Feed feed(4);
    auto created = SessionWriter::create(folder, feed.header);
    QVERIFY2(created, created ? "" : created.error().message().c_str());
    auto& writer = **created;
    for (int i = 0; i < 2000; ++i) {
        feed.block(writer);
        writer.waitForSpace();
    }
    QVERIFY(!writer.flush());
    QVERIFY(!writer.diskError().empty());
    qInfo("%s", writer.diskError().c_str());
    for (int i = 0; i < 50; ++i) feed.block(writer);  // the engine goes on
    QVERIFY(!writer.finish({}));
    const auto got = readSession(folder);
    QVERIFY2(got, got ? "" : got.error().message().c_str());
    QVERIFY(!got->complete);
    QVERIFY(!got->description["bit_exact"].get<bool>());
    QVERIFY(!got->description["disk_error"].get<std::string>().empty());
    QVERIFY(got->blocks() < 2000);
    QCOMPARE(QString::fromStdString(test::checkPrefix(*got, feed.expected)), QString());
}

void SessionKillTest::diskFullKeepsWhatWasWritten_data() {
    QTest::addColumn<bool>("tmpfs");
    QTest::newRow("file size limit") << false;
    QTest::newRow("full disk") << true;
}

void SessionKillTest::diskFullKeepsWhatWasWritten() {
    QFETCH(bool, tmpfs);
    QTemporaryDir dir;
    if (tmpfs) {
        const auto mount = pathIn(dir, "mount");
        std::filesystem::create_directory(mount);
        if (::mount("tmpfs", mount.c_str(), "tmpfs", 0, "size=2m") != 0) {
            QSKIP("needs the right to mount; the file size limit is tested in any case");
        }
        fillDisk(mount / "s");
        ::umount2(mount.c_str(), MNT_DETACH);
        return;
    }
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
    rlimit limit = before;
    limit.rlim_cur = 1 << 20;
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    fillDisk(pathIn(dir));
    QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
}

void SessionKillTest::folderGoneIsSaid() {
    QTemporaryDir dir;
    Feed feed;
    auto writer = SessionWriter::create(pathIn(dir), feed.header);
    QVERIFY(writer);
    std::filesystem::remove_all(pathIn(dir));
    for (int i = 0; i < 10; ++i) feed.block(**writer);
    QVERIFY(!(*writer)->flush());
    QVERIFY((*writer)->diskError().find("gone") != std::string::npos);
    QVERIFY(!(*writer)->finish({}));
}

void SessionKillTest::overflowIsSaidAndKeepsThePlace() {
    QTemporaryDir dir;
    Feed feed(8);
    feed.header.ring_bytes = 64 << 10;
    auto writer = SessionWriter::create(pathIn(dir), feed.header);
    QVERIFY(writer);
    for (int i = 0; i < 3000; ++i) feed.block(**writer);  // never waits
    QVERIFY((*writer)->flush());
    QVERIFY((*writer)->droppedRecords() > 100);
    {  // said at once, not only at the end
        const auto killed = readSession(pathIn(dir));
        QVERIFY(killed);
        QVERIFY(!killed->description["bit_exact"].get<bool>());
    }
    feed.block(**writer);
    QVERIFY((*writer)->finish({}));
    const auto got = readSession(pathIn(dir));
    QVERIFY2(got, got ? "" : got.error().message().c_str());
    QVERIFY(!got->description["bit_exact"].get<bool>());
    QVERIFY(!got->description["bit_exact_reason"].get<std::string>().empty());
    QCOMPARE(got->description["dropped_records"].get<std::int64_t>(), (*writer)->droppedRecords());
    QCOMPARE(got->blocks(), BlockIndex(3001));
    // The last block lies where it belongs although many before it are missing.
    const auto& mic = got->taps.at("mic");
    const auto& wanted = feed.expected.taps.at("mic");
    QCOMPARE(mic.size(), wanted.size());
    QVERIFY(std::memcmp(&mic[3000 * 160], &wanted[3000 * 160], 160 * sizeof(float)) == 0);
}

void SessionKillTest::abandonedWriterLeavesEverything() {
    QTemporaryDir dir;
    Feed feed;
    {
        auto writer = SessionWriter::create(pathIn(dir), feed.header);
        QVERIFY(writer);
        for (int i = 0; i < 30; ++i) feed.block(**writer);
    }
    const auto got = readSession(pathIn(dir));
    QVERIFY2(got, got ? "" : got.error().message().c_str());
    QVERIFY(!got->complete);
    QCOMPARE(got->blocks(), BlockIndex(29));
}

int main(int argc, char** argv) {
    if (argc == 4 && std::string_view(argv[1]) == "--victim") return runVictim(argv[2], argv[3]);
    SessionKillTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "session_kill_test.moc"
