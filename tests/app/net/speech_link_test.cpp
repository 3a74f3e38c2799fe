// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/speech_link.h"

#include <QJsonArray>
#include <QTcpServer>
#include <QTcpSocket>
#include <QWebSocket>
#include <QWebSocketServer>
#include <QtTest>
#include <cmath>

#include "app/net/stt_server.h"
#include "app/net/tts_server.h"
#include "engine/dsp/resampler.h"
#include "tests/app/net/net_support.h"
#include "tests/engine/speech/clips.h"

using namespace doubletalk;
using namespace doubletalk::net;
using namespace doubletalk::test;

namespace {

QUrl urlOf(const WsService& service) { return QUrl(service.address()); }

/// A service that says after each connection what a test wants, and keeps silent then.
class RawServer : public QTcpServer {
public:
    explicit RawServer(const QByteArray& answer) {
        connect(this, &QTcpServer::newConnection, this, [this, answer] {
            auto* socket = nextPendingConnection();
            if (!answer.isEmpty()) socket->write(answer);
        });
        listen(QHostAddress::LocalHost);
    }
    [[nodiscard]] QUrl url() const { return QUrl(QString("ws://127.0.0.1:%1").arg(serverPort())); }
};

/// Recognises instantly: the number of samples.
class CountingRecogniser : public voice::Recogniser {
public:
    Result<std::string> recognise(std::span<const float> samples, int) override {
        return std::to_string(samples.size());
    }
};

SttServerOptions countingServer() {
    SttServerOptions options;
    options.recogniser = [] {
        return Result<std::unique_ptr<voice::Recogniser>>(std::make_unique<CountingRecogniser>());
    };
    return options;
}

}  // namespace

class SpeechLinkTest : public QObject {
    Q_OBJECT

private slots:
    /// Seconds of tone and silence by turns: message size, levels, order and call times.
    void speaksWithAForeignRecogniser() {
        PeerServer peer;
        QVERIFY2(peer.port() > 0, "is python3-websockets installed?");
        SpeechLink link;
        LinkLog log(link);
        link.openStt(quick(peer.url()));
        QTRY_VERIFY(LinkLog::is(log.stt, LinkState::connected));
        std::vector<float> x(5 * 16384);
        for (std::size_t i = 0; i < x.size(); ++i) {
            if ((i / 16384) % 2 == 1) x[i] = 0.5F * std::sin(float(i) * 0.1F);
        }
        pushAll(link, x, 16000, 1000, 4.0);  // the call is 10 s old
        QTRY_COMPARE(log.transcripts.size(), std::size_t(2));
        link.closeStt();
        QTRY_VERIFY(LinkLog::is(log.stt, LinkState::off));
        for (int k = 0; k < 2; ++k) {
            const auto& heard = log.transcripts[std::size_t(k)];
            const double buffer_s = 10.0 + 1.024 * (1 + 2 * k);
            QCOMPARE(QString::fromStdString(heard.text), QString("buffer %1").arg(2 + 2 * k));
            QVERIFY2(std::abs(heard.start_s - (buffer_s + 0.1)) < 1e-6,
                     qPrintable(QString::number(heard.start_s)));
            QVERIFY(std::abs(heard.end_s - (buffer_s + 0.9)) < 1e-6);
        }
        QCOMPARE(link.counters().dropped_frames, 0);
        peer.stop();
        const auto reports = peer.reports();
        QCOMPARE(reports.size(), std::size_t(1));
        QCOMPARE(reports[0]["messages"].toInt(), int(x.size() / 160 * 160 + 1023) / 1024);
        QCOMPARE(reports[0]["closed"].toInt(), 1000);
        const auto buffers = reports[0]["buffers"].toArray();
        for (int k = 0; k < 4; ++k) {
            QCOMPARE(buffers[k].toArray()[0].toInt(), 16 * (k + 1));
            QCOMPARE(std::round(buffers[k].toArray()[1].toDouble() * 100), k % 2 == 1 ? 50.0 : 0.0);
        }
    }

    /// Three talkers at once through our client and server; one engine runs at 48 kHz.
    void recognisesSeveralTalkersAtOnce() {
        struct Talker {
            const char* clip;
            QStringList words;
            int rate_hz;
        };
        const std::vector<Talker> talkers{
            {"goforward.raw", {"go", "forward", "ten", "meters"}, 16000},
            {"numbers.raw", {"thirty", "three", "four", "six", "ninety", "two"}, 16000},
            {"goforward.raw", {"go", "forward", "ten", "meters"}, 48000},
        };
        SttServer server;
        SttServerOptions options;
        options.max_decoders = 2;
        const auto started = server.start(options);
        QVERIFY2(started, started ? "" : started.error().message().c_str());
        std::vector<std::unique_ptr<SpeechLink>> links;
        std::vector<std::unique_ptr<LinkLog>> logs;
        for (const auto& talker : talkers) {
            links.push_back(std::make_unique<SpeechLink>());
            logs.push_back(std::make_unique<LinkLog>(*links.back()));
            links.back()->setCleanedRate(talker.rate_hz);
            links.back()->openStt(quick(urlOf(server)));
        }
        for (const auto& log : logs) QTRY_VERIFY(LinkLog::is(log->stt, LinkState::connected));
        QCOMPARE(server.clientCount(), 3);
        for (std::size_t i = 0; i < talkers.size(); ++i) {
            auto clip = realClip(talkers[i].clip);
            QVERIFY2(!clip.empty(), "is pocketsphinx-testdata installed?");
            clip.insert(clip.begin(), 16000, 0.0F);
            clip.resize(clip.size() + 16000, 0.0F);
            if (talkers[i].rate_hz != 16000)
                clip = *dsp::resampleAll(clip, 16000, talkers[i].rate_hz);
            pushAll(*links[i], clip, talkers[i].rate_hz, 500, 8.0);
        }
        for (std::size_t i = 0; i < talkers.size(); ++i) {
            QTRY_VERIFY_WITH_TIMEOUT(!logs[i]->transcripts.empty(), 15000);
            const auto& heard = logs[i]->transcripts.front();
            const auto wanted = talkers[i].words;
            QVERIFY2(wordsIn(heard.text, wanted) * 2 > wanted.size(), heard.text.c_str());
            QVERIFY(heard.exact);
            // The clip begins 1 s after block 500 and lasts 2.8 or 4.0 s; its voice begins within
            // the first second, and a segment has at most 0.3 s of silence in front.
            QVERIFY2(heard.start_s >= 5.7 && heard.start_s < 7.0,
                     qPrintable(QString::number(heard.start_s)));
            QVERIFY2(heard.end_s > heard.start_s + 1.0 && heard.end_s < 11.0,
                     qPrintable(QString::number(heard.end_s)));
        }
        // The same voice at another rate lies at the same place.
        QVERIFY(std::abs(logs[0]->transcripts[0].start_s - logs[2]->transcripts[0].start_s) < 0.05);
    }

    void speechArrivesWithWordsAndCanBeCancelled() {
        TtsServer server;
        const auto started = server.start({});
        QVERIFY2(started, started ? "" : started.error().message().c_str());
        SpeechLink link;
        LinkLog log(link);
        link.speak("early", "Nobody hears this.", "en-us");
        QTRY_COMPARE(log.ends.size(), std::size_t(1));
        QCOMPARE(log.ends[0].how, SpeechEnd::How::failed);
        QVERIFY(!log.ends[0].reason.isEmpty());
        link.openTts(quick(urlOf(server)));
        QTRY_VERIFY(LinkLog::is(log.tts, LinkState::connected));

        link.speak("a", "Hello there.", "en-us");
        link.speak("b", "Good bye.", "");
        QTRY_COMPARE(log.ends.size(), std::size_t(3));
        QCOMPARE(log.ends[1].id, QString("a"));
        QCOMPARE(log.ends[2].id, QString("b"));
        QCOMPARE(log.ends[2].how, SpeechEnd::How::done);
        QStringList words;
        std::vector<float> a;
        int rate_hz = 0;
        for (const auto& piece : log.pieces) {
            if (!piece.word.isEmpty()) words << piece.id + ":" + piece.word;
            if (piece.id == "a") a.insert(a.end(), piece.samples.begin(), piece.samples.end());
            if (piece.rate_hz > 0) rate_hz = piece.rate_hz;
        }
        QCOMPARE(words, (QStringList{"a:Hello", "a:there", "b:Good", "b:bye"}));
        QVERIFY2(dsp::levelDbfs(a) > -40.0, "silence");
        // Two short words take between a half and two seconds.
        QVERIFY(double(a.size()) / rate_hz > 0.5 && double(a.size()) / rate_hz < 2.0);

        QString text;
        for (int i = 0; i < 60; ++i) text += "This is a long story. ";
        log.pieces.clear();
        link.speak("long", text, "en-us");
        QTRY_VERIFY(!log.pieces.empty() && !log.pieces.back().samples.empty());
        link.cancel("long");
        QTRY_COMPARE(log.ends.size(), std::size_t(4));
        QCOMPARE(log.ends[3].how, SpeechEnd::How::cancelled);
        std::size_t frames = 0;
        for (const auto& piece : log.pieces) frames += piece.samples.size();
        // The service keeps 3 s ahead; the whole story takes more than a minute.
        QVERIFY2(frames < std::size_t(5 * rate_hz), qPrintable(QString::number(frames)));
        const auto pieces = log.pieces.size();
        QTest::qWait(200);
        QCOMPARE(log.pieces.size(), pieces);

        link.speak("who", "Hello", "nosuch");
        QTRY_COMPARE(log.ends.size(), std::size_t(5));
        QVERIFY2(log.ends[4].reason.contains("no voice 'nosuch'"), qPrintable(log.ends[4].reason));
        link.speak("cut", text, "en-us");
        QTRY_VERIFY(log.pieces.size() > pieces);
        server.shutDown();
        QTRY_COMPARE(log.ends.size(), std::size_t(6));
        QCOMPARE(log.ends[5].how, SpeechEnd::How::failed);
        QVERIFY2(log.ends[5].reason.contains("shutting down"), qPrintable(log.ends[5].reason));
        QVERIFY(link.counters().faults == 0);
    }

    /// Whatever the service does: said in words, tried again, and a push never waits.
    void faultsAreExplained_data() {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("says");
        QTest::newRow("refuse") << "refuse"
                                << "HTTP 401";
        QTest::newRow("busy") << "busy"
                              << "too busy";
        QTest::newRow("die") << "die"
                             << "the connection broke";
        QTest::newRow("stall") << "stall"
                               << "stalls";
        QTest::newRow("garbage") << "garbage"
                                 << "make no sense";
        QTest::newRow("large") << "large"
                               << "too large";
        QTest::newRow("nothing there") << "none"
                                       << "nothing listens there";
        QTest::newRow("no answer") << "silent"
                                   << "no WebSocket after";
        QTest::newRow("another service") << "ssh"
                                         << "no WebSocket service";
        QTest::newRow("no host") << "host"
                                 << "no host of that name";
        QTest::newRow("no address") << "scheme"
                                    << "is no WebSocket address";
    }
    void faultsAreExplained() {
        QFETCH(QString, fault);
        QFETCH(QString, says);
        std::unique_ptr<PeerServer> peer;
        RawServer silent{{}};
        RawServer ssh{"SSH-2.0-OpenSSH_9.2\r\n\r\n"};
        QUrl url;
        if (fault == "none") {
            QTcpServer port;
            QVERIFY(port.listen(QHostAddress::LocalHost));
            url = QUrl(QString("ws://127.0.0.1:%1").arg(port.serverPort()));
        } else if (fault == "silent" || fault == "ssh") {
            url = fault == "ssh" ? ssh.url() : silent.url();
        } else if (fault == "host") {
            url = QUrl("ws://no-such-host.invalid:1");
        } else if (fault == "scheme") {
            url = QUrl("http://localhost:1");
        } else {
            peer = std::make_unique<PeerServer>(QStringList{"--fault", fault});
            QVERIFY2(peer->port() > 0, "is python3-websockets installed?");
            url = peer->url();
        }
        url.setUserName("user");
        url.setPassword("secret");
        url.setQuery("key=secret");
        SpeechLink link;
        LinkLog log(link);
        auto options = quick(url);
        options.token = "secret";
        link.openStt(options);
        QTRY_VERIFY(!log.stt.empty());  // from here on each sample is sent or counted as dropped
        const auto x = noise(64000, -20.0, 1);
        const double longest_ms = pushAll(link, x, 16000, 0, 8.0);
        QVERIFY2(longest_ms < 50.0, qPrintable(QString::number(longest_ms)));
        QTRY_VERIFY2(LinkLog::count(log.stt, LinkState::failed) > 0, "never failed");
        const auto reason = LinkLog::reason(log.stt);
        QVERIFY2(reason.contains(says), qPrintable(reason));
        QVERIFY2(!reason.contains("secret"), qPrintable(reason));
        QVERIFY(reason.size() > 20);
        QTRY_VERIFY(LinkLog::count(log.stt, LinkState::connecting) >= 2);  // tried again
        // The socket's buffers take the little that came before a stall is noticed.
        if (fault != "stall") QTRY_VERIFY(link.counters().dropped_frames > 0);
        const auto counters = link.counters();
        QCOMPARE(counters.feed_dropped_frames, 0);
        QTRY_COMPARE(link.counters().dropped_frames + link.counters().sent_frames,
                     std::int64_t(x.size()));
    }

    void aSilentSpeechServiceIsGivenUp() {
        QWebSocketServer server("mute", QWebSocketServer::NonSecureMode);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        SpeechLink link;
        LinkLog log(link);
        link.openTts(quick(server.serverUrl()));
        QTRY_VERIFY(LinkLog::is(log.tts, LinkState::connected));
        link.speak("a", "Hello.", "");
        QTRY_COMPARE(log.ends.size(), std::size_t(1));
        QCOMPARE(log.ends[0].how, SpeechEnd::How::failed);
        QVERIFY2(log.ends[0].reason.contains("has sent nothing"), qPrintable(log.ends[0].reason));
    }

    /// The same port again: connected by itself, and times still count from the call's begin.
    void aServiceThatComesBackIsFound() {
        auto peer = std::make_unique<PeerServer>();
        QVERIFY(peer->port() > 0);
        const auto port = QString::number(peer->port());
        SpeechLink link;
        LinkLog log(link);
        link.openStt(quick(peer->url()));
        QTRY_VERIFY(LinkLog::is(log.stt, LinkState::connected));
        peer->stop();
        QTRY_VERIFY(LinkLog::count(log.stt, LinkState::failed) >= 3);
        // The waits grow: 50, 100, 200 ms, each within 25 %.
        std::vector<int> waits;
        for (const auto& status : log.stt) {
            if (status.state == LinkState::failed) waits.push_back(status.retry_ms);
        }
        for (std::size_t i = 0; i < 3; ++i) {
            const double middle = 50.0 * double(1U << i);
            QVERIFY2(waits[i] >= 0.74 * middle && waits[i] <= 1.26 * middle,
                     qPrintable(QString::number(waits[i])));
        }
        peer = std::make_unique<PeerServer>(QStringList{"--port", port});
        QTRY_VERIFY(LinkLog::is(log.stt, LinkState::connected));
        pushAll(link, noise(20000, -20.0, 2), 16000, 3000, 4.0);
        QTRY_COMPARE(log.transcripts.size(), std::size_t(1));
        QVERIFY(std::abs(log.transcripts[0].start_s - 30.1) < 1e-6);
    }

    void tlsIsChecked() {
        QTemporaryDir folder;
        QVERIFY2(makeCertificate(folder, "DNS:localhost,IP:127.0.0.1"), "is openssl installed?");
        const QStringList tls{"--cert", folder.filePath("cert.pem"), "--key",
                              folder.filePath("key.pem")};
        PeerServer peer(tls);
        QVERIFY(peer.port() > 0);
        SpeechLink link;
        LinkLog log(link);
        auto options = quick(peer.url("wss"));
        link.openStt(options);
        QTRY_VERIFY(LinkLog::is(log.stt, LinkState::failed));
        QVERIFY2(LinkLog::reason(log.stt).contains("self-signed"),
                 qPrintable(LinkLog::reason(log.stt)));
        QVERIFY(LinkLog::reason(log.stt).contains("CA file"));

        log.stt.clear();
        options.ca_file = folder.filePath("nosuch.pem");
        link.openStt(options);
        QTRY_VERIFY2(LinkLog::failedWith(log.stt, "no certificate can be read"),
                     qPrintable(LinkLog::reason(log.stt)));

        log.stt.clear();
        options.ca_file = folder.filePath("cert.pem");
        link.openStt(options);
        QTRY_VERIFY2(LinkLog::is(log.stt, LinkState::connected),
                     qPrintable(LinkLog::reason(log.stt)));
        pushAll(link, noise(20000, -20.0, 2), 16000, 0, 4.0);
        QTRY_COMPARE(log.transcripts.size(), std::size_t(1));

        // Our own server over TLS, under a name that is not in the certificate.
        QTemporaryDir other;
        QVERIFY(makeCertificate(other, "DNS:elsewhere.example"));
        auto server_options = countingServer();
        server_options.service.certificate_file = other.filePath("cert.pem");
        server_options.service.key_file = other.filePath("key.pem");
        SttServer server;
        QVERIFY(server.start(server_options));
        log.stt.clear();
        options.url = urlOf(server);
        options.ca_file = other.filePath("cert.pem");
        QCOMPARE(options.url.scheme(), QString("wss"));
        link.openStt(options);
        QTRY_VERIFY2(LinkLog::failedWith(log.stt, "another host"),
                     qPrintable(LinkLog::reason(log.stt)));
    }

    /// Close codes and refusals of our servers, seen by a bare WebSocket.
    void serversKeepTheirLimits() {
        auto options = countingServer();
        options.service.max_clients = 2;
        options.service.max_message_bytes = 65536;
        options.service.allowed_origins = QStringList{"http://good.example"};
        SttServer server;
        QVERIFY(server.start(options));
        QStringList notes;
        connect(&server, &WsService::note, this, [&](const QString& line) { notes << line; });

        SttServer second;
        auto taken = countingServer();
        taken.service.port = server.port();
        const auto refused = second.start(taken);
        QVERIFY(!refused);
        QVERIFY2(refused.error().message().find("--port") != std::string::npos,
                 refused.error().message().c_str());

        QWebSocket evil("http://evil.example");
        evil.open(urlOf(server));
        QTRY_VERIFY(evil.errorString().contains("403"));
        QVERIFY(!evil.isValid());
        QVERIFY(notes.join(' ').contains("evil.example"));

        QWebSocket good("http://good.example");
        good.open(urlOf(server));
        QTRY_VERIFY(good.isValid() && server.clientCount() == 1);
        good.sendBinaryMessage(QByteArray(65540, 'x'));
        QTRY_COMPARE(int(good.closeCode()), 1009);

        QWebSocket bad;
        bad.open(urlOf(server));
        QTRY_VERIFY(bad.isValid());
        for (int i = 0; i < 10; ++i) bad.sendTextMessage("what?");
        QTRY_COMPARE(int(bad.closeCode()), 1008);
        QVERIFY(bad.closeReason().contains("float32"));

        QTRY_COMPARE(server.clientCount(), 0);
        QWebSocket one, two, three;
        for (auto* socket : {&one, &two}) socket->open(urlOf(server));
        QTRY_COMPARE(server.clientCount(), 2);
        three.open(urlOf(server));
        QTRY_COMPARE(three.state(), QAbstractSocket::UnconnectedState);
        QTRY_COMPARE(int(three.closeCode()), 1002);  // 1013, which Qt does not tell
        QVERIFY(one.isValid() && two.isValid());
        server.shutDown();
        QTRY_COMPARE(int(one.closeCode()), 1001);
    }
};

QTEST_GUILESS_MAIN(SpeechLinkTest)
#include "speech_link_test.moc"
