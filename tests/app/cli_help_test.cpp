// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/app/cli_process.h"

using doubletalk::test::runCli;

namespace {
const QStringList kCommands{"run",    "replay",      "echo",     "noise", "conceal",
                            "jitter", "scenes",      "settings", "serve", "devices",
                            "demo",   "codec-bench", "encode",   "decode"};
}

/// Help that teaches, and wrong usage that says what to do.
class CliHelpTest : public QObject {
    Q_OBJECT

private slots:
    void everyCommandHasHelp_data() {
        QTest::addColumn<QString>("command");
        for (const auto& command : kCommands) QTest::newRow(qPrintable(command)) << command;
    }
    void everyCommandHasHelp() {
        QFETCH(QString, command);
        const auto result = runCli({command, "--help"});
        QCOMPARE(result.exit_code, 0);
        QVERIFY2(result.err.isEmpty(), result.err);
        QVERIFY2(result.out.contains("Example"), result.out);
        QVERIFY(result.out.contains("doubletalk-cli " + command.toUtf8()));
        QVERIFY(result.out.contains("--help"));
    }

    void helpOfTheProgramNamesEveryCommand() {
        const auto result = runCli({"--help"});
        QCOMPARE(result.exit_code, 0);
        for (const auto& command : kCommands) {
            QVERIFY2(result.out.contains("\n  " + command.toUtf8() + " "), qPrintable(command));
        }
        QVERIFY(result.out.contains("Exit codes: 0 done, 1 failed, 2 wrong usage"));
    }

    void helpPromisesNoLeastR() {
        const auto result = runCli({"jitter", "--help"});
        QVERIFY2(!result.out.contains("0..100"), result.out);
        QVERIFY2(result.out.contains("below 0"), result.out);
    }

    void versionListsFeatures() {
        const auto result = runCli({"--version"});
        QCOMPARE(result.exit_code, 0);
        QVERIFY(result.out.startsWith("doubletalk-cli "));
        for (const auto* feature : {"webrtc", "espeak-ng", "speexdsp", "sndfile", "fftw"}) {
            QVERIFY2(result.out.contains(QByteArray("\n  ") + feature + " "), feature);
        }
        QVERIFY2(!result.out.contains("@"), "a value of the configuration was not filled in");
    }

    void wrongUsage_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const QStringList& arguments, const char* says) {
            QTest::newRow(name) << arguments << QString(says);
        };
        row("nothing", {}, "no command given");
        row("unknown command", {"fly"}, "--help");
        row("unknown option", {"run", "--scene", "barge_in", "--fast"}, "--fast");
        row("no scene", {"run"}, "--scene");
        row("two commands", {"scenes", "settings"}, "settings");
        row("no file", {"noise"}, "in");
        row("one file too many", {"noise", "a", "b", "c"}, "c");
        row("echo without microphone", {"echo", "--far", "f.wav", "--out", "o.wav"}, "--mic");
        row("no such loop", {"replay", "s", "--loop", "sideways"}, "--loop");
        row("no streams", {"run", "--scene", "barge_in", "--streams", "0"}, "--streams");
        row("streams in words", {"run", "--scene", "barge_in", "--streams", "many"}, "--streams");
        row("odd frame", {"conceal", "a", "b", "--lost", "l", "--frame-ms", "7"}, "--frame-ms");
        row("no folder", {"demo"}, "--out");
    }
    void wrongUsage() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const auto result = runCli(arguments);
        QCOMPARE(result.exit_code, 2);
        QVERIFY2(result.out.isEmpty(), result.out);
        const auto last = result.err.trimmed().split('\n').last();
        QVERIFY2(last.startsWith("doubletalk-cli: "), result.err);
        QVERIFY2(last.contains("--help'"), result.err);
        QVERIFY2(last.contains(says.toUtf8()), result.err);
    }

    void fullOutputIsAnError() {
#ifdef Q_OS_LINUX
        QProcess shell;
        shell.start("/bin/sh",
                    {"-c", "'" + doubletalk::test::cliProgram() + "' settings --json > /dev/full"});
        const auto result = doubletalk::test::finishCli(shell);
        QCOMPARE(result.exit_code, 1);
        QVERIFY2(result.err.contains("standard output"), result.err);
#endif
    }
};

QTEST_GUILESS_MAIN(CliHelpTest)
#include "cli_help_test.moc"
