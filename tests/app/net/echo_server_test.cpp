// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/echo_server.h"

#include <QHash>
#include <QJsonObject>
#include <QSet>
#include <QTcpSocket>
#include <QWebSocket>
#include <QtTest>
#include <csignal>

#include "tests/app/net/net_support.h"
#include "tests/app/net/service_process.h"

using namespace doubletalk;
using test::finishCli;
using test::runPeer;
using test::Service;

namespace {

QString toldAs(const QJsonObject& line) {
    return QString::fromUtf8(QJsonDocument(line).toJson(QJsonDocument::Compact));
}

}  // namespace

/// serve echo, spoken to by a client that nobody here wrote.
class EchoServerTest : public QObject {
    Q_OBJECT

private slots:
    void healthAndEcho() {
        Service service({"echo", "--port", "0"});
        QVERIFY2(service.line.startsWith("echo listening at ws://127.0.0.1:"),
                 service.line + service.process->readAllStandardError());
        const auto lines =
            runPeer("echo_client.py", {service.address, "health", "echo", "refused"});
        QCOMPARE(lines.size(), std::size_t(9));
        for (int i = 0; i < 2; ++i) {
            const auto& health = lines[std::size_t(i)];
            QCOMPARE(health["status"].toInt(), 200);
            QCOMPARE(health["type"].toString(), QString("application/json"));
            QCOMPARE(health["body"].toString(), QString(R"({"status": "ok"})"));
            QVERIFY2(health["same_connection"].toBool(), qPrintable(toldAs(health)));
        }
        for (std::size_t i = 2; i < 5; ++i) {
            QVERIFY2(lines[i]["status"].toInt() == 404, qPrintable(toldAs(lines[i])));
        }
        QCOMPARE(lines[5]["messages"].toInt(), 11);
        QCOMPARE(lines[5]["same"].toInt(), 11);
        QCOMPARE(lines[6]["status"].toInt(), 403);
        QCOMPARE(lines[7]["status"].toInt(), 101);
        QCOMPARE(lines[8]["status"].toInt(), 404);
        service.process->terminate();
        const auto ended = finishCli(*service.process, 10000);
        QCOMPARE(ended.exit_code, 0);
        QVERIFY2(ended.err.contains("evil.example"), ended.err);
        QVERIFY2(ended.err.contains("11 frames of 0 to 100000 bytes"), ended.err);
    }

    /// All implementations give the same bits, whatever they are called.
    void roundtripByEveryCodec() {
        Service service({"echo", "--port", "0"});
        QStringList checks;
        for (const auto* codec :
             {"scalar", "table", "simd", "pure_python", "numpy", "audioop", "x"}) {
            checks << QString("roundtrip:") + codec;
        }
        const auto lines = runPeer("echo_client.py", QStringList{service.address} + checks);
        QCOMPARE(lines.size(), std::size_t(7));
        for (const auto& line : lines) {
            QCOMPARE(line["samples"].toInt(), 65536);
            QCOMPARE(line["different"].toInt(), 255);  // 256 codes, two of them zero
            QCOMPARE(line["outside"].toInt(-1), 0);
            QVERIFY(line["again_same"].toBool());
            QCOMPARE(line["crc"], lines[0]["crc"]);
        }
        service.process->terminate();
        const auto ended = finishCli(*service.process, 10000);
        for (const auto* tier : {"codec scalar", "codec table"}) {
            QCOMPARE(ended.err.count(tier), qsizetype(2));
        }
    }

    void everyFaultHasItsCode() {
        Service service(
            {"echo", "--port", "0", "--max-clients", "3", "--max-message-bytes", "100000"});
        const auto lines = runPeer("echo_client.py", {service.address, "close:text", "close:odd",
                                                      "close:huge", "close:many", "echo"});
        QCOMPARE(lines.size(), std::size_t(5));
        const int codes[] = {1003, 1007, 1009, 1013};
        for (std::size_t i = 0; i < 4; ++i) {
            QVERIFY2(lines[i]["code"].toInt() == codes[i], qPrintable(toldAs(lines[i])));
            QVERIFY(!lines[i]["reason"].toString().isEmpty());
        }
        QCOMPARE(lines[3]["others_open"].toInt(), 3);
        QCOMPARE(lines[4]["same"].toInt(), 11);
        service.process->terminate();
        const auto ended = finishCli(*service.process, 10000);
        QCOMPARE(ended.exit_code, 0);
        for (const auto* told : {"(1003): text", "(1007): 641 bytes", "(1009): ", "there are 3"}) {
            QVERIFY2(ended.err.contains(told), ended.err);
        }
    }

    void codeReachesWhoGoesOnStreaming() {
        Service service({"echo", "--port", "0", "--max-message-bytes", "1048576"});
        const auto lines =
            runPeer("../app/net/streaming_client.py", {service.address, "1048576", "10"});
        QCOMPARE(lines.size(), std::size_t(3));
        const QString codes[] = {"1003", "1007", "1009"};
        for (std::size_t i = 0; i < 3; ++i) {
            QVERIFY2(lines[i]["codes"].toObject()[codes[i]].toInt() == 10,
                     qPrintable(toldAs(lines[i])));
        }
    }

    void saysGoodbyeOnSigterm() {
        Service service({"echo", "--port", "0", "--bind", "127.0.0.2"});
        QVERIFY2(service.address.startsWith("ws://127.0.0.2:"), service.line);
        QProcess client;
        client.start(test::kPython, {test::peerScript("echo_client.py"), service.address, "stay"});
        QVERIFY(client.waitForReadyRead(10000));
        QVERIFY(client.readLine().contains("ready"));
        QVERIFY(::kill(pid_t(service.process->processId()), SIGTERM) == 0);
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(finishCli(*service.process, 10000).exit_code, 0);
        QVERIFY(clock.elapsed() < 2000);
        QVERIFY(client.waitForFinished(5000));
        const auto lines = test::jsonLines(client.readAllStandardOutput());
        QCOMPARE(lines.size(), std::size_t(1));
        QCOMPARE(lines[0]["code"].toInt(), 1001);
    }

    void overTls() {
        const QTemporaryDir folder;
        QVERIFY(test::makeCertificate(folder, "IP:127.0.0.1"));
        const auto cert = folder.filePath("cert.pem");
        Service service(
            {"echo", "--port", "0", "--cert", cert, "--key", folder.filePath("key.pem")});
        const auto lines = runPeer(
            "echo_client.py", {service.address, "--cafile", cert, "health", "echo", "refused"});
        QCOMPARE(lines.size(), std::size_t(9));
        QCOMPARE(lines[0]["body"].toString(), QString(R"({"status": "ok"})"));
        QCOMPARE(lines[5]["same"].toInt(), 11);
        QCOMPARE(lines[7]["status"].toInt(), 101);
    }

    /// Neither of these is seen from outside: lines are few, memory is limited.
    void fewLinesAndNoEndlessQueue() {
        net::EchoServer server;
        QStringList notes;
        connect(&server, &net::WsService::note, this, [&](const QString& line) { notes << line; });
        net::EchoServerOptions options;
        options.service.max_message_bytes = 100000;
        QVERIFY(server.start(options));
        QWebSocket talker;
        int back = 0;
        connect(&talker, &QWebSocket::binaryMessageReceived, [&] { ++back; });
        talker.open(QUrl(server.address() + "/ws/audio"));
        QTRY_COMPARE(talker.state(), QAbstractSocket::ConnectedState);
        QCOMPARE(server.clientCount(), 1);
        for (int i = 0; i < 2000; ++i) talker.sendBinaryMessage(QByteArray(i % 2 ? 640 : 480, 1));
        QTRY_COMPARE(back, 2000);
        talker.close();
        QTRY_COMPARE(server.clientCount(), 0);
        QVERIFY2(notes.size() <= 5, qPrintable(notes.join('|')));
        QVERIFY2(notes.back().contains("2000 frames of 480 to 640 bytes, 560 on average"),
                 qPrintable(notes.back()));

        // One who never reads.
        notes.clear();
        QTcpSocket deaf;
        openDeaf(deaf, server.port());
        QTRY_COMPARE(server.clientCount(), 1);
        // 65536 bytes, masked with 0.
        const auto frame =
            QByteArray::fromHex("82ff000000000001000000000000") + QByteArray(65536, 1);
        for (int i = 0; i < 1000 && server.clientCount() == 1 && notes.size() < 2; ++i) {
            deaf.write(frame);
            QTRY_VERIFY2(deaf.bytesToWrite() < 1000000 || notes.size() > 1, "not taken");
        }
        QTRY_COMPARE_WITH_TIMEOUT(server.clientCount(), 0, 8000);
        QVERIFY2(notes.join('|').contains("(1008): the echo is not read"),
                 qPrintable(notes.join('|')));

        // One who asks for signs of life and reads none: Qt answers these by itself.
        notes.clear();
        QTcpSocket asking;
        openDeaf(asking, server.port());
        QTRY_COMPARE(server.clientCount(), 1);
        const auto pings =
            (QByteArray::fromHex("89fd00000000") + QByteArray(125, 1)).repeated(1000);
        for (int i = 0; i < 1000 && server.clientCount() == 1; ++i) {
            asking.write(pings);
            QTRY_VERIFY2(asking.bytesToWrite() < 1000000 || server.clientCount() == 0, "not taken");
        }
        QTRY_COMPARE_WITH_TIMEOUT(server.clientCount(), 0, 8000);
        QVERIFY2(notes.join('|').contains("what is sent is not read"), qPrintable(notes.join('|')));
    }

private:
    /// A WebSocket by hand, which takes next to nothing of what is sent to it.
    static void openDeaf(QTcpSocket& socket, std::uint16_t port) {
        socket.setReadBufferSize(1);
        socket.connectToHost(QHostAddress::LocalHost, port);
        socket.write(
            "GET /ws/audio HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n");
    }
};

QTEST_GUILESS_MAIN(EchoServerTest)
#include "echo_server_test.moc"
