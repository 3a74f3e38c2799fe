// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/http_head.h"

#include <QtTest>

using namespace doubletalk::remote;

/// What a request says of itself, read by nobody else's rules.
class HttpHeadTest : public QObject {
    Q_OBJECT

private slots:
    void readsWhatCounts() {
        const std::string_view text =
            "GET /ws/audio?codec=a%20b HTTP/1.1\r\nhOST:\tlocalhost:8001 \r\nOrigin: "
            "http://[::1]:8001"
            "\r\nConnection: keep-alive, upgrade\r\nUpgrade: h2c, WebSocket\r\nContent-Length: "
            "12\r\n\r\n";
        QCOMPARE(httpHeadSize(text), text.size());
        QCOMPARE(httpHeadSize(std::string(text) + "body\r\n\r\n"), text.size());
        for (std::size_t n = 0; n < text.size(); ++n) QCOMPARE(httpHeadSize(text.substr(0, n)), 0U);
        const auto head = parseHttpHead(text);
        QVERIFY2(head, head ? "" : head.error().what.c_str());
        QCOMPARE(head->method, std::string("GET"));
        QCOMPARE(head->path, std::string("/ws/audio"));
        QCOMPARE(head->host, std::string("localhost:8001"));
        QCOMPARE(head->origin, std::string("http://[::1]:8001"));
        QCOMPARE(head->body_bytes, std::uint64_t(12));
        QVERIFY(head->websocket && !head->chunked);
        QVERIFY(!parseHttpHead("GET / HTTP/1.0\r\n\r\n")->websocket);
    }

    void refusesWhatCanBeReadInTwoWays_data() {
        QTest::addColumn<QByteArray>("text");
        const auto with = [](const QByteArray& more) {
            return "GET / HTTP/1.1\r\nHost: a\r\n" + more + "\r\n";
        };
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no end") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n");
        QTest::newRow("more than a head") << with("") + "x";
        QTest::newRow("too large") << with("X: " + QByteArray(8192, 'x') + "\r\n");
        QTest::newRow("two hosts") << with("host: b\r\n");
        QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\nX: a\r\n\r\n");
        QTest::newRow("broken host") << QByteArray("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n");
        QTest::newRow("two origins") << with("Origin: http://a\r\nORIGIN: http://b\r\n");
        QTest::newRow("empty origin") << with("Origin: \r\n");
        QTest::newRow("two lengths") << with("Content-Length: 1\r\nContent-Length: 1\r\n");
        QTest::newRow("signed length") << with("Content-Length: +1\r\n");
        QTest::newRow("huge length") << with("Content-Length: 18446744073709551616\r\n");
        QTest::newRow("length and chunks")
            << with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n");
        QTest::newRow("folded") << with("X: a\r\n b\r\n");
        QTest::newRow("space before colon") << with("X : a\r\n");
        QTest::newRow("no colon") << with("X\r\n");
        QTest::newRow("bare line feed") << with("X: a\nHost: b\r\n");
        QTest::newRow("zero byte") << with(QByteArray("X: \0\r\n", 6));
        QTest::newRow("half an upgrade") << with("Upgrade: websocket\r\n");
        QTest::newRow("whole address") << QByteArray("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n");
        QTest::newRow("HTTP/2") << QByteArray("PRI * HTTP/2.0\r\n\r\n");
        QTest::newRow("no target") << QByteArray("GET HTTP/1.1\r\nHost: a\r\n\r\n");
        QTest::newRow("space in target") << QByteArray("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    void refusesWhatCanBeReadInTwoWays() {
        QFETCH(QByteArray, text);
        QVERIFY(!parseHttpHead({text.constData(), std::size_t(text.size())}));
    }

    void knowsHosts() {
        const auto host = [](std::string_view text) {
            const auto authority = parseAuthority(text);
            return authority ? authority->host + '|' + std::to_string(authority->port) : "none";
        };
        QCOMPARE(host("LocalHost.:80"), std::string("localhost|80"));
        QCOMPARE(host("[::1]"), std::string("::1|0"));
        QCOMPARE(host("[::1]:8001"), std::string("::1|8001"));
        for (const auto* bad : {"", ":80", "a:", "a:0", "a:65536", "a:80:80", "::1", "[::1",
                                "[::1]80", "[a]", "a/b", "u@a", "a b"}) {
            QCOMPARE(host(bad), std::string("none"));
        }
        for (const auto* own :
             {"localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"}) {
            QVERIFY2(isLoopbackName(own), own);
        }
        for (const auto* other : {"localhost.evil", "evillocalhost", "127.0.0.1.evil", "127.0.0",
                                  "1.127.0.0", "127.0.0.1.", "127.0.0.256", "0.0.0.0", "::2", ""}) {
            QVERIFY2(!isLoopbackName(other), other);
        }
        QVERIFY(isAddress("192.168.1.2") && isAddress("fe80::1") && !isAddress("a.b.c.d"));
    }

    void knowsItsOwnPages() {
        QVERIFY(isOwnOrigin("http://localhost:8001", "http", "localhost:8001"));
        QVERIFY(isOwnOrigin("HTTP://127.0.0.1:8001", "http", "localhost:8001"));
        QVERIFY(isOwnOrigin("https://bench", "https", "bench"));
        QVERIFY(!isOwnOrigin("http://localhost:8001", "https", "localhost:8001"));
        QVERIFY(!isOwnOrigin("http://localhost:8002", "http", "localhost:8001"));
        QVERIFY(!isOwnOrigin("http://localhost", "http", "localhost:8001"));
        QVERIFY(!isOwnOrigin("http://evil:8001", "http", "localhost:8001"));
        QVERIFY(!isOwnOrigin("http://localhost:8001/", "http", "localhost:8001"));
        QVERIFY(!isOwnOrigin("http://localhost:8001@evil", "http", "localhost:8001"));
        QVERIFY(!isOwnOrigin("null", "http", "localhost:8001"));
        QVERIFY(!isOwnOrigin("", "http", ""));
    }
};

QTEST_APPLESS_MAIN(HttpHeadTest)
#include "http_head_test.moc"
