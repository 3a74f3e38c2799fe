// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTcpServer>
#include <QtTest>
#include <csignal>

#include "tests/app/cli_process.h"
#include "tests/app/net/service_process.h"

using doubletalk::test::finishCli;
using doubletalk::test::runCli;
using doubletalk::test::runPeer;
using doubletalk::test::Service;

namespace {

const QString kClips = QStringLiteral("/usr/share/pocketsphinx/test/data/");

}  // namespace

/// The served commands, spoken to by clients that nobody here wrote.
class ServeTest : public QObject {
    Q_OBJECT

private slots:
    void recognisesForForeignClients() {
        Service service({"stt", "--port", "0", "--decoders", "2", "--max-clients", "3"});
        QVERIFY2(service.line.startsWith("speech to text listening at ws://127.0.0.1:"),
                 service.line + service.process->readAllStandardError());
        const auto lines =
            runPeer("stt_client.py", {service.address, kClips + "goforward.raw", "--clients", "4",
                                      "--samples", "1000", "--answers", "1", "--wait", "30"});
        QList<int> heard;
        int refused = 0;
        for (const auto& line : lines) {
            if (line.contains("closed")) {
                refused += int(line["closed"].toInt() == 1013);
                continue;
            }
            heard << line["client"].toInt();
            const auto words = line["text"].toString().split(' ');
            int found = 0;
            for (const auto* word : {"go", "forward", "ten", "meters"})
                found += words.contains(word);
            QVERIFY2(found >= 3, qPrintable(line["text"].toString()));
            const double start_s = line["start"].toDouble(-1), end_s = line["end"].toDouble(-1);
            QVERIFY(start_s >= 0.0 && end_s > start_s + 1.0 && end_s <= 44580 / 16000.0);
        }
        QCOMPARE(refused, 1);  // whichever came last
        QCOMPARE(heard.size(), 3);
        QCOMPARE(QSet<int>(heard.begin(), heard.end()).size(), 3);

        const auto page = runPeer("stt_client.py", {service.address, kClips + "goforward.raw",
                                                    "--origin", "http://evil.example"});
        QCOMPARE(page.size(), std::size_t(1));
        QVERIFY2(page[0]["refused"].toString().contains("403"),
                 qPrintable(page[0]["refused"].toString()));
        service.process->terminate();
        const auto ended = finishCli(*service.process, 10000);
        QCOMPARE(ended.exit_code, 0);
        QVERIFY2(ended.err.contains("evil.example"), ended.err);
    }

    void speaksForForeignClients() {
        Service service({"tts", "--port", "0"});
        QVERIFY2(service.line.startsWith("text to speech listening at ws://127.0.0.1:"),
                 service.line + service.process->readAllStandardError());
        const auto spoken = runPeer(
            "tts_client.py", {service.address, "Hello there, good friend.", "--clients", "3"});
        QCOMPARE(spoken.size(), std::size_t(3));
        for (const auto& line : spoken) {
            QCOMPARE(line["end"].toString(), QString("done"));
            QCOMPARE(line["format"].toString(), QString("s16le"));
            QVERIFY(line["peak"].toDouble() > 0.1);
            const double seconds = line["samples"].toDouble() / line["sample_rate"].toDouble();
            QVERIFY2(seconds > 0.8 && seconds < 4.0, qPrintable(QString::number(seconds)));
            const auto words = line["words"].toArray();
            QCOMPARE(words.size(), 4);
            QCOMPARE(words[0].toArray()[0].toString(), QString("Hello"));
            for (int i = 1; i < 4; ++i) {
                QVERIFY(words[i].toArray()[1].toInt() > words[i - 1].toArray()[1].toInt());
            }
        }
        const auto cancelled =
            runPeer("tts_client.py", {service.address, QString("A long story. ").repeated(60),
                                      "--cancel-after-chunks", "3"});
        QCOMPARE(cancelled.size(), std::size_t(1));
        QCOMPARE(cancelled[0]["end"].toString(), QString("cancelled"));
        QCOMPARE(cancelled[0]["chunks_after_cancel"].toInt(-1), 0);
        const auto voice =
            runPeer("tts_client.py", {service.address, "Hello", "--voice", "nosuch"});
        QVERIFY(voice[0]["end"].toString().contains("no voice 'nosuch'"));
        const auto garbage = runPeer("tts_client.py", {service.address, "x", "--send", "{bad"});
        QVERIFY(garbage[0]["error"].toString().contains("no JSON"));
        ::kill(pid_t(service.process->processId()), SIGINT);
        QCOMPARE(finishCli(*service.process, 10000).exit_code, 0);
    }

    void wrongUseIsExplained() {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const auto taken = runCli({"serve", "tts", "--port", QString::number(other.serverPort())});
        QCOMPARE(taken.exit_code, 1);
        QVERIFY2(taken.err.contains("already in use") && taken.err.contains("--port"), taken.err);
        QVERIFY(taken.out.isEmpty());
        const auto bind = runCli({"serve", "tts", "--bind", "everywhere"});
        QCOMPARE(bind.exit_code, 2);
        QVERIFY2(bind.err.contains("--bind"), bind.err);
        QCOMPARE(runCli({"serve"}).exit_code, 2);
        QCOMPARE(runCli({"serve", "coffee"}).exit_code, 2);
        QCOMPARE(runCli({"serve", "stt", "--port", "70000"}).exit_code, 2);
        const auto key = runCli(
            {"serve", "tts", "--port", "0", "--cert", "/nosuch.pem", "--key", "/nosuch.pem"});
        QCOMPARE(key.exit_code, 2);
        QVERIFY2(key.err.contains("no certificate"), key.err);
        QVERIFY(runCli({"serve", "stt", "--help"}).out.contains("float32"));
    }
};

QTEST_GUILESS_MAIN(ServeTest)
#include "serve_test.moc"
