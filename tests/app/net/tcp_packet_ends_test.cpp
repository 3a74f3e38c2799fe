// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/tcp_packet_ends.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>
#include <future>
#include <vector>

#include "app/net/ingest_sender.h"
#include "app/net/ingest_server.h"
#include "app/net/source_reader.h"
#include "engine/codec/codec_nodes.h"
#include "engine/device/audio_file.h"
#include "engine/device/device_ends.h"
#include "engine/device/file_device.h"
#include "engine/flow/async_runner.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/packetizer.h"

namespace doubletalk::net {
namespace {

using flow::Status;

constexpr StreamFormat kFormat{SampleRate{16000}, 20};

/// No two neighbours are equal, and 16 bits keep them.
std::vector<float> ramp(std::size_t frames) {
    std::vector<float> samples(frames);
    for (std::size_t i = 0; i < frames; ++i) {
        samples[i] = float(int(i % 60'000) - 30'000) * 0x1.0p-15F;
    }
    return samples;
}

std::vector<std::int16_t> ramp16(std::size_t frames) {
    std::vector<std::int16_t> samples(frames);
    for (std::size_t i = 0; i < frames; ++i) samples[i] = std::int16_t(int(i % 60'000) - 30'000);
    return samples;
}

std::unique_ptr<TcpPacketSource> source(int max_packets = 64) {
    TcpSourceOptions options;
    options.format = kFormat;
    options.max_packets = max_packets;
    return *TcpPacketSource::listen(options);
}

/// What the source gives, as PCM, until its end.
flow::Lane listening(std::unique_ptr<TcpPacketSource> from,
                     std::shared_ptr<flow::VectorWriter> to) {
    flow::Lane lane;
    lane.name = "from the network";
    lane.reader = std::make_shared<flow::PacketSourceReader>(std::move(from));
    lane.processors.push_back(std::make_shared<flow::Depacketizer>(kFormat));
    lane.writer = std::move(to);
    return lane;
}

void waitGone(QTcpSocket& socket) {
    while (socket.state() != QAbstractSocket::UnconnectedState) {
        if (!socket.waitForDisconnected(5000)) return;
    }
}

}  // namespace

class TcpPacketEndsTest : public QObject {
    Q_OBJECT
private slots:
    void lanesOverLoopback_data();
    void lanesOverLoopback();
    void slowReaderHoldsTheSender();
    void twoChannelsBecomeOne();
    void strangersDoNotEndIt();
    void brokenSenderIsAnError();
    void refusalsSayWhy();
    void stopsAtAnyMoment();
    void filesNetworkAndDeviceAtOnce();
    void bothChannelsOfASource_data();
    void bothChannelsOfASource();
};

void TcpPacketEndsTest::bothChannelsOfASource_data() {
    QTest::addColumn<int>("limit_frames");
    QTest::addColumn<int>("sent_frames");
    QTest::newRow("to its end") << 0 << 1003;
    QTest::newRow("so much of it") << 777 << 777;
}

/// A feed over TCP into another feed: two channels, no sample more, less or changed, and its end.
void TcpPacketEndsTest::bothChannelsOfASource() {
    QFETCH(int, limit_frames);
    QFETCH(int, sent_frames);
    const auto all = ramp(2 * 1003);
    PcmFeed from, to;
    from.write(all, 16000, 2, 0);
    from.end();
    IngestServer server(to);
    QVERIFY(server.listen({}));
    // The server answers on this thread, for which connect() would wait.
    flow::AsyncRunner runner;
    auto sending = std::async(std::launch::async, [&] {
        TcpSinkOptions options;
        options.port = server.port();
        options.format = {kFormat.rate, 40};  // a feed's blocks are longer than packets of 20 ms
        options.channels = 2;
        auto sink = TcpPacketSink::connect(options);
        flow::Lane lane;
        lane.reader = std::make_shared<SourceReader>(std::make_unique<FeedSource>(from),
                                                     limit_frames, "feed");
        lane.writer = std::make_shared<flow::PacketSinkWriter>(std::move(*sink));
        return runner.wait(*runner.start(std::move(lane)));
    });
    std::vector<float> heard;
    PcmBlock block;
    int ends = 0;
    const auto ended = [&] {
        for (auto fed = to.read(block); fed != Fed::nothing; fed = to.read(block)) {
            if (fed == Fed::end) {
                ++ends;
                continue;
            }
            const auto part = block.audio();
            heard.insert(heard.end(), part.begin(), part.end());
        }
        return ends > 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(ended(), 10'000);
    using namespace std::chrono_literals;
    QTRY_COMPARE(sending.wait_for(0s), std::future_status::ready);
    const auto counts = sending.get();
    QVERIFY2(counts.has_value(), counts ? "" : counts.error().message().c_str());
    QCOMPARE(ends, 1);
    QCOMPARE(counts->frames_out, sent_frames);
    QCOMPARE(heard.size(), std::size_t(2 * sent_frames));
    QVERIFY(std::equal(heard.begin(), heard.end(), all.begin()));
    QCOMPARE(block.channels, 2);
}

void TcpPacketEndsTest::lanesOverLoopback_data() {
    QTest::addColumn<int>("packets");
    QTest::newRow("queues of 64") << 64;
    QTest::newRow("queues of 1") << 1;
}

void TcpPacketEndsTest::lanesOverLoopback() {
    QFETCH(int, packets);
    constexpr std::size_t kFrames = 16000 * 20 + 7;
    auto from = source(packets);
    TcpSinkOptions to;
    to.port = from->port();
    to.format = kFormat;
    to.max_packets = packets;
    const auto heard = std::make_shared<flow::VectorWriter>();
    flow::AsyncRunner runner;
    const auto in = *runner.start(listening(std::move(from), heard));
    auto sink = TcpPacketSink::connect(to);
    QVERIFY2(sink.has_value(), sink ? "" : sink.error().message().c_str());
    flow::Lane lane;
    lane.name = "to the network";
    lane.reader = std::make_shared<flow::VectorReader>(ramp(kFrames), kFormat.rate, 1000);
    lane.processors.push_back(std::make_shared<flow::Packetizer>(kFormat));
    lane.writer = std::make_shared<flow::PacketSinkWriter>(std::move(*sink));
    const auto out = *runner.start(std::move(lane));
    const auto sent = runner.wait(out);
    QVERIFY2(sent.has_value(), sent ? "" : sent.error().message().c_str());
    const auto got = runner.wait(in);
    QVERIFY2(got.has_value(), got ? "" : got.error().message().c_str());
    auto expected = ramp(kFrames);
    expected.resize((kFrames + 319) / 320 * 320, 0.0F);
    QCOMPARE(heard->samples().size(), expected.size());
    QVERIFY(heard->samples() == expected);
}

void TcpPacketEndsTest::slowReaderHoldsTheSender() {
    auto from = source(2);
    TcpSinkOptions to;
    to.port = from->port();
    to.format = kFormat;
    to.max_packets = 2;
    auto sink = *TcpPacketSink::connect(to);
    std::vector<std::byte> payload(640);
    PacketView packet;
    packet.header.frames = 320;
    packet.payload = payload;
    // Nobody reads: the queues and the sockets fill up, and nothing more is taken.
    int sent = 0;
    for (;;) {
        const auto status = sink->send(packet);
        if (status == Status::again) {
            if (!sink->wakeUp()->wait(300'000)) break;
            continue;
        }
        QVERIFY(status == Status::ok);
        payload[0] = std::byte(++sent % 251);
        QVERIFY(sent < 100'000);
    }
    QVERIFY(sent > 10);
    int got = 0;
    bool ended = false;
    for (;;) {
        if (!ended) ended = sink->finish() == Status::ok;
        PacketView view;
        const auto status = from->receive(view);
        if (status == Status::eof) break;
        QVERIFY(status != Status::error);
        if (status == Status::again) {
            from->wakeUp()->wait(10'000);
            continue;
        }
        QCOMPARE(int(view.header.sequence), got & 0xffff);
        QVERIFY(view.payload[0] == std::byte(got % 251));
        ++got;
    }
    QCOMPARE(got, sent);
    QVERIFY(sink->finish() == Status::ok);
}

void TcpPacketEndsTest::twoChannelsBecomeOne() {
    auto from = source();
    const auto port = from->port();
    const auto heard = std::make_shared<flow::VectorWriter>();
    flow::AsyncRunner runner;
    const auto in = *runner.start(listening(std::move(from), heard));
    IngestSender sender;  // what doubletalk-cli send uses
    QVERIFY(sender.open("127.0.0.1", port, {16000, 2}).has_value());
    std::vector<std::int16_t> stereo;
    for (const auto sample : ramp16(640)) {
        stereo.push_back(sample);
        stereo.push_back(std::int16_t(sample - 2));
    }
    QVERIFY(sender.send(stereo).has_value());
    QVERIFY(sender.finish().has_value());
    QVERIFY(runner.wait(in).has_value());
    QCOMPARE(heard->samples().size(), std::size_t(640));
    for (std::size_t i = 0; i < 640; ++i) {
        QCOMPARE(int(heard->samples()[i] * 32768.0F), int(ramp16(640)[i]) - 1);
    }
}

void TcpPacketEndsTest::strangersDoNotEndIt() {
    auto from = source();
    const auto port = from->port();
    const auto heard = std::make_shared<flow::VectorWriter>();
    flow::AsyncRunner runner;
    const auto in = *runner.start(listening(std::move(from), heard));
    for (const char* bytes : {"GET / HTTP/1.1\r\n\r\n", "", "F\xff\xff\xff\xff"}) {
        QTcpSocket stranger;
        stranger.connectToHost(QStringLiteral("127.0.0.1"), port);
        QVERIFY(stranger.waitForConnected(5000));
        stranger.write(bytes);
        stranger.waitForBytesWritten(1000);
        stranger.disconnectFromHost();
        waitGone(stranger);
    }
    IngestSender wrong_rate;
    const auto refused = wrong_rate.open("127.0.0.1", port, {8000, 1});
    QVERIFY(!refused.has_value());
    QVERIFY(QString::fromStdString(refused.error().message()).contains("16000 Hz"));
    IngestSender first;
    QVERIFY(first.open("127.0.0.1", port, {16000, 1}).has_value());
    IngestSender second;
    const auto late = second.open("127.0.0.1", port, {16000, 1});
    QVERIFY(!late.has_value());
    QVERIFY(QString::fromStdString(late.error().message()).contains("one can be heard"));
    QVERIFY(first.send(ramp16(960)).has_value());
    QVERIFY(first.finish().has_value());
    QVERIFY(runner.wait(in).has_value());
    QVERIFY(heard->samples() == ramp(960));
}

void TcpPacketEndsTest::brokenSenderIsAnError() {
    for (const bool garbage : {false, true}) {
        auto from = source();
        const auto port = from->port();
        const auto heard = std::make_shared<flow::VectorWriter>();
        flow::AsyncRunner runner;
        const auto in = *runner.start(listening(std::move(from), heard));
        QTcpSocket sender;
        sender.connectToHost(QStringLiteral("127.0.0.1"), port);
        QVERIFY(sender.waitForConnected(5000));
        std::string bytes;
        remote::appendIngestFormat({16000, 1}, bytes);
        remote::appendIngestAudio(ramp16(960), 1, bytes);
        if (garbage) bytes += "what is this";
        sender.write(bytes.data(), qint64(bytes.size()));
        while (sender.bytesToWrite() > 0) QVERIFY(sender.waitForBytesWritten(5000));
        if (!garbage) sender.disconnectFromHost();
        const auto result = runner.wait(in);
        QVERIFY(!result.has_value());
        const auto message = QString::fromStdString(result.error().message());
        QVERIFY2(message.contains("tcp:127.0.0.1") && (garbage || message.contains("broke off")),
                 qPrintable(message));
        QVERIFY(heard->samples() == ramp(960));  // what came before is not lost
    }
}

void TcpPacketEndsTest::refusalsSayWhy() {
    const auto from = source();
    TcpSourceOptions taken;
    taken.port = from->port();
    const auto second = TcpPacketSource::listen(taken);
    QVERIFY(!second.has_value());
    QVERIFY(second.error().kind == ErrorKind::io);
    taken.bind = "nowhere";
    QVERIFY(!TcpPacketSource::listen(taken).has_value());
    TcpSinkOptions to;
    to.port = from->port();
    to.format = {SampleRate{48000}, 20};
    const auto wrong_rate = TcpPacketSink::connect(to);
    QVERIFY(!wrong_rate.has_value());
    QVERIFY(QString::fromStdString(wrong_rate.error().message()).contains("16000 Hz"));
    QTcpServer nobody;  // a port that was free a moment ago
    QVERIFY(nobody.listen(QHostAddress::LocalHost));
    to.port = nobody.serverPort();
    nobody.close();
    QVERIFY(!TcpPacketSink::connect(to).has_value());
    to.port = from->port();
    to.format = kFormat;
    const auto sink = TcpPacketSink::connect(to);
    QVERIFY(sink.has_value());
    PacketView packet;
    packet.header.frames = 3;
    QVERIFY((*sink)->send(packet) == Status::error);
    QVERIFY((*sink)->error().find("16-bit") != std::string_view::npos);
    const std::vector<std::byte> payload(6);
    packet.payload = payload;
    packet.header.payload_type = PayloadType::pcmu;
    QVERIFY((*sink)->send(packet) == Status::error);
    packet.header.payload_type = PayloadType::pcm16;
    QVERIFY((*sink)->send(packet) == Status::ok);
}

void TcpPacketEndsTest::stopsAtAnyMoment() {
    for (int round = 0; round < 20; ++round) {
        auto from = source(1);
        TcpSinkOptions to;
        to.port = from->port();
        to.format = kFormat;
        auto sink = *TcpPacketSink::connect(to);
        std::vector<std::byte> payload(640);
        PacketView packet;
        packet.header.frames = 320;
        packet.payload = payload;
        for (int i = 0; i < 5 * round; ++i) sink->send(packet);
        PacketView got;
        for (int i = 0; i < round; ++i) (void)from->receive(got);
        if (round % 2 == 0) from.reset();
        sink.reset();
    }
}

void TcpPacketEndsTest::filesNetworkAndDeviceAtOnce() {
    // A file over the network to the loudspeaker, while the microphone goes into another file.
    const QTemporaryDir folder;
    const auto in_folder = [&](const char* name) {
        return std::filesystem::path(folder.filePath(QString::fromUtf8(name)).toStdString());
    };
    const auto sent = ramp(16000);
    const auto spoken = ramp(20000);
    QVERIFY(device::writeAudio(in_folder("sent.wav"), {16000, 1, sent}).has_value());
    QVERIFY(device::writeAudio(in_folder("spoken.wav"), {16000, 1, spoken}).has_value());

    device::FileDevice sound(in_folder("spoken.wav"), device::Pace::real_time);
    const auto ends = *device::DeviceEnds::open(sound, kFormat.rate);
    auto from = source();
    TcpSinkOptions to;
    to.port = from->port();
    to.format = kFormat;
    flow::Lane play;
    play.name = "network to loudspeaker";
    play.reader = std::make_shared<flow::PacketSourceReader>(std::move(from));
    play.processors.push_back(std::make_shared<flow::Depacketizer>(kFormat));
    play.writer = ends->writer();
    flow::Lane send;
    send.name = "file to network";
    send.reader = *codec::MediaFileReader::open(in_folder("sent.wav"), {0, 1, 500});
    send.processors.push_back(std::make_shared<flow::Packetizer>(kFormat));
    send.writer = std::make_shared<flow::PacketSinkWriter>(*TcpPacketSink::connect(to));
    flow::Lane record;
    record.name = "microphone to file";
    record.reader = ends->reader();
    record.writer = *codec::MediaFileWriter::open(in_folder("heard.wav"), {});
    flow::AsyncRunner runner;
    const auto recorded = *runner.start(std::move(record));
    const auto played = *runner.start(std::move(play));
    const auto left = *runner.start(std::move(send));
    QVERIFY(runner.wait(left).has_value());
    QVERIFY(runner.wait(played).has_value());
    QTRY_VERIFY_WITH_TIMEOUT(sound.finished(), 10'000);
    ends->stop();
    QVERIFY(runner.wait(recorded).has_value());

    const auto heard = device::readAudio(in_folder("heard.wav"));
    QVERIFY(heard.has_value());
    QVERIFY(heard->samples.size() >= spoken.size());
    QVERIFY(std::equal(spoken.begin(), spoken.end(), heard->samples.begin()));
    // A busy machine may put silence between; nothing else is lost or changed.
    std::vector<float> loud;
    for (const float x : sound.played()) {
        if (x != 0.0F) loud.push_back(x);
    }
    QVERIFY(loud == sent);
}

}  // namespace doubletalk::net

QTEST_GUILESS_MAIN(doubletalk::net::TcpPacketEndsTest)
#include "tcp_packet_ends_test.moc"
