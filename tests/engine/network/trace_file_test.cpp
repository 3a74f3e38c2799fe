// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/trace_file.h"

#include <QtTest>
#include <sstream>

using namespace doubletalk;
using namespace doubletalk::network;

namespace {

Result<Trace> parse(const std::string& text) {
    std::istringstream in(text);
    return parseTrace(in, "t.csv");
}

const std::string kHead = "# here | none | a note | frame_ms=30\nseq,send_ms,arrival_ms\n";

}  // namespace

class TraceFileTest : public QObject {
    Q_OBJECT
private slots:
    void reads_a_trace() {
        const auto t = parse(kHead + "0,0.000,10.5\n1,30,\r\n\n3,90,95.25");
        QVERIFY(t);
        QCOMPARE(t->frame_ms, 30.0);
        QCOMPARE(t->licence, std::string("none"));
        QCOMPARE(t->packets.size(), std::size_t{3});
        QVERIFY(t->packets[1].lost());
        QCOMPARE(t->packets[2].sequence, std::int64_t{3});
        QCOMPARE(t->minDelayMs(), 5.25);
        QCOMPARE(t->lostPackets(), std::int64_t{1});
    }

    void names_the_line_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("where");
        const QByteArray head = QByteArray::fromStdString(kHead);
        QTest::newRow("empty") << QByteArray() << QByteArray("t.csv");
        QTest::newRow("no header")
            << QByteArray("seq,send_ms,arrival_ms\n") << QByteArray("t.csv:1");
        QTest::newRow("no frame") << QByteArray("# a | b\n") << QByteArray("t.csv:1");
        QTest::newRow("bad frame") << QByteArray("# a | frame_ms=nan\n") << QByteArray("t.csv:1");
        QTest::newRow("columns") << QByteArray("# frame_ms=20\na,b\n") << QByteArray("t.csv:2");
        QTest::newRow("two fields") << head + "0,0,1\n1,30\n" << QByteArray("t.csv:4");
        QTest::newRow("four fields") << head + "0,0,1,2\n" << QByteArray("t.csv:3");
        QTest::newRow("word") << head + "0,zero,1\n" << QByteArray("t.csv:3");
        QTest::newRow("nan") << head + "0,0,1\n1,30,nan\n" << QByteArray("t.csv:4");
        QTest::newRow("inf") << head + "0,0,inf\n" << QByteArray("t.csv:3");
        QTest::newRow("huge") << head + "0,0,1e300\n" << QByteArray("t.csv:3");
        QTest::newRow("huge number") << head + "99999999999999999999,0,1\n"
                                     << QByteArray("t.csv:3");
        QTest::newRow("back") << head + "1,30,31\n0,0,32\n" << QByteArray("t.csv:4");
        QTest::newRow("twice") << head + "1,30,31\n1,60,62\n" << QByteArray("t.csv:4");
        QTest::newRow("too early") << head + "1,30,29\n" << QByteArray("t.csv:3");
        QTest::newRow("gap") << head + "0,0,1\n1,90000,90001\n" << QByteArray("t.csv:4");
        QTest::newRow("all lost") << head + "0,0,\n" << QByteArray("t.csv");
        QTest::newRow("long line") << head + QByteArray(100000, '1') << QByteArray("t.csv:3");
        QTest::newRow("binary") << QByteArray(3000, '\0') << QByteArray("t.csv:1");
    }
    void names_the_line() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, where);
        const auto t = parse(text.toStdString());
        QVERIFY(!t);
        QCOMPARE(t.error().kind, ErrorKind::format);
        QCOMPARE(QByteArray::fromStdString(t.error().where), where);
        QVERIFY(!t.error().what.empty());
    }

    void missing_files() {
        QCOMPARE(readTrace("no/such/trace.csv").error().kind, ErrorKind::not_found);
        QCOMPARE(readTrace(DT_SOURCE_DIR).error().kind, ErrorKind::io);
    }
};

QTEST_APPLESS_MAIN(TraceFileTest)
#include "trace_file_test.moc"
