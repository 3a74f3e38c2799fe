// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QTest>
#include <fstream>

#include "tests/engine/session/session_feed.h"

using namespace doubletalk;
using namespace doubletalk::session;
using doubletalk::session::test::Feed;

namespace {

std::string bytesOf(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void store(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

/// Folders that are no whole session: an error says what, where and what to do, nothing crashes.
class SessionBrokenTest : public QObject {
    Q_OBJECT
private slots:
    void init();
    void missingAndEmptyFolders();
    void newerVersionIsNamed();
    void eachMissingFileIsNamed();
    void eachShortenedFileIsNamed();
    void brokenLinesAreNumbered();
    void itemCannotReachOutside();
    void randomBytesNeverCrash();
    void writerRefusesWhatCannotBe();

private:
    [[nodiscard]] std::filesystem::path folder() const {
        return std::filesystem::path(dir_->path().toStdString()) / "s";
    }
    /// The message of the error readSession gives; empty when it gives none.
    [[nodiscard]] std::string problem() const {
        const auto got = readSession(folder());
        if (got) return {};
        if (got.error().hint.empty() || got.error().where.empty()) return "incomplete error";
        return got.error().message();
    }
    std::unique_ptr<QTemporaryDir> dir_;
};

void SessionBrokenTest::init() {
    dir_ = std::make_unique<QTemporaryDir>();
    Feed feed(6);
    auto writer = SessionWriter::create(folder(), feed.header);
    QVERIFY(writer);
    feed.item(**writer, 1);
    for (int i = 0; i < 40; ++i) feed.block(**writer);
    QVERIFY((*writer)->finish({}));
    QCOMPARE(problem(), std::string());
}

void SessionBrokenTest::missingAndEmptyFolders() {
    std::filesystem::remove_all(folder());
    QVERIFY(problem().find("no such folder") != std::string::npos);
    std::filesystem::create_directory(folder());
    QVERIFY(problem().find("no session.json") != std::string::npos);
    store(folder() / "session.json", "");
    QVERIFY(problem().find("empty") != std::string::npos);
    store(folder() / "session.json", "{}");
    QVERIFY(problem().find("format_version") != std::string::npos);
}

void SessionBrokenTest::newerVersionIsNamed() {
    auto json = nlohmann::json::parse(bytesOf(folder() / "session.json"));
    json["format_version"] = kFormatVersion + 1;
    store(folder() / "session.json", json.dump());
    const auto got = readSession(folder());
    QVERIFY(!got);
    QCOMPARE(got.error().kind, ErrorKind::unsupported);
    QVERIFY(got.error().message().find("version 2") != std::string::npos);
    QVERIFY(got.error().hint.find("newer") != std::string::npos);
}

void SessionBrokenTest::eachMissingFileIsNamed() {
    for (const auto* name : {"audio.wav", "events.jsonl", "packets.pcap", "metrics.csv",
                             "machine.csv", "tracks/playback.wav", "tracks/item-1.wav"}) {
        init();
        std::filesystem::remove(folder() / name);
        QVERIFY2(problem().find(name) != std::string::npos, (name + (": " + problem())).c_str());
    }
}

void SessionBrokenTest::eachShortenedFileIsNamed() {
    for (const auto* name : {"audio.wav", "events.jsonl", "packets.pcap", "metrics.csv",
                             "machine.csv", "tracks/playback.wav", "tracks/item-1.wav"}) {
        const auto whole = bytesOf(folder() / name);
        for (const std::size_t left :
             {std::size_t(0), std::size_t(11), whole.size() / 2, whole.size() - 1}) {
            store(folder() / name, whole.substr(0, left));
            const auto base = std::filesystem::path(name).filename().string();
            QVERIFY2(problem().find(base) != std::string::npos,
                     (base + " " + std::to_string(left) + ": " + problem()).c_str());
        }
        store(folder() / name, whole);
        QCOMPARE(problem(), std::string());
    }
}

void SessionBrokenTest::brokenLinesAreNumbered() {
    const auto whole = bytesOf(folder() / "events.jsonl");
    const auto second = whole.find('\n') + 1;
    for (const auto* line :
         {"nonsense\n", "{\"type\":\"event\"}\n", "[1,2]\n", "{\"type\":\"event\",\"block\":-4}\n",
          "{\"type\":\"event\",\"block\":1,\"kind\":\"party\"}\n",
          "{\"type\":\"event\",\"block\":1,\"item\":99999999999}\n",
          "{\"type\":\"packet\",\"block\":1,\"sequence\":65536}\n",
          "{\"type\":\"exchange\",\"block\":1,\"lost\":1}\n"}) {
        store(folder() / "events.jsonl", whole.substr(0, second) + line + whole.substr(second));
        QVERIFY2(problem().find("events.jsonl, line 2") != std::string::npos, line);
    }
    store(folder() / "events.jsonl", whole);
    const auto metrics = bytesOf(folder() / "metrics.csv");
    for (const auto* row : {"1,2\n", "x,1,2,3\n", "1,1,2,3,4\n", "-1,1,2,3\n", "1e300,1,2,3\n"}) {
        store(folder() / "metrics.csv", metrics + row);
        QVERIFY2(problem().find("metrics.csv, line 6") != std::string::npos, problem().c_str());
    }
}

void SessionBrokenTest::itemCannotReachOutside() {
    auto text = bytesOf(folder() / "events.jsonl");
    const auto at = text.find("item-1.wav");
    QVERIFY(at != std::string::npos);
    store(folder() / "events.jsonl", text.replace(at, 10, "item-/../../x"));
    QVERIFY(problem().find("'file'") != std::string::npos);
}

void SessionBrokenTest::randomBytesNeverCrash() {
    Random random(99);
    int refused = 0, tries = 0;
    for (const auto* name : {"session.json", "audio.wav", "events.jsonl", "packets.pcap",
                             "metrics.csv", "tracks/playback.wav", "tracks/item-1.wav"}) {
        const auto whole = bytesOf(folder() / name);
        for (int i = 0; i < 60; ++i, ++tries) {
            auto broken = whole;
            for (auto n = 1 + random.bits() % 8; n > 0; --n) {
                // Half of the damage where the headers are.
                const auto reach =
                    random.chance(0.5) ? std::min<std::size_t>(120, broken.size()) : broken.size();
                broken[random.bits() % reach] = static_cast<char>(random.bits());
            }
            if (i % 10 == 0) {
                for (auto& c : broken) c = static_cast<char>(random.bits());
            }
            store(folder() / name, broken);
            const auto got = readSession(folder());
            refused += got ? 0 : 1;
            QVERIFY(got || !got.error().what.empty());
        }
        store(folder() / name, whole);
    }
    QVERIFY(refused > tries / 4);
    QCOMPARE(problem(), std::string());
}

void SessionBrokenTest::writerRefusesWhatCannotBe() {
    const Feed feed;
    const auto used = SessionWriter::create(folder(), feed.header);
    QVERIFY(!used);
    QVERIFY(used.error().message().find("not empty") != std::string::npos);
    const auto fresh = folder().parent_path() / "new";
    auto header = feed.header;
    header.rate_hz = 44100;
    QVERIFY(!SessionWriter::create(fresh, header));
    header = feed.header;
    header.metrics = {"a,b"};
    QVERIFY(!SessionWriter::create(fresh, header));
    header.metrics = {"a", "a"};
    QVERIFY(!SessionWriter::create(fresh, header));
    QVERIFY(!SessionWriter::create(folder() / "session.json" / "x", feed.header));
    const auto writer = SessionWriter::create(fresh, feed.header);
    QVERIFY(writer);
    for (const auto* name : {"", "../x", "playback", "item-1", ".hidden", "a/b"}) {
        QVERIFY2(!(*writer)->track(name, 8000, {}), name);
    }
    const std::vector<float> samples(80, 0.5F);
    QVERIFY((*writer)->track("phone", 8000, samples));
}

QTEST_APPLESS_MAIN(SessionBrokenTest)
#include "session_broken_test.moc"
