// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/ingest_server.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QWebSocket>
#include <QtTest>
#include <cmath>
#include <csignal>

#include "app/net/pcm_feed.h"
#include "tests/app/cli_process.h"
#include "tests/app/wav_bytes.h"

using namespace doubletalk;

namespace {

/// Everything a feed got, as 16-bit samples.
struct Heard {
    std::vector<std::int16_t> samples;
    int rate_hz = 0, channels = 0;
    std::vector<std::size_t> ends;  ///< how many samples were there
    void take(net::PcmFeed& feed) {
        net::PcmBlock block;
        for (auto fed = feed.read(block); fed != net::Fed::nothing; fed = feed.read(block)) {
            if (fed == net::Fed::end) {
                ends.push_back(samples.size());
                continue;
            }
            rate_hz = block.rate_hz;
            channels = block.channels;
            for (const float x : block.audio()) {
                samples.push_back(std::int16_t(std::lround(x * 32768.0F)));
            }
        }
    }
};

/// Of a program that has ended.
test::CliResult resultOf(QProcess& process) {
    test::CliResult result;
    if (process.exitStatus() == QProcess::NormalExit) result.exit_code = process.exitCode();
    result.out = process.readAllStandardOutput();
    result.err = process.readAllStandardError();
    return result;
}

/// What an ingest port answers; empty: "K".
QString refusalIn(const QByteArray& answer) {
    const auto at = answer.indexOf('R');
    return at < 0 ? QString() : QString::fromUtf8(answer.mid(at + 5));
}

QByteArray ingestFormat(int rate_hz, int channels) {
    std::string bytes;
    remote::appendIngestFormat({rate_hz, channels}, bytes);
    return QByteArray::fromStdString(bytes);
}

QByteArray ingestAudio(std::size_t frames) {
    std::string bytes;
    remote::appendIngestAudio(std::vector<std::int16_t>(frames, 1000), 1, bytes);
    return QByteArray::fromStdString(bytes);
}

}  // namespace

/// The ingest port, and 'doubletalk-cli send', which speaks to it.
class IngestServerTest : public QObject {
    Q_OBJECT

private slots:
    void ingestExplainsWhatIsWrong() {
        net::PcmFeed feed;
        net::IngestServer server(feed);
        QStringList notes;
        connect(&server, &net::IngestServer::note, this, [&](const auto& line) { notes << line; });
        net::IngestServerOptions options;
        options.format_timeout_ms = 300;
        options.silence_timeout_ms = 1000;
        QVERIFY(server.listen(options));
        const auto answerTo = [&](const QByteArray& bytes) {
            QTcpSocket socket;
            socket.connectToHost("127.0.0.1", server.port());
            socket.write(bytes);
            QByteArray answer;
            const auto told = [&] {
                answer += socket.readAll();
                return !refusalIn(answer).isEmpty();
            };
            [&] { QTRY_VERIFY(told()); }();
            return refusalIn(answer);
        };
        QVERIFY(answerTo("GET / HTTP/1.1\r\n\r\n").contains("no audio stream begins like this"));
        QVERIFY(answerTo(ingestFormat(96000, 1)).contains("8000 to 48000"));
        QVERIFY(
            answerTo(ingestFormat(16000, 1) + "A\x03" + QByteArray(6, '\0')).contains("3 bytes"));
        QVERIFY(answerTo("F").contains("no format within"));
        QVERIFY(answerTo(ingestFormat(16000, 1) + ingestAudio(160)).contains("nothing came for"));

        // One that says nothing holds no place.
        QTcpSocket silent;
        silent.connectToHost("127.0.0.1", server.port());
        QVERIFY(silent.waitForConnected(2000));

        QTcpSocket sender;
        sender.connectToHost("127.0.0.1", server.port());
        sender.write(ingestFormat(16000, 1));
        const auto sends = [&] { return QString(":%1 sends").arg(sender.localPort()); };
        QTRY_VERIFY(notes.join('\n').contains(sends()));
        silent.abort();
        QVERIFY(answerTo(ingestFormat(16000, 1) + ingestAudio(160))
                    .contains("another program sends already"));
        // Its place is free as soon as it said goodbye.
        sender.write(ingestAudio(160) + "E" + QByteArray(4, '\0'));
        const auto gone = QStringLiteral(":%1 has gone after").arg(sender.localPort());
        QTRY_VERIFY(notes.join('\n').contains(gone));
        QVERIFY(
            answerTo(ingestFormat(8000, 2) + "E\x01" + QByteArray(3, '\0')).contains("at most 0"));
        QCOMPARE(int(notes.filter("is sent away").size()), 7);

        net::IngestServer other(feed);
        options.port = server.port();
        const auto taken = other.listen(options);
        QVERIFY(!taken && taken.error().message().find("--ingest-port") != std::string::npos);
    }

    /// Ten seconds at once come in at the pace of real time, at most a packet ahead.
    void ingestHoldsBackWhoHurries() {
        net::PcmFeed feed;
        net::IngestServer server(feed);
        QVERIFY(server.listen({}));
        QTcpSocket sender;
        sender.connectToHost("127.0.0.1", server.port());
        sender.write(ingestFormat(48000, 1) + ingestAudio(480000));
        Heard heard;
        QElapsedTimer clock;
        const auto some = [&] {
            heard.take(feed);
            return !heard.samples.empty();
        };
        QTRY_VERIFY(some());
        clock.start();
        while (clock.elapsed() < 1000) {
            QTest::qWait(10);
            heard.take(feed);
        }
        const double got_s = double(heard.samples.size()) / 48000.0;
        const double real_s = double(clock.elapsed()) / 1000.0;
        QVERIFY2(got_s > real_s && got_s < real_s + 1.2, qPrintable(QString::number(got_s)));
        QCOMPARE(feed.droppedBlocks(), 0);
    }

    void sendCommandKeepsEverySample() {
        net::PcmFeed feed;
        net::IngestServer server(feed);
        QVERIFY(server.listen({}));
        const auto port = QString::number(server.port());
        const QTemporaryDir folder;
        const auto file = folder.filePath("a.wav");
        const auto noise = test::noise(2 * 8000, 20000);
        QVERIFY(test::writeWav(file, {16000, 2, noise}));
        const auto send = [&](const QStringList& more) {
            const auto process = test::startCli(QStringList{"send", "--ingest-port", port} + more);
            Heard heard;
            const auto ended = [&] {
                heard.take(feed);
                return process->state() == QProcess::NotRunning;
            };
            [&] { QTRY_VERIFY_WITH_TIMEOUT(ended(), 15000); }();
            for (int i = 0; i < 20; ++i) {  // what is still in the sockets
                QTest::qWait(10);
                heard.take(feed);
            }
            return std::pair(resultOf(*process), heard);
        };
        auto [plain, heard] = send({"--wav", file});
        QVERIFY2(plain.exit_code == 0 && plain.out.contains("sent 0.50 s, 16000 Hz, 2 channels"),
                 plain.out + plain.err);
        QCOMPARE(heard.rate_hz, 16000);
        QVERIFY(heard.samples == noise);

        for (const auto& wish : {QStringList{"--sample-rate", "48000"}, {"--channels", "1"}}) {
            const auto refused = send(QStringList{"--wav", file} + wish).first;
            QCOMPARE(refused.exit_code, 2);
            QVERIFY2(
                refused.err.contains("16000 Hz, 2 channels") && refused.err.contains("--resample"),
                refused.err);
        }
        std::tie(plain, heard) =
            send({"--wav", file, "--sample-rate", "48000", "--channels", "1", "--resample"});
        QCOMPARE(plain.exit_code, 0);
        QCOMPARE(heard.rate_hz, 48000);
        QCOMPARE(heard.channels, 1);
        QCOMPARE(heard.samples.size(), std::size_t(24000));
        const double level_db = test::levelDb(heard.samples, 4800, 19200);
        const double wanted_db = test::levelDb(noise, 0, noise.size()) - 3.0;  // mean of two
        QVERIFY2(std::abs(level_db - wanted_db) < 1.0, qPrintable(QString::number(level_db)));

        QCOMPARE(heard.ends, (std::vector<std::size_t>{24000}));  // its end is known, after all

        // A sine: crossings tell its frequency.
        std::tie(plain, heard) =
            send({"--sine", "1000", "--sample-rate", "8000", "--seconds", "0.5"});
        QCOMPARE(heard.samples.size(), std::size_t(4000));
        int crossings = 0;
        for (std::size_t i = 1; i < heard.samples.size(); ++i) {
            crossings += heard.samples[i - 1] < 0 && heard.samples[i] >= 0;
        }
        QVERIFY2(std::abs(crossings - 500) <= 1, qPrintable(QString::number(crossings)));
    }

    /// What was not sent in a pause is no credit: nothing finds the feed full.
    void pauseIsNoCredit() {
        net::PcmFeed feed;
        net::IngestServer server(feed);
        QVERIFY(server.listen({}));
        QTcpSocket sender;
        sender.connectToHost("127.0.0.1", server.port());
        sender.write(ingestFormat(48000, 2) + ingestAudio(960));
        QTest::qWait(3500);
        for (int k = 0; k < 400; ++k) sender.write(ingestAudio(960));
        QTest::qWait(500);
        QCOMPARE(feed.droppedBlocks(), 0);
        net::PcmBlock block;
        int blocks = 0;
        while (feed.read(block) == net::Fed::block) ++blocks;
        QVERIFY2(blocks > 100 && blocks < 250, qPrintable(QString::number(blocks)));
    }

    void sendCommandEndsAndExplains() {
        net::PcmFeed feed;
        net::IngestServer server(feed);
        QStringList notes;
        connect(&server, &net::IngestServer::note, this, [&](const auto& line) { notes << line; });
        QVERIFY(server.listen({}));
        const auto port = QString::number(server.port());
        const auto endless = test::startCli({"send", "--sine", "440", "--ingest-port", port});
        QTRY_VERIFY(notes.join('\n').contains("sends 48000 Hz"));
        const auto second = test::startCli({"send", "--sine", "440", "--ingest-port", port});
        QTRY_VERIFY_WITH_TIMEOUT(second->state() == QProcess::NotRunning, 10000);
        const auto refused = resultOf(*second);
        QCOMPARE(refused.exit_code, 1);
        QVERIFY2(refused.err.contains("another program sends already"), refused.err);
        ::kill(pid_t(endless->processId()), SIGTERM);
        QTRY_VERIFY_WITH_TIMEOUT(endless->state() == QProcess::NotRunning, 10000);
        const auto ended = resultOf(*endless);
        QVERIFY2(ended.exit_code == 0 && ended.out.startsWith("sent "), ended.out + ended.err);
        QTRY_VERIFY(notes.join('\n').contains("has gone after"));

        server.shutDown();
        const auto nobody = test::runCli({"send", "--sine", "440", "--ingest-port", port});
        QCOMPARE(nobody.exit_code, 1);
        QVERIFY2(nobody.err.contains("serve listen"), nobody.err);
        QCOMPARE(test::runCli({"send"}).exit_code, 2);
        QCOMPARE(test::runCli({"send", "--wav", "a", "--sine", "1"}).exit_code, 2);
        QCOMPARE(test::runCli({"send", "--sine", "9000", "--sample-rate", "8000"}).exit_code, 2);
        QCOMPARE(test::runCli({"serve", "listen", "--codec", "opus"}).exit_code, 2);
        QCOMPARE(test::runCli({"serve", "listen", "--source", "file"}).exit_code, 2);
        for (const auto* number : {"nan", "-nan", "inf", "-1"}) {
            for (const auto& options :
                 {QStringList{"send", "--sine", "440", "--seconds", number},
                  {"send", "--sine", number},
                  {"serve", "listen", "--http-port", "0", "--sine-hz", number}}) {
                const auto result = test::runCli(options);
                QVERIFY2(result.exit_code == 2 && result.err.contains("--s"),
                         qPrintable(options.join(' ') + ": " + result.err));
            }
        }
    }

    /// Options choose the source, or say that they do not fit; files are converted.
    void sourceOptionsCount() {
        const QTemporaryDir folder;
        const auto file = folder.filePath("wide.wav");
        QVERIFY(test::writeWav(file, {96000, 6, test::noise(std::size_t(6 * 9600), 10000)}));
        const auto served = [](const QStringList& options) {
            const auto process = test::startCli(
                QStringList{"serve", "listen", "--http-port", "0", "--ingest-port", "0"} + options);
            QByteArray said;
            const auto up = [&] {
                said += process->readAllStandardOutput();
                return said.contains("listen page at") || process->state() == QProcess::NotRunning;
            };
            [&] { QTRY_VERIFY_WITH_TIMEOUT(up(), 15000); }();
            const auto at = said.indexOf("http://");
            QJsonObject format;
            if (at >= 0) {
                QWebSocket socket;
                connect(&socket, &QWebSocket::textMessageReceived, &socket, [&](const auto& text) {
                    const auto one = QJsonDocument::fromJson(text.toUtf8()).object();
                    if (one["type"] == "format") format = one;
                });
                socket.open(QUrl("ws" + said.mid(at + 4).trimmed() + "ws"));
                [&] { QTRY_VERIFY_WITH_TIMEOUT(!format.isEmpty(), 8000); }();
            }
            process->terminate();
            process->waitForFinished(10000);
            return std::pair(resultOf(*process), format);
        };
        for (const auto& mode : {QStringList{"--mode", "demo"}, {}}) {
            auto [result, format] = served(mode + QStringList{"--wav", file});
            QCOMPARE(format["title"].toString(), QString("wide.wav"));
            QCOMPARE(format["rate_hz"].toInt(), 48000);
            QCOMPARE(format["channels"].toInt(), 1);
            QVERIFY2(result.err.contains("converted to 48000 Hz, 1 channel"), result.err);
        }
        auto [result, format] = served({"--mode", "demo", "--sine-hz", "1000", "--channels", "2"});
        QCOMPARE(format["title"].toString(), QString("Sine of 1000 Hz"));
        QCOMPARE(format["channels"].toInt(), 2);
        for (const auto& wrong : {QStringList{"--wav", file, "--sine-hz", "1000"},
                                  {"--source", "sine", "--tap", "far"},
                                  {"--source", "ingest", "--wav", file},
                                  {"--mode", "demo", "--sample-rate", "16000"}}) {
            result = served(wrong).first;
            QCOMPARE(result.exit_code, 2);
            QVERIFY2(result.err.contains("has no such option") && result.err.contains("--source"),
                     result.err);
        }
    }
};

QTEST_GUILESS_MAIN(IngestServerTest)
#include "ingest_server_test.moc"
