// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>

#include "tests/app/cli_process.h"
#include "tests/app/wav_bytes.h"

using namespace doubletalk::test;

/// Where a setting gets its value from, as 'doubletalk-cli settings' tells it.
class CliSettingsTest : public QObject {
    Q_OBJECT

    static QJsonObject setting(const CliResult& result, const char* name) {
        return result.json().value(name).toObject();
    }

private slots:
    void everySettingIsDescribed() {
        const auto result = runCli({"settings", "--json"});
        QCOMPARE(result.exit_code, 0);
        QVERIFY2(result.err.isEmpty(), result.err);
        bool valid = false;
        const auto all = result.json(&valid);
        QVERIFY(valid);
        for (const auto* name :
             {"echo.enabled",          "echo.canceller",         "echo.tail_ms",
              "noise.enabled",         "noise.reducer",          "noise.strength_ratio",
              "jitter.enabled",        "jitter.buffer",          "jitter.target_ms",
              "jitter.min_ms",         "jitter.max_ms",          "loss.enabled",
              "loss.concealer",        "vad.detector",           "vad.aggressiveness",
              "vad.frame_ms",          "segment.end_ms",         "segment.pre_roll_ms",
              "barge_in.trigger_dbfs", "barge_in.min_speech_ms", "barge_in.ready_margin_db",
              "barge_in.fade_ms",      "buffer.chunk_ms",        "buffer.duration_ms",
              "network.delay_ms",      "health.max_latency_ms"}) {
            QVERIFY2(all.contains(name), name);
        }
        for (const auto& name : all.keys()) {
            const auto entry = all[name].toObject();
            for (const auto* key : {"value", "default", "unit", "source", "help", "apply"}) {
                QVERIFY2(entry.contains(key), qPrintable(name + " has no " + key));
            }
            QVERIFY2(!entry["help"].toString().isEmpty(), qPrintable(name));
            QCOMPARE(entry["value"], entry["default"]);
            QCOMPARE(entry["source"].toString(), QString("default"));
            if (!entry["value"].isDouble()) continue;
            QVERIFY2(entry["min"].toDouble() <= entry["default"].toDouble(), qPrintable(name));
            QVERIFY2(entry["max"].toDouble() >= entry["default"].toDouble(), qPrintable(name));
        }
        QCOMPARE(all["echo.tail_ms"].toObject()["value"].toInt(), 256);
        QCOMPARE(all["jitter.target_ms"].toObject()["value"].toInt(), 80);
        QCOMPARE(all["barge_in.trigger_dbfs"].toObject()["value"].toDouble(), -42.0);
    }

    void theTableHasALineForEach() {
        const auto count = runCli({"settings", "--json"}).json().size();
        const auto result = runCli({"settings"});
        QCOMPARE(result.exit_code, 0);
        QCOMPARE(int(result.out.count('\n')), int(count) + 1);
        QVERIFY(result.out.startsWith("setting "));
    }

    void strongerSourcesWin() {
        QTemporaryDir folder;
        const auto file = folder.filePath("mine.json");
        QVERIFY(writeFile(file, R"({"echo": {"tail_ms": 64}, "jitter.target_ms": 100})"));
        const QStringList base{"settings", "--json", "--settings", file};
        auto result = runCli(base);
        QCOMPARE(setting(result, "echo.tail_ms")["value"].toInt(), 64);
        QCOMPARE(setting(result, "echo.tail_ms")["source"].toString(), QString("file"));
        const Variables variables{{"DOUBLETALK_ECHO_TAIL_MS", "96"}};
        result = runCli(base, variables);
        QCOMPARE(setting(result, "echo.tail_ms")["value"].toInt(), 96);
        QCOMPARE(setting(result, "echo.tail_ms")["source"].toString(), QString("environment"));
        QCOMPARE(setting(result, "jitter.target_ms")["value"].toInt(), 100);
        result = runCli(base + QStringList{"--set", "echo.tail_ms=128"}, variables);
        QCOMPARE(setting(result, "echo.tail_ms")["value"].toInt(), 128);
        QCOMPARE(setting(result, "echo.tail_ms")["source"].toString(), QString("command line"));
    }

    void severalValuesAfterOneSet() {
        const auto result = runCli({"settings", "--set", "echo.tail_ms=128", "jitter.target_ms=60",
                                    "--json", "--set", "echo.canceller=nlms"});
        QCOMPARE(result.exit_code, 0);
        QCOMPARE(setting(result, "echo.tail_ms")["value"].toInt(), 128);
        QCOMPARE(setting(result, "jitter.target_ms")["value"].toInt(), 60);
        QCOMPARE(setting(result, "echo.canceller")["value"].toString(), QString("nlms"));
    }

    void theUsersOwnFileIsRead() {
        QTemporaryDir config;
        QVERIFY(QDir(config.path()).mkdir("doubletalk"));
        const auto file = config.filePath("doubletalk/settings.json");
        QVERIFY(writeFile(file, R"({"jitter.target_ms": 120, "of.a.later.version": 1})"));
        const auto result = runCli({"settings", "--json"}, {{"XDG_CONFIG_HOME", config.path()}});
        QCOMPARE(setting(result, "jitter.target_ms")["value"].toInt(), 120);
        QVERIFY2(result.err.contains("of.a.later.version"), result.err);
    }

    void namesOfTheEarlierSystemWork() {
        const auto result = runCli({"settings", "--json"}, {{"ECHO_FILTER_LENGTH", "1024"},
                                                            {"JITTER_BUFFER_MIN_MS", "20"},
                                                            {"DOUBLETALK_JITTER_MIN_MS", "30"}});
        QCOMPARE(setting(result, "echo.tail_ms")["value"].toInt(), 64);
        QCOMPARE(setting(result, "jitter.min_ms")["value"].toInt(), 30);
        QVERIFY2(result.err.contains("ECHO_FILTER_LENGTH=1024 sets echo.tail_ms to 64"),
                 result.err);
    }

    void theFilterLengthIsOfTheRateInUse() {
        const Variables variables{{"ECHO_FILTER_LENGTH", "1024"}};
        auto result = runCli({"settings", "--json", "--set", "engine.rate_hz=8000"}, variables);
        QCOMPARE(setting(result, "echo.tail_ms")["value"].toInt(), 128);
        QVERIFY2(result.err.contains("ECHO_FILTER_LENGTH=1024 sets echo.tail_ms to 128"),
                 result.err);
        QTemporaryDir folder;
        const auto file = folder.filePath("8k.wav");
        QVERIFY(writeWav(file, {8000, 1, noise(8000, 5000)}));
        result = runCli({"echo", "--far", file, "--mic", file, "--out", folder.filePath("o.wav")},
                        variables);
        QCOMPARE(result.exit_code, 0);
        QVERIFY2(result.err.contains("ECHO_FILTER_LENGTH=1024 sets echo.tail_ms to 128"),
                 result.err);
        QVERIFY2(!result.err.contains("to 64"), result.err);
        result = runCli({"settings"}, {{"ECHO_FILTER_LENGTH", "16384"}});
        QCOMPARE(result.exit_code, 2);
        QVERIFY2(result.err.contains("ECHO_FILTER_LENGTH: 16384 taps"), result.err);
    }

    void wrongValuesAreUsageErrors_data() {
        QTest::addColumn<QString>("assignment");
        QTest::newRow("too large") << "echo.tail_ms=100000";
        QTest::newRow("no number") << "echo.tail_ms=long";
        QTest::newRow("not a number") << "barge_in.trigger_dbfs=nan";
        QTest::newRow("unknown name") << "echo.tial_ms=64";
        QTest::newRow("unknown engine") << "echo.canceller=magic";
        QTest::newRow("no value") << "echo.tail_ms";
        QTest::newRow("impossible rate") << "engine.rate_hz=11025";
        QTest::newRow("no stream's rate") << "stream.rate_hz=11000";
        QTest::newRow("above the largest") << "jitter.min_ms=300";
    }
    void wrongValuesAreUsageErrors() {
        QFETCH(QString, assignment);
        const auto result = runCli({"settings", "--json", "--set", assignment});
        QCOMPARE(result.exit_code, 2);
        QVERIFY2(result.out.isEmpty(), result.out);
        QVERIFY2(result.err.startsWith("doubletalk-cli: "), result.err);
        const auto name = assignment.split('=').first().toUtf8();
        QVERIFY2(result.err.contains(name), result.err);
        QVERIFY2(result.err.trimmed().endsWith(')'), "the error does not say what to do");
    }

    void wrongEnvironmentIsAUsageError() {
        const auto result = runCli({"settings"}, {{"DOUBLETALK_ECHO_TAIL_MS", "minus one"}});
        QCOMPARE(result.exit_code, 2);
        QVERIFY2(result.err.contains("DOUBLETALK_ECHO_TAIL_MS"), result.err);
    }
};

QTEST_GUILESS_MAIN(CliSettingsTest)
#include "cli_settings_test.moc"
