// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/stat.h>

#include <QTemporaryDir>
#include <QtTest>

#include "tests/app/cli_process.h"
#include "tests/app/wav_bytes.h"

using namespace doubletalk::test;

/// Bad input: a clear error that says what, where and what to do, and no damage.
class CliBadInputTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    QString path(const char* name) const { return folder_.filePath(name); }

    void writeInputs() {
        const auto good = wavBytes({16000, 1, noise(16000, 5000)});
        QVERIFY(writeFile(path("good.wav"), good));
        QVERIFY(writeFile(path("empty.wav"), {}));
        QVERIFY(writeFile(path("truncated.wav"), good.left(good.size() / 2)));
        QVERIFY(writeFile(path("header_only.wav"), good.left(20)));
        QVERIFY(writeFile(path("text.wav"), "This is a letter, not a sound.\n"));
        QVERIFY(writeWav(path("no_audio.wav"), {16000, 1, {}}));
        auto huge = good;
        huge.replace(4, 4, QByteArray("\xff\xff\xff\xff", 4));   // RIFF size
        huge.replace(40, 4, QByteArray("\xf0\xff\xff\xff", 4));  // data size: 4 GiB
        QVERIFY(writeFile(path("huge.wav"), huge));
        auto odd = good;
        odd.replace(24, 4, QByteArray("\x01\x00\x00\x00", 4));  // 1 Hz
        QVERIFY(writeFile(path("one_hertz.wav"), odd));
        QVERIFY(QDir(folder_.path()).mkpath("folder"));
        QCOMPARE(::mkfifo(qPrintable(path("pipe.wav")), 0600), 0);
        QVERIFY(writeFile(path("lost.txt"), "1\n2\n"));
        QVERIFY(writeFile(path("words.txt"), "1\ntwo\n"));
        QVERIFY(writeFile(path("minus.txt"), "1\n-2\n"));
        QVERIFY(writeFile(path("no_trace.csv"), "a,b\n1,2\n"));
        QVERIFY(writeFile(path("bad_line.csv"),
                          "# a | b | c | frame_ms=20\nseq,send_ms,arrival_ms\n0,0,5\n1,x,25\n"));
        QVERIFY(writeFile(path("broken.json"), "{\"id\": "));
        QVERIFY(writeFile(path("number.json"), "[1, 2]"));
        QVERIFY(QDir(folder_.path()).mkpath("newer"));
        QVERIFY(
            writeFile(path("newer/session.json"), R"({"format_version": 999, "rate_hz": 16000})"));
        QVERIFY(QDir(folder_.path()).mkpath("damaged"));
        QVERIFY(writeFile(path("damaged/session.json"), R"({"format_version": 1)"));
        QVERIFY(QDir(folder_.path()).mkpath("in_the_way/session"));
        QVERIFY(writeFile(path("in_the_way/session/diary.txt"), "mine\n"));
    }

private slots:
    void initTestCase() {
        QVERIFY(folder_.isValid());
        writeInputs();
    }

    void badInput_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exit_code");
        QTest::addColumn<QString>("where");
        const auto row = [](const char* name, const QStringList& arguments, const QString& where,
                            int exit_code = 1) {
            QTest::newRow(name) << arguments << exit_code << where;
        };
        const auto good = path("good.wav");
        for (const auto* bad :
             {"missing.wav", "empty.wav", "truncated.wav", "header_only.wav", "text.wav",
              "no_audio.wav", "huge.wav", "one_hertz.wav", "folder"}) {
            const auto file = path(bad);
            row(qPrintable(QString("noise, %1").arg(bad)), {"noise", file, path("o.wav")}, bad);
            row(qPrintable(QString("far, %1").arg(bad)),
                {"echo", "--far", file, "--mic", good, "--out", path("o.wav")}, bad);
            row(qPrintable(QString("mic, %1").arg(bad)),
                {"echo", "--far", good, "--mic", file, "--out", path("o.wav")}, bad);
            row(qPrintable(QString("conceal, %1").arg(bad)),
                {"conceal", file, path("o.wav"), "--lost", path("lost.txt")}, bad);
        }
        row("output is a folder", {"noise", good, path("folder")}, "folder");
        row("output is a pipe", {"noise", good, path("pipe.wav")}, "pipe.wav");
        row("encoded into a pipe", {"encode", good, path("pipe.wav")}, "pipe.wav");
        const QStringList conceal{"conceal", good, path("pipe.wav"), "--lost", path("lost.txt")};
        row("concealed into a pipe", conceal, "pipe.wav");
        for (const auto* out : {"o.txt", "o", "o.raw"}) {
            row(qPrintable(QString("output %1").arg(out)), {"noise", good, path(out)}, out, 2);
            row(qPrintable(QString("encoded, %1").arg(out)), {"encode", good, path(out)}, out, 2);
        }
        row("unknown command", {"foo"}, "foo", 2);
        row("the rate of a file",
            {"echo", "--far", good, "--mic", good, "--out", path("o.wav"), "--set",
             "engine.rate_hz=8000"},
            "engine.rate_hz", 2);
        row("contradiction", {"run", "--scene", "barge_in", "--set", "jitter.min_ms=300"},
            "jitter.max_ms=200", 2);
        row("rate of no stream", {"run", "--scene", "barge_in", "--set", "stream.rate_hz=11000"},
            "stream.rate_hz", 2);
        row("output in no folder", {"noise", good, path("nowhere/o.wav")}, "nowhere");
        row("unknown reducer", {"noise", good, path("o.wav"), "--reducer", "magic"},
            "noise.reducer", 2);
        row("unknown canceller",
            {"echo", "--far", good, "--mic", good, "--out", path("o.wav"), "--canceller", "magic"},
            "echo.canceller", 2);
        row("unknown concealer",
            {"conceal", good, path("o.wav"), "--lost", path("lost.txt"), "--concealer", "magic"},
            "loss.concealer", 2);
        row("unknown buffer", {"jitter", path("no_trace.csv"), "--buffer", "magic"},
            "jitter.buffer", 2);
        for (const auto* bad : {"missing.txt", "words.txt", "minus.txt", "folder"}) {
            row(qPrintable(QString("lost frames, %1").arg(bad)),
                {"conceal", good, path("o.wav"), "--lost", path(bad)}, bad);
        }
        for (const auto* bad :
             {"missing.csv", "empty.wav", "no_trace.csv", "bad_line.csv", "good.wav", "folder"}) {
            row(qPrintable(QString("trace, %1").arg(bad)), {"jitter", path(bad)}, bad);
        }
        for (const auto* bad :
             {"missing.json", "empty.wav", "broken.json", "number.json", "folder"}) {
            row(qPrintable(QString("scene, %1").arg(bad)), {"run", "--scene", path(bad)}, bad);
        }
        for (const auto* bad : {"missing.json", "broken.json", "number.json"}) {
            row(qPrintable(QString("settings, %1").arg(bad)), {"settings", "--settings", path(bad)},
                bad);
        }
        row("settings, a folder", {"settings", "--settings", path("folder")}, "folder");
        for (const auto* bad : {"nothing_here", "good.wav", "folder", "newer", "damaged"}) {
            row(qPrintable(QString("session, %1").arg(bad)), {"replay", path(bad)}, bad);
        }
        row("impossible setting", {"run", "--scene", "barge_in", "--set", "echo.tail_ms=99999"},
            "echo.tail_ms", 2);
        row("unknown setting", {"run", "--scene", "barge_in", "--set", "echo.magic=1"},
            "echo.magic", 2);
        row("replay with an impossible setting", {"replay", path("newer"), "--set", "echo"},
            "--set", 2);
        row("record where something is",
            {"run", "--scene", "single_talk", "--record", path("in_the_way/session")}, "session",
            2);
        row("record into a file", {"run", "--scene", "single_talk", "--record", good}, "good.wav");
        row("demonstration over a diary", {"demo", "--out", path("in_the_way")}, "session");
        row("demonstration into a file", {"demo", "--out", good}, "good.wav");
    }
    void badInput() {
        QFETCH(QStringList, arguments);
        QFETCH(int, exit_code);
        QFETCH(QString, where);
        const auto result = runCli(arguments);
        QVERIFY2(result.exit_code == exit_code,
                 QByteArray::number(result.exit_code) + " " + result.err);
        QVERIFY2(result.out.isEmpty(), result.out);
        const auto last = result.err.trimmed().split('\n').last();
        QVERIFY2(last.startsWith("doubletalk-cli: "), result.err);
        QVERIFY2(last.contains(where.toUtf8()), result.err);
        QVERIFY2(last.endsWith(')'), "no word about what to do: " + last);
        QVERIFY2(!QFile::exists(path("o.wav")), "left an output behind");
        QVERIFY2(!QFile::exists(path("o.wav.new")), "left a temporary file behind");
    }

    void unknownSceneNamesTheKnownOnes() {
        const auto result = runCli({"run", "--scene", "no_such_scene"});
        QVERIFY(result.exit_code == 1 || result.exit_code == 2);
        QVERIFY2(result.err.contains("no_such_scene"), result.err);
        QVERIFY2(result.err.contains("barge_in") || result.err.contains("doubletalk-cli scenes"),
                 result.err);
    }

    void newerSessionSaysItsVersion() {
        const auto result = runCli({"replay", path("newer")});
        QCOMPARE(result.exit_code, 1);
        QVERIFY2(result.err.contains("999"), result.err);
    }

    void aFailedRunKeepsTheOldOutput() {
        QVERIFY(writeFile(path("kept.wav"), "old"));
        QCOMPARE(runCli({"noise", path("truncated.wav"), path("kept.wav")}).exit_code, 1);
        QFile kept(path("kept.wav"));
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("old"));
    }

    void thePipeIsStillThere() {
        const auto info = QFileInfo(path("pipe.wav"));
        QVERIFY(info.exists() && !info.isFile());
    }

    void theLinkIsKeptAndItsFileReplaced() {
        QVERIFY(writeFile(path("linked.wav"), "old"));
        QVERIFY(QFile::link(path("linked.wav"), path("link.wav")));
        const auto result = runCli({"noise", path("good.wav"), path("link.wav")});
        QVERIFY2(result.exit_code == 0, result.err);
        QVERIFY(QFileInfo(path("link.wav")).isSymLink());
        QCOMPARE(readWav(path("linked.wav")).samples.size(), std::size_t(16000));
    }

    void aFullDiskIsSaidToBeFull() {
        const auto script = QString("trap '' XFSZ; ulimit -f 4; exec \"$0\" \"$@\"");
        QProcess shell;
        shell.start("sh", {"-c", script, cliProgram(), "noise", path("good.wav"), path("o.wav")});
        QVERIFY(shell.waitForFinished());
        QCOMPARE(shell.exitCode(), 1);
        const auto said = shell.readAllStandardError();
        QVERIFY2(said.contains("o.wav: cannot be written: File too large (raise"), said);
        QVERIFY(!QFile::exists(path("o.wav")));
    }

    void tooLittleMemoryNamesTheFile() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("a sanitizer reserves more than the limit");
#endif
        // Four gigabytes of silence that take no room on the disk.
        QFile good(path("good.wav"));
        QVERIFY(good.open(QIODevice::ReadOnly));
        auto head = good.read(44);
        head.replace(4, 4, QByteArray("\x24\xff\xff\xef", 4));
        head.replace(40, 4, QByteArray("\x00\xff\xff\xef", 4));
        QVERIFY(writeFile(path("long.wav"), head));
        QVERIFY(QFile::resize(path("long.wav"), 44 + 0xefffff00LL));
        QProcess shell;
        const auto script = QString("ulimit -v 1000000; exec \"$0\" \"$@\"");
        shell.start("sh", {"-c", script, cliProgram(), "noise", path("long.wav"), path("o.wav")});
        QVERIFY(shell.waitForFinished(60'000));
        const auto said = shell.readAllStandardError();
        QVERIFY2(shell.exitCode() == 1, said);
        QVERIFY2(said.contains("long.wav: not enough memory"), said);
    }

    void theDiaryIsStillThere() {
        (void)runCli({"demo", "--out", path("in_the_way")});
        QVERIFY(QFile::exists(path("in_the_way/session/diary.txt")));
    }

    void notWritableFolder() {
        // Nobody can make a file there, not even root.
        const auto result = runCli({"noise", path("good.wav"), "/proc/o.wav"});
        QCOMPARE(result.exit_code, 1);
        QVERIFY2(result.err.contains("o.wav"), result.err);
    }
};

QTEST_GUILESS_MAIN(CliBadInputTest)
#include "cli_bad_input_test.moc"
