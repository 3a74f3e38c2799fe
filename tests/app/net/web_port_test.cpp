// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHttpServer>
#include <QNetworkInterface>
#include <QSslSocket>
#include <QTcpSocket>
#include <QWebSocket>
#include <QtTest>

#include "app/net/http_page.h"
#include "app/net/last_word_socket.h"
#include "app/net/own_address.h"
#include "app/net/ws_service.h"
#include "tests/app/net/net_support.h"

using namespace doubletalk;
using net::ClientId;

namespace {

/// Says what was asked for, and sends back what comes.
class Probe : public net::WsService {
public:
    explicit Probe(bool with_http = true) {
        acceptSocketsAt({"/ws/audio"});
        if (!with_http) return;
        http().route("/health", [] { return QHttpServerResponse("fine"); });
        net::serveHttpPage(http(), {"/page", "text/plain", "whole page", {{"X-Own", "here"}}});
        http().route("/take", [](const QHttpServerRequest& request) {
            return QHttpServerResponse(QString::number(request.body().size()));
        });
    }
    using net::WsService::closeClient;
    using net::WsService::waitingBytes;
    /// Connections that have been told goodbye and still send.
    [[nodiscard]] int farewells() {
        return int(http().findChild<QObject*>("farewells")->findChildren<QTcpSocket*>().size());
    }
    QList<QUrl> requests;
    int messages = 0, left = 0;
    bool refuse_next = false;

protected:
    void clientCame(ClientId client) override { requests << requestOf(client); }
    void clientMessage(ClientId client, const remote::MessageView& message) override {
        ++messages;
        if (refuse_next) return closeClient(client, 1003, "not this");
        send(client, {message.binary, std::string(message.payload)});
    }
    void clientLeft(ClientId client) override {
        ++left;
        QVERIFY(requestOf(client).isEmpty());
    }
};

net::ServiceOptions quietOptions() {
    net::ServiceOptions options;
    options.allowed_origins = QStringList{"http://bench.example:3000"};
    options.max_message_bytes = 100000;
    return options;
}

/// Everything the server says to these bytes until it is silent for a while or hangs up.
QByteArray talk(QTcpSocket& socket, const QList<QByteArray>& pieces, const QByteArray& until = {}) {
    QByteArray got;
    for (const auto& piece : pieces) {
        socket.write(piece);
        QTest::qWait(20);
    }
    QElapsedTimer clock;
    clock.start();
    while (clock.elapsed() < 2000 && (until.isEmpty() || !got.contains(until))) {
        QTest::qWait(5);
        got += socket.readAll();
        if (socket.state() != QAbstractSocket::ConnectedState) break;
    }
    return got;
}

QByteArray upgradeHead(const QByteArray& path, const QByteArray& more, const QByteArray& host) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + host +
           "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           more + "\r\n";
}

}  // namespace

/// One port for HTTP and WebSocket, spoken to byte by byte.
class WebPortTest : public QObject {
    Q_OBJECT

    std::unique_ptr<Probe> probe_ = nullptr;
    QStringList notes_;

    QByteArray ask(const QList<QByteArray>& pieces, const QByteArray& until = {}) {
        QTcpSocket socket;
        socket.connectToHost("127.0.0.1", probe_->port());
        if (!socket.waitForConnected(2000)) return "no connection";
        return talk(socket, pieces, until);
    }
    [[nodiscard]] QByteArray own() const {
        return "localhost:" + QByteArray::number(probe_->port());
    }

private slots:
    void init() {
        notes_.clear();
        probe_ = std::make_unique<Probe>();
        connect(probe_.get(), &net::WsService::note, this,
                [this](const auto& line) { notes_ << line; });
        const auto ok = probe_->listen(quietOptions());
        QVERIFY2(ok, ok ? "" : ok.error().message().c_str());
    }
    void cleanup() { probe_.reset(); }

    /// RFC 9110 9.3.2, 15.5.6: HEAD is GET without the body; the connection stays in step.
    void pagesKnowTheirMethods() {
        const auto request = [&](const QByteArray& method, const QByteArray& path = "/page") {
            return method + ' ' + path + " HTTP/1.1\r\nHost: " + own() + "\r\n\r\n";
        };
        const auto whole = ask({request("GET")}, "whole page");
        QVERIFY2(whole.startsWith("HTTP/1.1 200"), whole);
        const auto twice = ask({request("HEAD"), request("GET")}, "whole page");
        const auto head = twice.left(twice.indexOf("\r\n\r\n") + 4).toLower();
        QVERIFY2(head.startsWith("http/1.1 200"), twice);
        for (const auto* line :
             {"content-length: 10\r\n", "content-type: text/plain\r\n", "x-own: here\r\n"}) {
            QVERIFY2(head.count(line) == 1, twice);
        }
        QCOMPARE(twice.mid(head.size()), whole);
        for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"}) {
            const auto answer = ask({request(method)}, "\r\n\r\n");
            QVERIFY2(answer.startsWith("HTTP/1.1 405"), method + answer);
            QVERIFY2(answer.toLower().contains("allow: get, head\r\n"), answer);
        }
        QVERIFY(ask({request("HEAD", "/nosuch")}, "\r\n\r\n").startsWith("HTTP/1.1 404"));
    }

    /// "http://0.0.0.0" leads nowhere from another computer.
    void addressIsOneOthersReach() {
        using net::reachableAddress;
        const QHostAddress own("127.0.0.1"), other("192.0.2.7");
        QCOMPARE(reachableAddress(own), own);
        QCOMPARE(reachableAddress(other), other);
        QHostAddress first;
        for (const auto& address : QNetworkInterface::allAddresses()) {
            const bool fits = address.protocol() == QAbstractSocket::IPv4Protocol &&
                              !address.isLoopback() && !address.isLinkLocal();
            if (fits && first.isNull()) first = address;
        }
        for (const auto any : {QHostAddress::Any, QHostAddress::AnyIPv4}) {
            const auto shown = reachableAddress(QHostAddress(any));
            QCOMPARE(shown.isLoopback(), first.isNull());
            QVERIFY2(QNetworkInterface::allAddresses().contains(shown),
                     qPrintable(shown.toString()));
        }
        QVERIFY(!reachableAddress(QHostAddress(QHostAddress::AnyIPv6)).isNull());
        auto options = quietOptions();
        options.bind = QHostAddress(QHostAddress::AnyIPv4);
        Probe everywhere;
        QVERIFY(everywhere.listen(options));
        QVERIFY2(!everywhere.webAddress().contains("0.0.0.0"), qPrintable(everywhere.webAddress()));
        QTcpSocket socket;
        socket.connectToHost(QUrl(everywhere.webAddress()).host(), everywhere.port());
        QVERIFY(socket.waitForConnected(2000));
    }

    void servesPagesAndSockets() {
        const auto get = [&](const QByteArray& path) {
            return "GET " + path + " HTTP/1.1\r\nHost: " + own() + "\r\n\r\n";
        };
        // Keep-alive: two requests over one connection, the first in two pieces.
        const auto first = get("/health");
        QTcpSocket socket;
        socket.connectToHost("127.0.0.1", probe_->port());
        QVERIFY(socket.waitForConnected(2000));
        auto answer = talk(socket, {first.left(11), first.mid(11)}, "fine");
        QVERIFY2(answer.startsWith("HTTP/1.1 200") && answer.endsWith("fine"), answer);
        answer = talk(socket, {get("/nosuch")}, "\r\n\r\n");
        QVERIFY2(answer.startsWith("HTTP/1.1 404"), answer);
        const QByteArray body(5000, 'x');
        const QByteArray post =
            "POST /take HTTP/1.1\r\nHost: " + own() + "\r\nContent-Length: 5000\r\n\r\n" + body;
        QVERIFY(
            ask({post.left(200), post.mid(200, 3000), post.mid(3200)}, "5000").endsWith("5000"));

        QWebSocket ws;
        QByteArray echo;
        connect(&ws, &QWebSocket::binaryMessageReceived, [&](const QByteArray& b) { echo = b; });
        ws.open(
            QUrl("ws://localhost:" + QString::number(probe_->port()) + "/ws/audio?codec=a%20b"));
        QTRY_COMPARE(probe_->requests.size(), 1);
        QCOMPARE(probe_->requests[0].path(), QString("/ws/audio"));
        QCOMPARE(probe_->requests[0].query(QUrl::FullyDecoded), QString("codec=a b"));
        ws.sendBinaryMessage("\x01\x02\x00\x04");
        QTRY_COMPARE(echo, QByteArray("\x01\x02\x00\x04"));
        QVERIFY2(notes_.isEmpty(), qPrintable(notes_.join('|')));
        QCOMPARE(probe_->webAddress(), "http://127.0.0.1:" + QString::number(probe_->port()));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("request");  // OWN: our own host and port
        QTest::addColumn<int>("status");
        const auto ws = [](const QByteArray& path, const QByteArray& more = {},
                           const QByteArray& host = "OWN") {
            return upgradeHead(path, more, host);
        };
        const auto get = [](const QByteArray& more, const QByteArray& host = "OWN") {
            return "GET /health HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n";
        };
        QTest::newRow("no origin") << ws("/ws/audio") << 101;
        QTest::newRow("own page") << ws("/ws/audio", "Origin: http://OWN\r\n") << 101;
        QTest::newRow("allowed page")
            << ws("/ws/audio", "Origin: http://bench.example:3000\r\n") << 101;
        QTest::newRow("strange page") << ws("/ws/audio", "Origin: http://evil.example\r\n") << 403;
        QTest::newRow("other port") << ws("/ws/audio", "Origin: http://localhost:1\r\n") << 403;
        QTest::newRow("file page") << ws("/ws/audio", "Origin: null\r\n") << 403;
        QTest::newRow("wrong scheme") << ws("/ws/audio", "Origin: https://OWN\r\n") << 403;
        QTest::newRow("rebound name")
            << ws("/ws/audio", "Origin: http://evil.example\r\n", "evil.example") << 403;
        QTest::newRow("rebound name, page") << get("", "evil.example:8001") << 403;
        QTest::newRow("page by address") << get("", "127.0.0.1") << 200;
        QTest::newRow("page by allowed name") << get("", "bench.example") << 200;
        QTest::newRow("page asked by a page") << get("Origin: http://evil.example\r\n") << 403;
        QTest::newRow("other path") << ws("/ws/other") << 404;
        QTest::newRow("path and query") << ws("/ws/audio?a=/x") << 101;
        QTest::newRow("path above") << ws("/ws/audio/../other") << 404;
        QTest::newRow("encoded path") << ws("/ws%2faudio") << 404;
        QTest::newRow("two hosts") << get("Host: OWN\r\n") << 400;
        QTest::newRow("two origins")
            << ws("/ws/audio", "Origin: http://OWN\r\nOrigin: http://evil.example\r\n") << 400;
        QTest::newRow("no host") << QByteArray("GET /health HTTP/1.1\r\n\r\n") << 400;
        QTest::newRow("no HTTP") << QByteArray("hello\r\n\r\n") << 400;
        QTest::newRow("large head") << get("X: " + QByteArray(9000, 'x') + "\r\n") << 431;
        QTest::newRow("large body") << get("Content-Length: 70000\r\n") << 413;
        QTest::newRow("endless body") << get("Transfer-Encoding: chunked\r\n") << 413;
    }
    void refuses() {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        const auto answer = ask({request.replace("OWN", own())}, "\r\n\r\n");
        QVERIFY2(answer.startsWith("HTTP/1.1 " + QByteArray::number(status) + ' '), answer);
        QCOMPARE(probe_->clientCount(), int(status == 101));
        QCOMPARE(notes_.size(), qsizetype(status >= 400));
    }

    void noUpgradeAfterARequest() {
        for (const QByteArray origin : {"http://evil.example", "http://OWN"}) {
            auto head = upgradeHead("/ws/audio", "Origin: " + origin + "\r\n", own());
            const auto answer = ask({"GET /health HTTP/1.1\r\nHost: " + own() + "\r\n\r\n",
                                     head.replace("OWN", own())});
            QVERIFY(answer.contains("fine"));
            QVERIFY2(!answer.contains(" 101 "), answer);
            QCOMPARE(probe_->clientCount(), 0);
        }
    }

    void everyRequestIsChecked_data() {
        QTest::addColumn<QByteArray>("second");
        QTest::addColumn<int>("status");
        const auto get = [](const QByteArray& more, const QByteArray& host = "OWN") {
            return "GET /page HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n";
        };
        const QByteArray evil = "Origin: http://evil.example\r\n";
        QTest::newRow("good") << get("") << 200;
        QTest::newRow("own page") << get("Origin: http://OWN\r\n") << 200;
        QTest::newRow("strange page") << get(evil) << 403;
        QTest::newRow("strange page, other path") << get(evil).replace("/page", "/health") << 403;
        QTest::newRow("strange page, HEAD") << get(evil).replace("GET", "HEAD") << 403;
        QTest::newRow("strange page, POST") << get(evil).replace("GET", "POST") << 403;
        QTest::newRow("rebound name") << get("", "evil.example:8001") << 403;
        QTest::newRow("two hosts") << get("Host: evil.example\r\n") << 400;
        QTest::newRow("bare line ends") << get(evil).replace("\r\n", "\n") + get("") << 400;
        QTest::newRow("large body") << get("Content-Length: 70000\r\n") << 413;
        QTest::newRow("large head") << get("X: " + QByteArray(9000, 'x') + "\r\n") << 431;
    }
    /// Whether it comes after the answer to the first, in pieces, together with it, or as the body
    /// of a request that has another length.
    void everyRequestIsChecked() {
        QFETCH(QByteArray, second);
        QFETCH(int, status);
        second.replace("OWN", own());
        const auto first = "GET /health HTTP/1.1\r\nHost: " + own() + "\r\n\r\n";
        const auto post =
            "POST /take HTTP/1.1\r\nHost: " + own() + "\r\nContent-Length: 5\r\n\r\n12345";
        const QList<QByteArray> ways[] = {
            {first, second},  {first, second.left(25), second.mid(25)},
            {first + second}, {first + second.left(25), second.mid(25)},
            {post + second},  {post.left(70), post.mid(70) + second}};
        for (const auto& pieces : ways) {
            notes_.clear();
            const auto wanted = "HTTP/1.1 " + QByteArray::number(status) + ' ';
            auto answer = ask(pieces, status == 200 ? QByteArray("whole page") : wanted);
            QVERIFY2(answer.startsWith("HTTP/1.1 200"), answer);
            const auto at = answer.indexOf("HTTP/1.1 ", 1);
            QVERIFY2(at > 0 && answer.mid(at).startsWith(wanted), answer);
            QCOMPARE(answer.contains("whole page"), status == 200);
            QCOMPARE(answer.count("HTTP/1.1 "), 2);
            QCOMPARE(notes_.size(), qsizetype(status >= 400));
        }
        if (status < 400) return;
        // Behind a refusal nothing is answered.
        const auto refused = ask({second + first + first});
        QVERIFY2(refused.startsWith("HTTP/1.1 " + QByteArray::number(status)), refused);
        QCOMPARE(refused.count("HTTP/1.1 "), 1);
    }

    /// Many requests at once are answered one by one.
    void manyRequestsAtOnce() {
        const auto get = "GET /health HTTP/1.1\r\nHost: " + own() + "\r\n\r\n";
        QTcpSocket socket;
        socket.connectToHost("127.0.0.1", probe_->port());
        QVERIFY(socket.waitForConnected(2000));
        socket.write(get.repeated(500));
        QByteArray got;
        const auto answers = [&] {
            got += socket.readAll();
            return got.count("fine");
        };
        QTRY_COMPARE(answers(), 500);
        QCOMPARE(got.count("HTTP/1.1 200"), 500);
        QVERIFY2(notes_.isEmpty(), qPrintable(notes_.join('|')));
    }

    void endsSlowHeadsAndFloods() {
        QTcpSocket slow;
        slow.connectToHost("127.0.0.1", probe_->port());
        QVERIFY(slow.waitForConnected(2000));
        slow.write("GET /health HTTP/1.1\r\nHost: " + own() + "\r\n");
        QElapsedTimer clock;
        clock.start();
        QTcpSocket flood;
        flood.connectToHost("127.0.0.1", probe_->port());
        QVERIFY(flood.waitForConnected(2000));
        flood.write("GET /health HTTP/1.1\r\nHost: " + own() + "\r\n\r\n");
        QTRY_VERIFY(flood.bytesAvailable() > 0);
        flood.write("POST /take HTTP/1.1\r\nHost: " + own() + "\r\nContent-Length: 900000\r\n\r\n");
        flood.write(QByteArray(400000, 'x'));
        QTRY_COMPARE(flood.state(), QAbstractSocket::UnconnectedState);
        QVERIFY(clock.elapsed() < 3000);
        QTcpSocket pages;  // many of them, and none is read
        pages.setReadBufferSize(1);
        pages.connectToHost("127.0.0.1", probe_->port());
        QVERIFY(pages.waitForConnected(2000));
        const auto get = "GET /health HTTP/1.1\r\nHost: " + own() + "\r\n\r\n";
        pages.write(get.repeated(100000));
        QTRY_COMPARE(pages.state(), QAbstractSocket::UnconnectedState);
        QVERIFY2(notes_.last().contains("too much"), qPrintable(notes_.join('|')));
        QTRY_COMPARE_WITH_TIMEOUT(slow.state(), QAbstractSocket::UnconnectedState, 7000);
        QVERIFY2(clock.elapsed() > 4500, qPrintable(QString::number(clock.elapsed())));
        const auto answer = slow.readAll();
        QVERIFY2(answer.startsWith("HTTP/1.1 408"), answer);
    }

    void closedClientIsNotHeardAgain() {
        probe_->refuse_next = true;
        QWebSocket ws;
        ws.open(QUrl("ws://127.0.0.1:" + QString::number(probe_->port()) + "/ws/audio"));
        QTRY_COMPARE(ws.state(), QAbstractSocket::ConnectedState);
        QCOMPARE(probe_->clientCount(), 1);
        for (int i = 0; i < 5; ++i) ws.sendTextMessage("x");
        QTRY_COMPARE(probe_->left, 1);
        QCOMPARE(probe_->messages, 1);
        QCOMPARE(int(ws.closeCode()), 1003);
        QCOMPARE(notes_.size(), qsizetype(1));
        QVERIFY2(notes_[0].contains("1003"), qPrintable(notes_[0]));
    }

    /// What still comes is taken, so that no reset takes the goodbye away; but not for ever.
    void goodbyeReachesWhoGoesOnSending() {
        probe_->refuse_next = true;
        QTcpSocket socket;
        socket.connectToHost("127.0.0.1", probe_->port());
        socket.write(upgradeHead("/ws/audio", "", own()));
        QTRY_COMPARE(probe_->clientCount(), 1);
        QByteArray read;
        const auto heard = [&](const char* words) {
            return (read += socket.readAll()).contains(words);
        };
        QTRY_VERIFY(heard("\r\n\r\n"));
        QElapsedTimer clock;
        clock.start();
        // 640 bytes, masked with 0. For a while nothing is read.
        const auto frame = QByteArray::fromHex("82fe028000000000") + QByteArray(640, 1);
        socket.setReadBufferSize(1);
        while (clock.elapsed() < 1000) {
            socket.write(frame.repeated(20));
            QTest::qWait(20);
            QCOMPARE(socket.state(), QAbstractSocket::ConnectedState);
        }
        QCOMPARE(probe_->messages, 1);
        QCOMPARE(probe_->clientCount(), 0);
        QCOMPARE(probe_->farewells(), 1);
        socket.setReadBufferSize(0);
        QTRY_VERIFY(heard("\x03\xEBnot this"));
        QTRY_COMPARE_WITH_TIMEOUT(probe_->farewells(), 0, 4000);
        QVERIFY2(clock.elapsed() < 4000, qPrintable(QString::number(clock.elapsed())));

        // Who hears it and ends is not waited for.
        QWebSocket polite;
        polite.open(QUrl("ws://127.0.0.1:" + QString::number(probe_->port()) + "/ws/audio"));
        QTRY_COMPARE(polite.state(), QAbstractSocket::ConnectedState);
        clock.restart();
        polite.sendTextMessage("x");
        QTRY_COMPARE(probe_->left, 2);
        QTRY_COMPARE(probe_->farewells(), 0);
        QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
    }

    /// More of them than are waited for, and the service ends meanwhile.
    void goodbyesAreLimited() {
        auto options = quietOptions();
        options.max_clients = 100;
        probe_ = std::make_unique<Probe>();
        QVERIFY(probe_->listen(options));
        probe_->refuse_next = true;
        std::vector<std::unique_ptr<QTcpSocket>> sockets;
        for (int i = 0; i < net::Farewells::kMax + 10; ++i) {
            sockets.push_back(std::make_unique<QTcpSocket>());
            sockets.back()->connectToHost("127.0.0.1", probe_->port());
            sockets.back()->write(upgradeHead("/ws/audio", "", own()));
        }
        QTRY_COMPARE(probe_->requests.size(), qsizetype(sockets.size()));
        for (auto& socket : sockets) {
            socket->setReadBufferSize(1);  // the end is not seen
            socket->write(QByteArray::fromHex("82820000000000000102"));
        }
        QTRY_COMPARE(probe_->left, int(sockets.size()));
        QCOMPARE(probe_->farewells(), net::Farewells::kMax);
        probe_.reset();
    }

    void withoutHttp() {
        probe_ = std::make_unique<Probe>(false);
        QVERIFY(probe_->listen(quietOptions()));
        const auto answer =
            ask({"GET /health HTTP/1.1\r\nHost: " + own() + "\r\n\r\n"}, "\r\n\r\n");
        QVERIFY2(answer.startsWith("HTTP/1.1 426"), answer);
        QVERIFY(ask({upgradeHead("/ws/audio", "", own())}, "\r\n\r\n").startsWith("HTTP/1.1 101"));
    }

    void bothWithTls() {
        const QTemporaryDir folder;
        QVERIFY(test::makeCertificate(folder, "DNS:localhost"));
        probe_ = std::make_unique<Probe>();
        auto options = quietOptions();
        options.certificate_file = folder.filePath("cert.pem");
        options.key_file = folder.filePath("key.pem");
        const auto ok = probe_->listen(options);
        QVERIFY2(ok, ok ? "" : ok.error().message().c_str());
        QVERIFY(probe_->address().startsWith("wss://"));
        auto tls = QSslConfiguration::defaultConfiguration();
        tls.setCaCertificates(QSslCertificate::fromPath(options.certificate_file));
        QSslSocket page;
        page.setSslConfiguration(tls);
        page.connectToHostEncrypted("localhost", probe_->port());
        QTRY_VERIFY2(page.isEncrypted(), qPrintable(page.errorString()));
        const auto answer =
            talk(page, {"GET /health HTTP/1.1\r\nHost: " + own() + "\r\n\r\n"}, "fine");
        QVERIFY2(answer.startsWith("HTTP/1.1 200"), answer);
        QWebSocket ws;
        ws.setSslConfiguration(tls);
        QString echo;
        connect(&ws, &QWebSocket::textMessageReceived, [&](const QString& text) { echo = text; });
        ws.open(QUrl("wss://localhost:" + QString::number(probe_->port()) + "/ws/audio"));
        QTRY_COMPARE(ws.state(), QAbstractSocket::ConnectedState);
        QCOMPARE(probe_->clientCount(), 1);
        ws.sendTextMessage("x");
        QTRY_COMPARE(echo, QString("x"));
        // Without TLS: no answer that could be used, and no harm.
        QVERIFY(!ask({"GET /health HTTP/1.1\r\nHost: " + own() + "\r\n\r\n"}).contains("200"));
        QCOMPARE(probe_->clientCount(), 1);
    }
};

QTEST_GUILESS_MAIN(WebPortTest)
#include "web_port_test.moc"
