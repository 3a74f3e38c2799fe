// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>

#include "tests/app/cli_process.h"
#include "tests/app/wav_bytes.h"

using namespace doubletalk::test;

/// encode and decode as a user runs them: files, standard input and output, what they refuse.
class CliCodecTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    Wav wav_;
    QString path(const QString& name) const { return folder_.filePath(name); }

    static CliResult runWithInput(const QStringList& arguments, const QByteArray& input) {
        const auto process = startCli(arguments);
        process->write(input);
        process->closeWriteChannel();
        return finishCli(*process);
    }
    static QByteArray bytesOf(const QString& file) {
        QFile in(file);
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }

private slots:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        wav_ = {16000, 1, noise(20'001, 8000)};
        QVERIFY(writeWav(path("in.wav"), wav_));
    }

    void filesComeBackWhole_data() {
        QTest::addColumn<QString>("ending");
        QTest::addColumn<int>("more");  // frames of codec delay and padding that stay
        for (const auto* ending : {"mp3", "m4a", "opus", "flac", "wav"}) {
            QTest::newRow(ending) << ending << 0;
        }
        QTest::newRow("aac") << "aac" << 21 * 1024 - 20'001;
    }
    void filesComeBackWhole() {
        QFETCH(QString, ending);
        QFETCH(int, more);
        const auto coded = path("coded." + ending);
        const auto encoded = runCli({"encode", path("in.wav"), coded, "--json"});
        QVERIFY2(encoded.exit_code == 0, encoded.err);
        bool valid = false;
        const auto json = encoded.json(&valid);
        QVERIFY2(valid, encoded.out);
        QCOMPARE(json["frames"].toInt(), 20'001);
        QCOMPARE(json["bytes"].toInt(), int(QFileInfo(coded).size()));
        const auto decoded = runCli({"decode", coded, path("out.wav")});
        QVERIFY2(decoded.exit_code == 0, decoded.err);
        const auto out = readWav(path("out.wav"));
        QCOMPARE(out.rate_hz, 16000);
        QCOMPARE(int(out.samples.size()) - 20'001, more);
        if (ending == "flac" || ending == "wav") QCOMPARE(out.samples, wav_.samples);
    }

    void streamsGoThroughPipes() {
        for (const auto* codec : {"mp3", "aac", "m4a", "opus", "flac", "wav"}) {
            const auto encoded =
                runWithInput({"encode", "-", "-", "--codec", codec}, bytesOf(path("in.wav")));
            QVERIFY2(encoded.exit_code == 0, encoded.err);
            const auto decoded = runWithInput({"decode", "-", "-", "--codec", codec}, encoded.out);
            QVERIFY2(decoded.exit_code == 0, decoded.err);
            const auto frames = int(decoded.out.size() - 44) / 2;
            // A pipe cannot go back to write an MP3's length, and bare AAC has none: whole frames.
            const auto name = QByteArray(codec);
            const int wanted = name == "aac" ? 21 * 1024 : name == "mp3" ? 37 * 576 : 20'001;
            QVERIFY2(frames == wanted, qPrintable(QString("%1: %2").arg(codec).arg(frames)));
            QVERIFY(decoded.out.startsWith("RIFF"));
        }
    }

    void filesGoThroughPipes() {
        for (const auto* ending : {"mp3", "m4a", "opus", "flac", "wav"}) {
            const auto coded = path(QString("p.") + ending);
            QCOMPARE(runCli({"encode", path("in.wav"), coded}).exit_code, 0);
            QCOMPARE(runCli({"decode", coded, path("file.wav")}).exit_code, 0);
            const auto piped = runWithInput({"decode", "-", path("pipe.wav")}, bytesOf(coded));
            QVERIFY2(piped.exit_code == 0, piped.err);
            QCOMPARE(int(readWav(path("pipe.wav")).samples.size()), 20'001);
            QVERIFY(bytesOf(path("pipe.wav")) == bytesOf(path("file.wav")));
        }
    }

    void moreThanTwoChannelsAreMixed() {
        Wav six{16000, 6, noise(6 * 4000, 8000)};
        QVERIFY(writeWav(path("six.wav"), six));
        const auto told = runCli({"encode", path("six.wav"), path("six.mp3")});
        QVERIFY2(told.exit_code == 2 && told.err.contains("1 to 2 channels"), told.err);
        for (const int channels : {1, 2}) {
            const auto mixed = runCli({"encode", path("six.wav"), path("six.mp3"), "--channels",
                                       QString::number(channels), "--json"});
            QVERIFY2(mixed.exit_code == 0, mixed.err);
            QCOMPARE(mixed.json()["channels"].toInt(), channels);
            QCOMPARE(mixed.json()["frames"].toInt(), 4000);
        }
    }

    void rateChannelsAndBitRateAreFollowed() {
        const auto coded = runCli({"encode", path("in.wav"), path("x.mp3"), "--rate", "44100",
                                   "--channels", "2", "--bitrate", "64000", "--json"});
        QVERIFY2(coded.exit_code == 0, coded.err);
        const auto json = coded.json();
        QCOMPARE(json["rate_hz"].toInt(), 44100);
        QCOMPARE(json["channels"].toInt(), 2);
        QVERIFY(std::abs(json["bitrate_bps"].toDouble() - 64'000.0) < 6'400.0);
        const auto decoded =
            runCli({"decode", path("x.mp3"), path("y.wav"), "--rate", "16000", "--channels", "1"});
        QVERIFY2(decoded.exit_code == 0, decoded.err);
        QCOMPARE(readWav(path("y.wav")).samples.size(), wav_.samples.size());
    }

    void theCodecsOwnChunkSizeIsTaken() {
        for (const auto& [name, size] : {std::pair("own.mp3", "1152"), std::pair("own.aac", "1024"),
                                         std::pair("own.opus", "960")}) {
            const auto result =
                runCli({"encode", path("in.wav"), path(name), "--chunk-samples", size});
            QVERIFY2(result.exit_code == 0, result.err);
        }
    }

    void ratesThatAreNotWrittenNeedRate() {
        QVERIFY(writeWav(path("low.wav"), {7350, 1, noise(7350, 8000)}));
        // AAC knows this rate: the number of 8000 Hz in the head of each frame becomes its.
        QVERIFY(writeWav(path("8k.wav"), {8000, 1, noise(8000, 8000)}));
        QCOMPARE(runCli({"encode", path("8k.wav"), path("8k.aac")}).exit_code, 0);
        auto bytes = bytesOf(path("8k.aac"));
        for (qsizetype at = 0; at + 6 < bytes.size();) {
            const auto byte = [&](int i) { return unsigned(std::uint8_t(bytes[at + i])); };
            QCOMPARE(byte(2) >> 2 & 15U, 11U);
            const auto length = (byte(3) & 3U) << 11 | byte(4) << 3 | byte(5) >> 5;
            bytes[at + 2] = char(byte(2) + (1U << 2));
            at += qsizetype(length);
        }
        QVERIFY(writeFile(path("low.aac"), bytes));
        for (const auto* in : {"low.wav", "low.aac"}) {
            for (const auto* verb : {"decode", "encode"}) {
                const auto told = runCli({verb, path(in), path("from_low.wav")});
                QVERIFY2(told.exit_code == 1, told.err);  // nothing was used wrongly
                QVERIFY2(told.err.contains("7350 Hz") && told.err.contains("--rate 8000"),
                         told.err);
            }
            const auto done = runCli({"decode", path(in), path("from_low.wav"), "--rate", "8000"});
            QVERIFY2(done.exit_code == 0, done.err);
            QCOMPARE(readWav(path("from_low.wav")).rate_hz, 8000);
        }
        const auto asked = runCli({"decode", path("low.wav"), path("x.wav"), "--rate", "7350"});
        QVERIFY2(asked.exit_code == 2 && asked.err.contains("--rate"), asked.err);
    }

    void bitsAreThoseAskedFor() {
        QCOMPARE(runCli({"decode", path("in.wav"), path("b.wav"), "--bits", "32"}).exit_code, 0);
        const auto own = runCli({"decode", path("b.wav"), path("b.flac")});
        QVERIFY2(own.exit_code == 0, own.err);  // nobody asked for 32
        QCOMPARE(runCli({"decode", path("b.flac"), path("c.flac"), "--bits", "16"}).exit_code, 0);
        QCOMPARE(runCli({"decode", path("c.flac"), path("c.wav")}).exit_code, 0);
        QCOMPARE(readWav(path("c.wav")).samples, wav_.samples);
    }

    void otherCommandsTakeCodedFiles() {
        QCOMPARE(runCli({"encode", path("in.wav"), path("n.m4a")}).exit_code, 0);
        const auto result = runCli({"noise", path("n.m4a"), path("n.opus")});
        QVERIFY2(result.exit_code == 0, result.err);
        QCOMPARE(runCli({"decode", path("n.opus"), path("n.wav")}).exit_code, 0);
        QCOMPARE(readWav(path("n.wav")).samples.size(), wav_.samples.size());
    }

    void mistakesAreTold_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exit_code");
        QTest::addColumn<QString>("says");
        const auto in = path("in.wav");
        QTest::newRow("no ending") << QStringList{"encode", in, path("x")} << 2 << "mp3";
        QTest::newRow("no codec for a pipe") << QStringList{"encode", in, "-"} << 2 << "--codec";
        QTest::newRow("unknown codec")
            << QStringList{"encode", in, path("x.mp3"), "--codec", "mp9"} << 2 << "mp9";
        QTest::newRow("bit rate") << QStringList{"encode", in, path("x.mp3"), "--bitrate", "1"} << 2
                                  << "8000";
        QTest::newRow("json into a pipe")
            << QStringList{"decode", in, "-", "--json"} << 2 << "--json";
        QTest::newRow("no file") << QStringList{"decode", path("no.mp3"), path("x.wav")} << 1
                                 << "no.mp3";
        QTest::newRow("another codec")
            << QStringList{"decode", in, path("x.wav"), "--codec", "mp3"} << 1 << "pcm_s16le";
        QTest::newRow("chunk size")
            << QStringList{"encode", in, path("x.m4a"), "--chunk-samples", "960"} << 2 << "1024";
        for (const auto& [name, size, sizes] :
             {std::tuple("x.opus", "100", "40, 80, 160, 320, 640 or 960"),
              std::tuple("x.opus", "1920", "40, 80, 160, 320, 640 or 960"),
              std::tuple("x.flac", "15", "16 to 65535")}) {
            QTest::addRow("%s in frames of %s", name, size)
                << QStringList{"encode", in, path(name), "--chunk-samples", size} << 2 << sizes;
        }
        QTest::newRow("float in FLAC")
            << QStringList{"decode", in, path("x.flac"), "--bits", "32"} << 2 << "16 or 24";
        QTest::newRow("no folder") << QStringList{"encode", in, path("no/x.mp3")} << 1 << "folder";
    }
    void mistakesAreTold() {
        QFETCH(QStringList, arguments);
        QFETCH(int, exit_code);
        QFETCH(QString, says);
        const auto result = runCli(arguments);
        QVERIFY2(result.exit_code == exit_code, result.err);
        QVERIFY2(result.err.contains(says.toUtf8()), result.err);
        QVERIFY(result.out.isEmpty());
        QVERIFY(!QFile::exists(path("x.mp3")) || arguments.last() != path("x.mp3"));
    }

    void aFlippedBitIsToldWithItsPlace() {
        QCOMPARE(runCli({"encode", path("in.wav"), path("f.opus")}).exit_code, 0);
        auto bytes = bytesOf(path("f.opus"));
        bytes[bytes.size() / 2] = char(bytes[bytes.size() / 2] ^ 4);
        const auto result = runWithInput({"decode", "-", path("f.wav")}, bytes);
        QVERIFY2(result.exit_code == 1 && result.err.contains("at byte "), result.err);
        QVERIFY(!QFile::exists(path("f.wav")));
    }

    void damagedInputLeavesNoOutput() {
        QCOMPARE(runCli({"encode", path("in.wav"), path("d.mp3")}).exit_code, 0);
        auto bytes = bytesOf(path("d.mp3"));
        bytes.chop(bytes.size() / 3);
        const auto result = runWithInput({"decode", "-", path("d.wav")}, bytes);
        QVERIFY2(result.exit_code == 1 && result.err.contains("cut off"), result.err);
        QVERIFY2(result.err.count('\n') == 1, result.err);  // nothing of libav*
        QVERIFY(!QFile::exists(path("d.wav")));
        const auto text = runWithInput({"decode", "-", path("d.wav")}, "no audio at all\n");
        QVERIFY2(text.exit_code == 1 && text.err.contains("standard input"), text.err);
    }
};

QTEST_GUILESS_MAIN(CliCodecTest)
#include "cli_codec_test.moc"
