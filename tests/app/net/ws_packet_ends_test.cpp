// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/ws_packet_ends.h"

#include <QTcpServer>
#include <QWebSocket>
#include <QWebSocketServer>
#include <QtTest>
#include <algorithm>
#include <cmath>
#include <future>
#include <numeric>
#include <vector>

#include "app/net/echo_server.h"
#include "app/net/listen_server.h"
#include "engine/codec/codec_nodes.h"
#include "engine/core/wake_up.h"
#include "engine/flow/async_runner.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/packetizer.h"

namespace doubletalk::net {
namespace {

using namespace std::chrono_literals;
using flow::Status;

constexpr StreamFormat kFormat{SampleRate{16000}, 20};

/// Does what() on another thread, while the servers of this one answer.
template <class What>
auto whileServing(What what) {
    auto done = std::async(std::launch::async, what);
    while (done.wait_for(0s) != std::future_status::ready) QTest::qWait(1);
    return done.get();
}

WsEndsOptions optionsFor(const QString& address, int max_packets = 64) {
    WsEndsOptions options;
    options.link.url = QUrl(address);
    options.format = kFormat;
    options.max_packets = max_packets;
    return options;
}

/// No two neighbours are equal, and 16 bits keep them.
std::vector<float> ramp(std::size_t frames) {
    std::vector<float> samples(frames);
    for (std::size_t i = 0; i < frames; ++i) {
        samples[i] = float(int(i % 60'000) - 30'000) * 0x1.0p-15F;
    }
    return samples;
}

/// A service that says what it is told to say to whoever comes.
struct Speaker {
    explicit Speaker(std::function<void(QWebSocket&)> speech) {
        listening = server.listen(QHostAddress::LocalHost);
        QObject::connect(&server, &QWebSocketServer::newConnection, &server, [this, speech] {
            client.reset(server.nextPendingConnection());
            speech(*client);
        });
    }
    [[nodiscard]] QString address() const { return server.serverUrl().toString(); }
    QWebSocketServer server{QStringLiteral("test"), QWebSocketServer::NonSecureMode};
    std::unique_ptr<QWebSocket> client;
    bool listening = false;
};

/// All a source gives, message by message, and how it ended.
struct Heard {
    std::vector<std::vector<std::byte>> packets;
    std::vector<PacketHeader> headers;
    Status end = Status::again;
    std::string error;
};

Heard hearAll(flow::PacketSource& source) {
    Heard heard;
    while (heard.end == Status::again) {
        PacketView packet;
        const Status status = source.receive(packet);
        if (status == Status::ok) {
            heard.packets.emplace_back(packet.payload.begin(), packet.payload.end());
            heard.headers.push_back(packet.header);
        } else if (status == Status::again) {
            if (!source.wakeUp()->wait(5'000'000)) return heard;
        } else {
            heard.end = status;
        }
    }
    heard.error = source.error();
    return heard;
}

Heard hearSpeaker(const Speaker& speaker, int max_packets = 64) {
    return whileServing([&] {
        const auto ends = WsPacketEnds::connect(optionsFor(speaker.address(), max_packets));
        if (!ends) return Heard{{}, {}, Status::error, ends.error().message()};
        return hearAll(*(*ends)->source());
    });
}

QByteArray counting(int bytes) {
    QByteArray all(bytes, '\0');
    std::iota(all.begin(), all.end(), '\0');
    return all;
}

}  // namespace

/// One WebSocket as both ends of flows, against our services and hand-made ones.
class WsPacketEndsTest : public QObject {
    Q_OBJECT

private slots:
    void lanesOverTheEchoService_data() {
        QTest::addColumn<int>("packets");
        QTest::newRow("queues of 64") << 64;
        QTest::newRow("queues of 1") << 1;
    }
    void lanesOverTheEchoService() {
        QFETCH(int, packets);
        constexpr std::size_t kFrames = 16000 * 20 + 7;
        EchoServer service;
        QVERIFY(service.start({}).has_value());
        const auto heard = std::make_shared<flow::VectorWriter>();
        const auto address = service.address() + "/ws/audio";
        const auto why = whileServing([&]() -> std::string {
            const auto ends = WsPacketEnds::connect(optionsFor(address, packets));
            if (!ends) return ends.error().message();
            flow::Lane back;
            back.reader = std::make_shared<flow::PacketSourceReader>((*ends)->source());
            back.processors.push_back(std::make_shared<flow::Depacketizer>(kFormat));
            back.writer = heard;
            flow::Lane out;
            out.reader = std::make_shared<flow::VectorReader>(ramp(kFrames), kFormat.rate, 1000);
            out.processors.push_back(std::make_shared<flow::Packetizer>(kFormat));
            out.writer = std::make_shared<flow::PacketSinkWriter>((*ends)->sink());
            flow::AsyncRunner runner;
            const auto in = *runner.start(std::move(back));
            const auto sent = runner.wait(*runner.start(std::move(out)));
            if (!sent) return sent.error().message();
            const auto got = runner.wait(in);
            return got ? std::string() : got.error().message();
        });
        QVERIFY2(why.empty(), why.c_str());
        auto expected = ramp(kFrames);
        expected.resize((kFrames + 319) / 320 * 320, 0.0F);
        QCOMPARE(heard->samples().size(), expected.size());
        QVERIFY(heard->samples() == expected);
    }

    /// The broadcast is the end of one flow and the beginning of another.
    void broadcastIsHeard() {
        ListenServer server;
        ListenServerOptions options;
        options.coding.codec = codec::CodecId::mp3;
        QVERIFY(server.start(options, std::make_unique<SineSource>(440.0, 48000, 1)));
        auto wanted = optionsFor(server.address() + "/ws");
        wanted.payload = codec::kCodedPayload;
        wanted.message_frames = 1152;
        const auto heard = std::make_shared<flow::VectorWriter>();
        const auto why = whileServing([&]() -> std::string {
            const auto ends = WsPacketEnds::connect(wanted);
            if (!ends) return ends.error().message();
            codec::DecoderOptions coded;
            coded.codec = codec::CodecId::mp3;
            auto decoder = codec::DecoderNode::open(coded);
            if (!decoder) return decoder.error().message();
            flow::Lane lane;
            lane.reader = std::make_shared<flow::PacketSourceReader>((*ends)->source());
            lane.processors.emplace_back(std::move(*decoder));
            lane.writer = heard;
            flow::AsyncRunner runner;
            const auto id = *runner.start(std::move(lane));
            for (int i = 0; i < 1000 && runner.progress(id).frames_out < 48000; ++i) {
                std::this_thread::sleep_for(10ms);
                if (!runner.running(id)) break;
            }
            runner.cancel(id);
            const auto got = runner.wait(id);
            return got ? std::string() : got.error().message();
        });
        QVERIFY2(why.empty(), why.c_str());
        // The first frames of somebody who comes late lack what the ones before held back.
        const auto& samples = heard->samples();
        QVERIFY2(samples.size() >= 24000, qPrintable(QString::number(samples.size())));
        const std::span<const float> sine = std::span(samples).subspan(4800);
        int crossings = 0;
        double power = 0.0;
        for (std::size_t i = 1; i < sine.size(); ++i) {
            crossings += sine[i - 1] < 0.0F && sine[i] >= 0.0F ? 1 : 0;
            power += double(sine[i]) * sine[i];
        }
        const double hz = crossings * 48000.0 / double(sine.size());
        QVERIFY2(std::abs(hz - 440.0) < 4.0, qPrintable(QString::number(hz)));
        const double dbfs = 10.0 * std::log10(power / double(sine.size()));
        QVERIFY2(std::abs(dbfs + 15.05) < 0.5, qPrintable(QString::number(dbfs)));
    }

    void longMessagesAreCutAndTextIsPassedOver() {
        Speaker speaker([](QWebSocket& client) {
            client.sendTextMessage("hello");
            client.sendBinaryMessage(counting(2 * 1001));
            client.sendBinaryMessage({});
            client.sendBinaryMessage(counting(2));
            client.close();
        });
        QVERIFY(speaker.listening);
        const auto heard = hearSpeaker(speaker);
        QVERIFY(heard.end == Status::eof);
        const int sizes[] = {640, 640, 640, 82, 2};
        QCOMPARE(heard.packets.size(), std::size(sizes));
        QByteArray all;
        std::uint32_t frames = 0;
        for (std::size_t i = 0; i < heard.packets.size(); ++i) {
            QCOMPARE(int(heard.packets[i].size()), sizes[i]);
            QCOMPARE(int(heard.headers[i].frames), sizes[i] / 2);
            QCOMPARE(int(heard.headers[i].sequence), int(i));
            QCOMPARE(heard.headers[i].timestamp, frames);
            frames += heard.headers[i].frames;
            all.append(reinterpret_cast<const char*>(heard.packets[i].data()),
                       qsizetype(heard.packets[i].size()));
        }
        QCOMPARE(all, counting(2 * 1001) + counting(2));
    }

    void codesKeepTheirBytes() {
        EchoServer service;
        QVERIFY(service.start({}).has_value());
        auto options = optionsFor(service.address() + "/ws/audio?codec=table");
        options.payload = PayloadType::pcmu;
        const auto codes = counting(160);
        const auto heard = whileServing([&] {
            const auto ends = WsPacketEnds::connect(options);
            if (!ends) return Heard{{}, {}, Status::error, ends.error().message()};
            const auto sink = (*ends)->sink();
            PacketView packet;
            packet.payload = std::as_bytes(std::span(codes.constData(), std::size_t(160)));
            packet.header.frames = 160;
            if (sink->send(packet) != Status::error) return Heard{};  // 16 bit
            packet.header.payload_type = PayloadType::pcmu;
            if (sink->send(packet) != Status::ok) return Heard{};
            while (sink->finish() == Status::again) sink->wakeUp()->wait(100'000);
            if (sink->send(packet) != Status::eof) return Heard{};
            return hearAll(*(*ends)->source());
        });
        QVERIFY2(heard.end == Status::eof, heard.error.c_str());
        QCOMPARE(heard.packets.size(), std::size_t(1));
        QCOMPARE(int(heard.headers[0].frames), 160);
        QVERIFY(std::memcmp(heard.packets[0].data(), codes.constData(), 160) == 0);
    }

    void slowReaderLosesNothing() {
        constexpr int kMessages = 3000;
        Speaker speaker([](QWebSocket& client) {
            for (int i = 0; i < kMessages; ++i) client.sendBinaryMessage(QByteArray(640, char(i)));
            client.close();
        });
        const auto heard = hearSpeaker(speaker, 1);
        QVERIFY2(heard.end == Status::eof, heard.error.c_str());
        QCOMPARE(int(heard.packets.size()), kMessages);
        for (int i = 0; i < kMessages; ++i) {
            QVERIFY(heard.packets[std::size_t(i)][0] == std::byte(std::uint8_t(i)));
        }
    }

    void nobodyWhoReadsIsAnError() {
        Speaker speaker([](QWebSocket& client) {
            for (int i = 0; i < 40; ++i) client.sendBinaryMessage(QByteArray(1 << 18, '\1'));
        });
        const auto heard = whileServing([&] {
            const auto ends = WsPacketEnds::connect(optionsFor(speaker.address(), 4));
            if (!ends) return Heard{};
            std::this_thread::sleep_for(500ms);
            return hearAll(*(*ends)->source());
        });
        QVERIFY(heard.end == Status::error);
        QVERIFY2(heard.error.find("8 MiB") != std::string::npos, heard.error.c_str());
        QVERIFY(heard.packets.size() > 1000);  // what came before is not lost
    }

    /// It answers, nobody takes the answers, and it breaks off: whoever sends is told at once.
    void sendersHearOfTheEndThoughAnswersWait() {
        Speaker speaker([](QWebSocket& client) {
            for (int i = 0; i < 100; ++i) client.sendBinaryMessage(QByteArray(640, '\1'));
            QTimer::singleShot(100, &client, &QWebSocket::abort);
        });
        const auto error = whileServing([&]() -> std::string {
            const auto ends = WsPacketEnds::connect(optionsFor(speaker.address(), 4));
            if (!ends) return "no connection";
            auto sink = (*ends)->sink();
            const std::vector<std::byte> payload(640);
            PacketView packet;
            packet.header.frames = 320;
            packet.payload = payload;
            for (int i = 0; i < 500; ++i) {
                if (sink->send(packet) == Status::error) return std::string(sink->error());
                std::this_thread::sleep_for(10ms);
            }
            return "never told";
        });
        QVERIFY2(error.find("broke") != std::string::npos, error.c_str());
    }

    void endsSayWhy_data() {
        QTest::addColumn<int>("how");
        QTest::addColumn<QString>("words");
        QTest::newRow("half a sample") << 0 << "half a sample";
        QTest::newRow("broke off") << 1 << "broke";
        QTest::newRow("sent away") << 2 << "rules";
    }
    void endsSayWhy() {
        QFETCH(int, how);
        QFETCH(QString, words);
        Speaker speaker([how](QWebSocket& client) {
            client.sendBinaryMessage(counting(4));
            if (how == 0) client.sendBinaryMessage(counting(3));
            if (how == 1) QTimer::singleShot(100, &client, &QWebSocket::abort);
            if (how == 2) client.close(QWebSocketProtocol::CloseCodePolicyViolated);
        });
        const auto heard = hearSpeaker(speaker);
        QVERIFY(heard.end == Status::error);
        QVERIFY2(QString::fromStdString(heard.error).contains(words), heard.error.c_str());
        QCOMPARE(heard.packets.size(), std::size_t(1));  // what came before is not lost
    }

    void refusedConnectionSaysWhy() {
        QTcpServer nobody;  // a port that was free a moment ago
        QVERIFY(nobody.listen(QHostAddress::LocalHost));
        const auto port = nobody.serverPort();
        nobody.close();
        for (const auto& [address, words] :
             {std::pair{QString("ws://127.0.0.1:%1").arg(port), "127.0.0.1"},
              std::pair{QString("http://127.0.0.1/"), "ws://host:port"}}) {
            const auto ends = WsPacketEnds::connect(optionsFor(address));
            QVERIFY(!ends.has_value());
            QVERIFY(ends.error().kind == ErrorKind::io);
            const auto message = QString::fromStdString(ends.error().message());
            QVERIFY2(message.contains(words), qPrintable(message));
        }
    }

    void stopsAtAnyMoment() {
        EchoServer service;
        QVERIFY(service.start({}).has_value());
        const auto address = service.address() + "/ws/audio";
        const bool fine = whileServing([&] {
            for (int round = 0; round < 20; ++round) {
                auto ends = WsPacketEnds::connect(optionsFor(address, 4));
                if (!ends) return false;
                auto sink = (*ends)->sink();
                auto source = (*ends)->source();
                const std::vector<std::byte> payload(640);
                PacketView packet;
                packet.header.frames = 320;
                packet.payload = payload;
                for (int i = 0; i < round; ++i) (void)sink->send(packet);
                PacketView got;
                for (int i = 0; i < round; ++i) (void)source->receive(got);
                if (round % 2 == 0) ends->reset();
                if (round % 3 == 0) source.reset();
            }
            return true;
        });
        QVERIFY(fine);
        QTRY_COMPARE(service.clientCount(), 0);
    }
};

}  // namespace doubletalk::net

QTEST_GUILESS_MAIN(doubletalk::net::WsPacketEndsTest)
#include "ws_packet_ends_test.moc"
