// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <array>
#include <fstream>
#include <map>
#include <thread>

#include "engine/core/thread_role.h"
#include "engine/session/wav_file.h"
#include "tests/engine/session/session_feed.h"
#include "tests/support/rt_guard.h"

using namespace doubletalk;
using namespace doubletalk::session;
using doubletalk::session::test::Feed;

namespace {

std::filesystem::path pathIn(const QTemporaryDir& dir, const char* name = "s") {
    return std::filesystem::path(dir.path().toStdString()) / name;
}

/// A session of so many blocks; feed remembers what is in it.
Session record(Feed& feed, const std::filesystem::path& folder, int blocks) {
    auto writer = SessionWriter::create(folder, feed.header);
    if (!writer) qFatal("%s", writer.error().message().c_str());
    for (int i = 0; i < blocks; ++i) {
        if (i % 20 == 7) feed.item(**writer, static_cast<ItemId>(i / 40 + 1));
        feed.block(**writer);
        (*writer)->waitForSpace();
    }
    const auto done = (*writer)->finish({{"heard_ms", 12.5}});
    if (!done) qFatal("%s", done.error().message().c_str());
    auto session = readSession(folder);
    if (!session) qFatal("%s", session.error().message().c_str());
    return std::move(*session);
}

std::string bytesOf(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::uint32_t number(const std::string& bytes, std::size_t at, int n, bool big) {
    std::uint32_t value = 0;
    for (int i = 0; i < n; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[at + std::size_t(big ? i : n - 1 - i)]);
        value = value << 8 | byte;
    }
    return value;
}

}  // namespace

class SessionRoundTripTest : public QObject {
    Q_OBJECT
private slots:
    void everythingComesBackBitForBit();
    void linesKeepTheirOrder();
    void filesDoNotDependOnTheDiskThread();
    void wavHasNoPeakAndRoomForRf64();
    void pcapIsWhatWiresharkExpects();
    void compareFindsEachChange();
    void workerVerbsNeitherAllocateNorLock();
    void emptySessionIsReadable();
};

void SessionRoundTripTest::everythingComesBackBitForBit() {
    QTemporaryDir dir;
    Feed feed(5);
    const auto got = record(feed, pathIn(dir), 1000);
    QVERIFY(got.complete);
    QVERIFY2(got.notes.empty(), got.notes.empty() ? "" : got.notes[0].c_str());
    QCOMPARE(got.blocks(), BlockIndex(1000));
    QCOMPARE(QString::fromStdString(session::test::checkPrefix(got, feed.expected)), QString());
    QCOMPARE(got.items.size(), feed.expected.items.size());
    for (std::size_t i = 0; i < got.items.size(); ++i) {
        const auto &g = got.items[i], &e = feed.expected.items[i];
        QVERIFY(g.block == e.block && g.item == e.item && g.rate_hz == e.rate_hz);
        QVERIFY(g.text == e.text && g.kind == e.kind && g.direct == e.direct);
        QVERIFY(session::test::sameBits(g.samples, e.samples));
    }
    QCOMPARE(got.machine.rows.size(), feed.expected.machine.rows.size());
    QVERIFY(got.machine.rows == feed.expected.machine.rows);
    QCOMPARE(got.metrics.columns, feed.expected.metrics.columns);
    QCOMPARE(got.description["scene"]["id"].get<std::string>(), std::string("made_up"));
    QCOMPARE(got.description["summary"]["heard_ms"].get<double>(), 12.5);
    QCOMPARE(got.description["format_version"].get<int>(), 1);
    QVERIFY(got.description["bit_exact"].get<bool>());
    QVERIFY(got.description["complete"].get<bool>());
    QVERIFY(compareSessions(got, feed.expected).empty());
}

void SessionRoundTripTest::linesKeepTheirOrder() {
    QTemporaryDir dir;
    Feed feed(2);
    (void)record(feed, pathIn(dir), 200);
    std::ifstream in(pathIn(dir) / "events.jsonl");
    BlockIndex before = 0;
    int lines = 0;
    for (std::string line; std::getline(in, line); ++lines) {
        const auto json = nlohmann::json::parse(line);  // each line stands for itself
        const auto block = json["block"].get<BlockIndex>();
        QVERIFY(block >= before);
        before = block;
        if (json["type"] == "exchange") QVERIFY2(line.size() < 250, line.c_str());
    }
    QVERIFY(lines > 400);
}

void SessionRoundTripTest::filesDoNotDependOnTheDiskThread() {
    QTemporaryDir dir;
    Feed one(9), two(9);
    (void)record(one, pathIn(dir, "a"), 300);
    {  // the same, but in fits and starts
        auto writer = SessionWriter::create(pathIn(dir, "b"), two.header);
        QVERIFY(writer);
        for (int i = 0; i < 300; ++i) {
            if (i % 20 == 7) two.item(**writer, static_cast<ItemId>(i / 40 + 1));
            two.block(**writer);
            if (i % 37 == 0) QVERIFY((*writer)->flush());
        }
        QVERIFY((*writer)->finish({{"heard_ms", 12.5}}));
    }
    for (const auto* name : {"session.json", "events.jsonl", "metrics.csv", "machine.csv",
                             "packets.pcap", "audio.wav", "tracks/playback.wav"}) {
        QVERIFY2(bytesOf(pathIn(dir, "a") / name) == bytesOf(pathIn(dir, "b") / name), name);
    }
    QVERIFY(!bytesOf(pathIn(dir, "a") / "packets.pcap").empty());
}

void SessionRoundTripTest::wavHasNoPeakAndRoomForRf64() {
    QTemporaryDir dir;
    Feed feed;
    (void)record(feed, pathIn(dir), 20);
    const auto wav = bytesOf(pathIn(dir) / "audio.wav");
    QCOMPARE(wav.substr(0, 4), std::string("RIFF"));
    QCOMPARE(wav.substr(8, 4), std::string("WAVE"));
    // The JUNK chunk becomes ds64 when the file grows over 4 GiB.
    QCOMPARE(wav.substr(12, 4), std::string("JUNK"));
    QCOMPARE(number(wav, 16, 4, false), 28U);
    QVERIFY(wav.find("PEAK") == std::string::npos);
    const auto format = wav.find("fmt ");
    QCOMPARE(number(wav, format + 10, 2, false), 3U);  // channels
    QCOMPARE(number(wav, format + 12, 4, false), 16000U);
    QCOMPARE(number(wav, format + 22, 2, false), 32U);
    const auto data = wav.find("data");
    QCOMPARE(std::size_t(number(wav, data + 4, 4, false)), std::size_t(20 * 160 * 3 * 4));
    QCOMPARE(wav.size(), data + 8 + 20 * 160 * 3 * 4);
}

void SessionRoundTripTest::pcapIsWhatWiresharkExpects() {
    QTemporaryDir dir;
    Feed feed(11);
    (void)record(feed, pathIn(dir), 200);
    const auto bytes = bytesOf(pathIn(dir) / "packets.pcap");
    QCOMPARE(number(bytes, 0, 4, false), 0xA1B23C4DU);
    QCOMPARE(number(bytes, 4, 2, false), 2U);
    QCOMPARE(number(bytes, 6, 2, false), 4U);
    QCOMPARE(number(bytes, 20, 4, false), 101U);  // LINKTYPE_RAW
    std::size_t at = 24;
    std::map<std::uint32_t, int> ports;
    for (const auto& packet : feed.expected.packets) {
        const auto& r = packet.record;
        if (r.arrival_ns < 0) continue;
        QVERIFY(at + 56 <= bytes.size());
        const auto length = number(bytes, at + 8, 4, false);
        QCOMPARE(number(bytes, at + 12, 4, false), length);
        QCOMPARE(std::int64_t(number(bytes, at, 4, false)) * 1000000000 +
                     number(bytes, at + 4, 4, false),
                 r.arrival_ns);
        const auto ip = at + 16;
        QCOMPARE(number(bytes, ip, 1, true), 0x45U);
        QCOMPARE(number(bytes, ip + 2, 2, true), length);
        QCOMPARE(number(bytes, ip + 9, 1, true), 17U);
        std::uint32_t sum = 0;  // with its checksum a header adds up to all ones
        for (std::size_t i = 0; i < 20; i += 2) sum += number(bytes, ip + i, 2, true);
        QCOMPARE((sum & 0xFFFF) + (sum >> 16), 0xFFFFU);
        QCOMPARE(number(bytes, ip + 24, 2, true), length - 20);
        ++ports[number(bytes, ip + 22, 2, true)];
        QCOMPARE(number(bytes, ip + 22, 2, true), 40000U + 2 * r.stream);
        const auto rtp = ip + 28;
        QCOMPARE(number(bytes, rtp, 1, true), 0x80U);
        constexpr std::array<std::uint32_t, 3> kTypes{96, 0, 8};
        QCOMPARE(number(bytes, rtp + 1, 1, true),
                 (r.header.marker ? 128U : 0U) | kTypes[std::size_t(r.header.payload_type)]);
        QCOMPARE(number(bytes, rtp + 2, 2, true), std::uint32_t(r.header.sequence));
        QCOMPARE(number(bytes, rtp + 4, 4, true), r.header.timestamp);
        QCOMPARE(std::size_t(length), 40 + packet.payload.size());
        QVERIFY(packet.payload.empty() ||
                std::memcmp(&bytes[rtp + 12], packet.payload.data(), packet.payload.size()) == 0);
        at += 16 + length;
    }
    QCOMPARE(at, bytes.size());
    QCOMPARE(ports.size(), std::size_t(2));
}

void SessionRoundTripTest::compareFindsEachChange() {
    QTemporaryDir dir;
    Feed feed(3);
    const auto good = record(feed, pathIn(dir), 100);
    QVERIFY(compareSessions(good, good).empty());
    const auto only = [&](const Session& other, BlockIndex block, const std::string& what) {
        const auto found = compareSessions(good, other);
        return found.size() == 1 && found[0].block == block && found[0].what == what;
    };
    auto audio = good;
    auto& sample = audio.taps["mic"][160 * 42 + 7];
    sample = std::bit_cast<float>(std::bit_cast<std::uint32_t>(sample) ^ 1U);
    QVERIFY(only(audio, 42, "audio.mic"));
    auto playback = good;
    std::size_t frames = 0;
    for (int i = 0; i < 31; ++i)
        frames += std::size_t(good.exchanges[std::size_t(i)].playback_frames);
    playback.playback[frames] = 0.123F;  // first frame of block 31
    QVERIFY(only(playback, 31, "audio.playback"));
    auto event = good;
    event.events[10].value2 = std::nextafter(event.events[10].value2, 5.0);
    if (std::isnan(good.events[10].value2)) event.events[10].value2 = 1.0;
    QVERIFY(only(event, good.events[10].block, "event"));
    auto missing = good;
    missing.events.erase(missing.events.begin() + 10);
    for (const auto& d : compareSessions(good, missing)) QCOMPARE(d.block, good.events[10].block);
    QVERIFY(!compareSessions(good, missing).empty());
    auto packet = good;
    packet.packets[5].record.header.sequence ^= 1;
    QVERIFY(only(packet, good.packets[5].record.block, "packet"));
    auto payload = good;
    payload.packets[5].payload.push_back(std::byte(0));
    QVERIFY(only(payload, good.packets[5].record.block, "packet"));
    auto metrics = good;
    metrics.metrics.rows[4][2] = 17.0;
    QVERIFY(only(metrics, 49, "metrics.erle_db"));
    auto nan = good;
    nan.metrics.rows[4][2] = std::numeric_limits<double>::quiet_NaN();
    QVERIFY(compareSessions(nan, nan).empty());
    auto shorter = good;
    shorter.taps["out"].resize(160 * 90);
    QVERIFY(only(shorter, 90, "audio.out"));
    auto all = good;
    for (auto& s : all.taps["mic"]) s = 0.5F;
    for (auto& p : all.packets) p.record.header.speech = !p.record.header.speech;
    const auto few = compareSessions(good, all, 7);
    QCOMPARE(few.size(), std::size_t(7));
    for (std::size_t i = 1; i < few.size(); ++i) QVERIFY(few[i - 1].block <= few[i].block);
}

void SessionRoundTripTest::workerVerbsNeitherAllocateNorLock() {
    QTemporaryDir dir;
    Feed feed;
    auto created = SessionWriter::create(pathIn(dir), feed.header);
    QVERIFY(created);
    auto& writer = **created;
    const std::vector<float> samples(160, 0.25F);
    const std::vector<std::span<const float>> taps(3, std::span<const float>(samples));
    const std::vector<std::byte> payload(640);
    const std::vector<double> values{1.0, 2.0}, load{3.0};
    std::thread worker([&] {
        const ScopedRole role(ThreadRole::worker);
        const doubletalk::test::RtGuard guard;
        for (BlockIndex b = 0; b < 20000; ++b) {  // far more than the ring takes
            writer.exchange({.block = b});
            writer.playback(samples);
            writer.command({.block = b, .name = "spike"});
            writer.answer({.block = b});
            writer.event({.block = b});
            writer.packet({.block = b, .arrival_ns = 1}, payload);
            writer.metrics(b, 0.0, values);
            writer.machine(b, 0.0, load);
            writer.block(taps);
        }
        QCOMPARE(guard.allocations(), std::int64_t(0));
        QCOMPARE(guard.frees(), std::int64_t(0));
        QCOMPARE(guard.locks(), std::int64_t(0));
    });
    worker.join();
    QVERIFY(writer.finish({}));
}

void SessionRoundTripTest::emptySessionIsReadable() {
    QTemporaryDir dir;
    Feed feed;
    const auto got = record(feed, pathIn(dir), 0);
    QVERIFY(got.complete);
    QCOMPARE(got.blocks(), BlockIndex(0));
    Feed tapless(1, {});
    tapless.header.taps.clear();
    const auto bare = record(tapless, pathIn(dir, "bare"), 30);
    QCOMPARE(bare.blocks(), BlockIndex(30));
    QCOMPARE(QString::fromStdString(session::test::checkPrefix(bare, tapless.expected)), QString());
}

QTEST_APPLESS_MAIN(SessionRoundTripTest)
#include "session_round_trip_test.moc"
