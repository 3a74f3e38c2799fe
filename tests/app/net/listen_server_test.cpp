// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/listen_server.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QWebSocket>
#include <QtTest>
#include <cmath>

#include "engine/codec/decoder.h"
#include "engine/core/clock.h"

using namespace doubletalk;
using codec::CodecId;

namespace {

/// Noise that comes many times as fast as real time.
class HurriedSource final : public net::ListenSource {
public:
    HurriedSource(int rate_hz, double speed) : rate_hz_(rate_hz), speed_(speed) {}
    net::Fed read(net::PcmBlock& block) noexcept override {
        const auto now_ns = SteadyClock().nowNs();
        if (start_ns_ == 0) start_ns_ = now_ns;
        if (double(given_) * 1e7 > double(now_ns - start_ns_) * speed_) return net::Fed::nothing;
        ++given_;
        block.entered_ns = now_ns;
        block.rate_hz = rate_hz_;
        block.channels = 1;
        block.samples = rate_hz_ / 100;
        for (int i = 0; i < block.samples; ++i) {
            state_ = state_ * 1664525U + 1013904223U;
            block.interleaved[std::size_t(i)] = float(std::int32_t(state_)) * 0x1p-33F;
        }
        return net::Fed::block;
    }

private:
    int rate_hz_;
    double speed_;
    std::int64_t start_ns_ = 0, given_ = 0;
    std::uint32_t state_ = 1;
};

/// Length of the MPEG audio or ADTS frame at the start of bytes; 0: there is none. Ref: ISO
/// 11172-3 2.4.1.3, 13818-7 6.2.
qsizetype frameBytes(const QByteArray& bytes) {
    const auto at = [&](int i) { return i < bytes.size() ? int(std::uint8_t(bytes[i])) : 0; };
    if (at(0) != 0xFF) return 0;
    if ((at(1) & 0xF6) == 0xF0) return ((at(3) & 3) << 11) | (at(4) << 3) | (at(5) >> 5);
    if ((at(1) & 0xE6) != 0xE2) return 0;
    static constexpr int kKbps[2][16] = {
        {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
        {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}};
    static constexpr int kHz[] = {44100, 48000, 32000, 0};
    const int version = (at(1) >> 3) & 3;  // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
    const int hz = kHz[(at(2) >> 2) & 3] / (version == 3 ? 1 : version == 2 ? 2 : 4);
    const int kbps = kKbps[version == 3 ? 0 : 1][at(2) >> 4];
    if (hz == 0 || kbps == 0) return 0;
    return (version == 3 ? 144 : 72) * kbps * 1000 / hz + ((at(2) >> 1) & 1);
}

bool isWholeFrames(QByteArray bytes) {
    if (bytes.isEmpty()) return false;
    while (!bytes.isEmpty()) {
        const auto n = frameBytes(bytes);
        if (n <= 0 || n > bytes.size()) return false;
        bytes.remove(0, n);
    }
    return true;
}

std::vector<float> decode(CodecId codec, const QByteArray& bytes) {
    codec::DecoderOptions options;
    options.codec = codec;
    auto decoder = codec::Decoder::open(options);
    std::vector<float> all;
    if (!decoder ||
        !decoder->put(std::as_bytes(std::span(bytes.data(), std::size_t(bytes.size()))))) {
        return all;
    }
    codec::PcmChunk chunk;
    for (auto got = decoder->get(chunk, true); got && *got == codec::Got::packet;
         got = decoder->get(chunk, true)) {
        all.insert(all.end(), chunk.samples.begin(), chunk.samples.end());
    }
    return all;
}

/// What one WebSocket got, in order.
struct Listener {
    explicit Listener(const net::ListenServer& server) {
        QObject::connect(&socket, &QWebSocket::textMessageReceived, &socket,
                         [this](const QString& text) {
                             texts << QJsonDocument::fromJson(text.toUtf8()).object();
                             order << 't';
                         });
        QObject::connect(&socket, &QWebSocket::binaryMessageReceived, &socket,
                         [this](const QByteArray& bytes) {
                             frames << bytes;
                             order << 'b';
                         });
        socket.open(QUrl(server.address() + "/ws"));
    }
    [[nodiscard]] QJsonObject text(const QString& type) const {
        for (const auto& one : texts) {
            if (one["type"].toString() == type) return one;
        }
        return {};
    }
    [[nodiscard]] int count(const QString& type) const {
        return int(std::count_if(texts.begin(), texts.end(),
                                 [&](const auto& one) { return one["type"] == type; }));
    }
    /// The bytes from each format to the next.
    [[nodiscard]] QList<QByteArray> streams() const {
        QList<QByteArray> all;
        auto text = texts.begin();
        auto frame = frames.begin();
        for (const char kind : order) {
            if (kind == 'b') {
                all.last() += *frame++;
            } else if ((*text++)["type"] == "format") {
                all << QByteArray();
            }
        }
        return all;
    }
    QWebSocket socket;
    QList<QJsonObject> texts;
    QList<QByteArray> frames;
    QList<char> order;
};

/// A server that hears a sine unless said otherwise.
struct Served {
    explicit Served(CodecId codec = CodecId::mp3, std::unique_ptr<net::ListenSource> source = {},
                    int max_waiting_ms = 2000, int chunk_samples = 0) {
        net::ListenServerOptions options;
        options.service.max_clients = 128;
        options.coding.codec = codec;
        options.coding.chunk_samples = chunk_samples;
        options.title = "A test";
        options.max_waiting_ms = max_waiting_ms;
        QObject::connect(&server, &net::WsService::note, &server,
                         [this](const QString& line) { notes << line; });
        if (!source) source = std::make_unique<net::SineSource>(440.0, 48000, 1);
        started = server.start(options, std::move(source));
    }
    net::ListenServer server;
    QStringList notes;
    Result<void> started;
};

QByteArray fetch(std::uint16_t port, const QByteArray& path, const QByteArray& more = {},
                 const QByteArray& host = "127.0.0.1") {
    QTcpSocket socket;
    socket.connectToHost("127.0.0.1", port);
    socket.write("GET " + path + " HTTP/1.1\r\nHost: " + host + ":" + QByteArray::number(port) +
                 "\r\nConnection: close\r\n" + more + "\r\n");
    QByteArray got;
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < 3000) {
        QTest::qWait(5);
        got += socket.readAll();
        const auto head = got.indexOf("\r\n\r\n");
        if (head < 0) continue;
        const auto at = got.toLower().indexOf("content-length: ");
        const auto body = at < 0 ? 0 : got.mid(at + 16, 9).split('\r')[0].toInt();
        if (got.size() >= head + 4 + body) break;
    }
    return got;
}

}  // namespace

/// The broadcast to browsers. The browser itself: browser_test.py.
class ListenServerTest : public QObject {
    Q_OBJECT

private slots:
    void lateListenerStartsAtAFrame_data() {
        QTest::addColumn<int>("codec");
        QTest::addColumn<QString>("mime");
        QTest::newRow("mp3") << int(CodecId::mp3) << "audio/mpeg";
        QTest::newRow("aac") << int(CodecId::aac) << "audio/aac";
    }
    void lateListenerStartsAtAFrame() {
        QFETCH(int, codec);
        Served served{CodecId(codec)};
        QVERIFY(served.started);
        Listener early(served.server);
        QTRY_VERIFY(early.frames.size() > 5);
        Listener late(served.server);
        QTRY_VERIFY(late.frames.size() > 15);
        for (const auto& message : early.frames + late.frames) QVERIFY(isWholeFrames(message));
        for (const auto* listener : {&early, &late}) {
            QCOMPARE(listener->order.mid(0, 3), (QList<char>{'t', 't', 'b'}));
            QTEST(listener->texts[0]["mime"].toString(), "mime");
            QCOMPARE(listener->texts[0]["rate_hz"].toInt(), 48000);
            QCOMPARE(listener->texts[0]["title"].toString(), QString("A test"));
            QCOMPARE(listener->texts[1]["type"].toString(), QString("mark"));
        }
        // The late one's mark tells which of the early one's messages is its first.
        const int frame_samples = codec == int(CodecId::mp3) ? 1152 : 1024;
        const double at_s = late.text("mark")["at_s"].toDouble();
        const double first_s = early.text("mark")["at_s"].toDouble();
        const auto index = std::lround((at_s - first_s) * 48000 / frame_samples);
        QVERIFY(index >= 5);
        QTRY_VERIFY(early.frames.size() > index + 10);
        QCOMPARE(late.frames.mid(0, 10), early.frames.mid(index, 10));
    }

    /// at_s and entered_ms run together, and entered_ms is when the sound was there.
    void marksTellWhenTheAudioCameIn() {
        Served served;
        Listener listener(served.server);
        QTRY_VERIFY(listener.frames.size() > 40);
        listener.socket.sendTextMessage(R"({"type": "clock", "page_ms": 12.5})");
        QTRY_VERIFY(!listener.text("clock").isEmpty());
        const auto clock = listener.text("clock");
        QCOMPARE(clock["page_ms"].toDouble(), 12.5);
        QCOMPARE(clock["listeners"].toInt(), 1);
        QList<QJsonObject> marks;
        for (const auto& one : listener.texts) {
            if (one["type"].toString() == "clock") break;
            if (one["type"].toString() == "mark") marks << one;
        }
        QVERIFY(marks.size() >= 3);
        for (const auto& mark : marks) {
            const double entered =
                mark["entered_ms"].toDouble() - marks[0]["entered_ms"].toDouble();
            const double at = 1000.0 * (mark["at_s"].toDouble() - marks[0]["at_s"].toDouble());
            QVERIFY2(std::abs(entered - at) < 0.5, qPrintable(QString::number(entered - at)));
        }
        const double age_ms = clock["server_ms"].toDouble() - marks.last()["entered_ms"].toDouble();
        QVERIFY2(age_ms > 20.0 && age_ms < 700.0, qPrintable(QString::number(age_ms)));
    }

    void nonsenseOfAListenerEndsIt() {
        Served served;
        Listener listener(served.server);
        QTRY_COMPARE(listener.socket.state(), QAbstractSocket::ConnectedState);
        QSignalSpy gone(&listener.socket, &QWebSocket::disconnected);
        for (int i = 0; i < 10; ++i) {
            listener.socket.sendTextMessage(i % 2 == 0 ? "{" : R"({"type": "clock"})");
        }
        QTRY_COMPARE(gone.size(), 1);
        QCOMPARE(int(listener.socket.closeCode()), 1008);
    }

    void slowListenerIsDroppedAlone() {
        Served served(CodecId::mp3, std::make_unique<HurriedSource>(48000, 25.0), 20000);
        Listener first(served.server), second(served.server);
        QTRY_VERIFY(first.frames.size() > 10);
        QTcpSocket slow;
        slow.setReadBufferSize(1024);
        slow.connectToHost("127.0.0.1", served.server.port());
        QVERIFY(slow.waitForConnected(2000));
        slow.write(
            "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: "
            "Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n");
        QTRY_COMPARE(served.server.clientCount(), 3);
        QTRY_VERIFY_WITH_TIMEOUT(served.notes.join('\n').contains("(1013): too slow"), 8000);
        // Whoever reads again still learns why.
        QByteArray read;
        slow.setReadBufferSize(0);
        const auto close_frame = [&] {
            read += slow.readAll();
            return read.indexOf(QByteArray("\x03\xF5too slow", 10)) > 0;
        };
        QTRY_VERIFY(close_frame());
        QTRY_COMPARE(served.server.clientCount(), 2);
        // The others missed nothing: the one's messages are the other's.
        const auto n = std::min(first.frames.size(), second.frames.size());
        QVERIFY2(n > 100, qPrintable(QString::number(n)));
        const auto offset = first.frames.indexOf(second.frames[0]);
        const auto back = second.frames.indexOf(first.frames[0]);
        QVERIFY(offset >= 0 || back >= 0);
        const auto a = first.frames.mid(std::max<qsizetype>(offset, 0), n - 10);
        const auto b = second.frames.mid(std::max<qsizetype>(back, 0), n - 10);
        const auto both = std::min(a.size(), b.size());
        QVERIFY(both > 80 && a.mid(0, both) == b.mid(0, both));
        QCOMPARE(int(first.socket.state()), int(QAbstractSocket::ConnectedState));
    }

    void hundredListenersHearTheSame() {
        Served served(CodecId::aac);
        std::vector<std::unique_ptr<Listener>> all;
        for (int i = 0; i < 100; ++i) all.push_back(std::make_unique<Listener>(served.server));
        const auto least = [&] {
            qsizetype n = std::numeric_limits<qsizetype>::max();
            for (const auto& listener : all) n = std::min(n, listener->frames.size());
            return n;
        };
        QTRY_VERIFY_WITH_TIMEOUT(least() > 40, 15000);
        QCOMPARE(served.server.clientCount(), 100);
        const auto& longest = (*std::max_element(all.begin(), all.end(), [](auto& a, auto& b) {
                                  return a->frames.size() < b->frames.size();
                              }))->frames;
        for (const auto& listener : all) {
            QCOMPARE(int(listener->socket.state()), int(QAbstractSocket::ConnectedState));
            const auto at = longest.indexOf(listener->frames[0]);
            QVERIFY(at >= 0);
            const auto n = std::min(longest.size() - at, listener->frames.size());
            QVERIFY(listener->frames.mid(0, n) == longest.mid(at, n));
        }
        QVERIFY2(served.notes.isEmpty(), qPrintable(served.notes.join('\n')));
        served.server.stop();
        QTRY_COMPARE(int(all[0]->socket.state()), int(QAbstractSocket::UnconnectedState));
        QCOMPARE(int(all[0]->socket.closeCode()), 1001);
    }

    /// A new rate or new channels begin a new stream; one that cannot be coded is told.
    void changeOfFormatBeginsAnew() {
        net::PcmFeed feed;
        Served served(CodecId::mp3, std::make_unique<net::FeedSource>(feed));
        Listener listener(served.server);
        QTRY_COMPARE(served.server.clientCount(), 1);
        const auto write = [&](int rate_hz, int channels) {
            const std::vector<float> second(std::size_t(rate_hz * channels), 0.1F);
            feed.write(second, rate_hz, channels, SteadyClock().nowNs());
        };
        write(16000, 1);
        QTRY_VERIFY(listener.frames.size() > 10);
        write(44100, 2);
        QTRY_COMPARE(std::count_if(listener.texts.begin(), listener.texts.end(),
                                   [](auto& one) { return one["type"] == "format"; }),
                     2);
        QCOMPARE(listener.text("format")["rate_hz"].toInt(), 16000);
        QJsonObject newest;
        for (const auto& one : listener.texts) {
            if (one["type"] == "format") newest = one;
        }
        QCOMPARE(newest["rate_hz"].toInt(), 44100);
        QCOMPARE(newest["channels"].toInt(), 2);
        write(4000, 1);
        QTRY_VERIFY(served.notes.join('\n').contains("4000 Hz"));
    }

    void endOfASenderIsHeardWhole_data() {
        QTest::addColumn<int>("codec");
        QTest::addColumn<int>("rate_hz");
        QTest::addColumn<int>("chunk_samples");
        QTest::newRow("mp3") << int(CodecId::mp3) << 8000 << 0;
        QTest::newRow("aac") << int(CodecId::aac) << 16000 << 0;
        QTest::newRow("chunk longer than all of it") << int(CodecId::mp3) << 8000 << 48000;
    }
    /// Each of three senders, the second right behind the first, is a stream of its own that holds
    /// all of its audio and none of another's.
    void endOfASenderIsHeardWhole() {
        QFETCH(int, codec);
        QFETCH(int, rate_hz);
        QFETCH(int, chunk_samples);
        net::PcmFeed feed;
        Served served(CodecId(codec), std::make_unique<net::FeedSource>(feed), 2000, chunk_samples);
        Listener listener(served.server);
        QTRY_COMPARE(served.server.clientCount(), 1);
        const auto send = [&](double frequency_hz) {
            std::vector<float> sine(std::size_t(rate_hz), 0.0F);
            for (std::size_t i = 0; i < sine.size(); ++i) {
                sine[i] = float(0.25 * std::sin(2.0 * M_PI * frequency_hz * double(i) / rate_hz));
            }
            feed.write(sine, rate_hz, 1, SteadyClock().nowNs());
            feed.end();
        };
        send(1000.0);
        send(300.0);
        QTRY_COMPARE(listener.count("end"), 2);
        send(600.0);
        QTRY_COMPARE(listener.count("end"), 3);
        QCOMPARE(listener.count("format"), 3);
        double at_s = -1.0;
        for (const auto& text : listener.texts) {
            if (text["type"] != "mark") continue;
            QVERIFY2(text["at_s"].toDouble() > at_s, "streams follow one another");
            at_s = text["at_s"].toDouble();
        }
        const auto streams = listener.streams();
        QCOMPARE(streams.size(), 3);
        const double wanted_hz[] = {1000.0, 300.0, 600.0};
        for (int i = 0; i < 3; ++i) {
            const auto decoded = decode(CodecId(codec), streams[i]);
            const auto loud = [](float x) { return std::abs(x) > 0.1F; };
            const auto first = std::find_if(decoded.begin(), decoded.end(), loud);
            const auto last = std::find_if(decoded.rbegin(), decoded.rend(), loud).base();
            QVERIFY(first < last);
            int crossings = 0;
            for (auto at = first + 1; at != last; ++at) crossings += at[-1] < 0.0F && at[0] >= 0.0F;
            const double loud_s = double(last - first) / rate_hz;
            QVERIFY2(loud_s > 0.99 && loud_s < 1.03, qPrintable(QString::number(loud_s)));
            QVERIFY2(std::abs(crossings - wanted_hz[i]) < 0.04 * wanted_hz[i],
                     qPrintable(QString::number(crossings)));
        }
        QVERIFY2(served.notes.isEmpty(), qPrintable(served.notes.join('\n')));
    }

    void pageIsClosedToOthers() {
        Served served;
        const auto port = served.server.port();
        const auto page = fetch(port, "/");
        QVERIFY2(page.startsWith("HTTP/1.1 200") && page.contains("<title>Doubletalk"), page);
        QVERIFY(page.toLower().contains("content-security-policy: default-src 'none'"));
        QVERIFY(!page.contains("http://") && !page.contains("https://"));
        for (const auto* path : {"/listen.js", "/player.js", "/listen.css", "/icon.svg"}) {
            QVERIFY2(fetch(port, path).startsWith("HTTP/1.1 200"), path);
        }
        for (const auto* path :
             {"/nosuch", "/listen.js/", "/%2e%2e/etc/passwd", "/../index.html"}) {
            const auto answer = fetch(port, path);
            QVERIFY2(answer.startsWith("HTTP/1.1 4"), path + answer);
        }
        QVERIFY(fetch(port, "/", {}, "evil.example").startsWith("HTTP/1.1 403"));
        QVERIFY(fetch(port, "/", "Origin: http://evil.example\r\n").startsWith("HTTP/1.1 403"));

        const auto open = [&](const QByteArray& origin) {
            auto socket = std::make_unique<QWebSocket>(QString::fromUtf8(origin));
            socket->open(QUrl(served.server.address() + "/ws"));
            return socket;
        };
        const auto evil = open("http://evil.example");
        const auto own = open("http://localhost:" + QByteArray::number(port));
        QTRY_COMPARE(int(own->state()), int(QAbstractSocket::ConnectedState));
        QTRY_COMPARE(int(evil->state()), int(QAbstractSocket::UnconnectedState));
        QCOMPARE(served.server.clientCount(), 1);
        QVERIFY(served.notes.join('\n').contains("evil.example"));
    }
};

QTEST_GUILESS_MAIN(ListenServerTest)
#include "listen_server_test.moc"
