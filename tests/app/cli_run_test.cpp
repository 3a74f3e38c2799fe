// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/app/cli_process.h"
#include "tests/app/wav_bytes.h"

using namespace doubletalk::test;

/// Scenes on the command line: run, record, replay, demonstrate, stop.
class CliRunTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    QString path(const char* name) const { return folder_.filePath(name); }

    static void checkMetrics(const CliResult& result) {
        QVERIFY2(result.exit_code == 0, result.err);
        bool valid = false;
        const auto json = result.json(&valid);
        QVERIFY2(valid, result.out);
        for (const auto* id : {"erle_db", "erl_db", "echo_delay_ms", "stop_ms", "heard_ms",
                               "concealed_ratio", "uplink_latency_ms", "downlink_latency_ms"}) {
            QVERIFY2(json.contains(id), id);
        }
        // Flat: numbers, null, or a distribution.
        for (const auto& id : json.keys()) {
            const auto value = json[id];
            if (id == "instances") continue;  // other streams
            const bool distribution = value.isObject() && value.toObject().contains("p50") &&
                                      value.toObject().contains("n");
            QVERIFY2(value.isDouble() || value.isNull() || distribution, qPrintable(id));
        }
    }

private slots:
    void initTestCase() { QVERIFY(folder_.isValid()); }

    void everySceneIsListed() {
        const auto result = runCli({"scenes", "--json"});
        QVERIFY2(result.exit_code == 0, result.err);
        const auto scenes = result.json();
        for (const auto* id : {"single_talk", "double_talk", "moving_talker", "path_change",
                               "drift", "noisy", "clipped", "reverberant", "long_delay",
                               "late_reference", "barge_in", "backchannel", "long_single_talk"}) {
            QVERIFY2(scenes.contains(id), id);
            QVERIFY(scenes[id].toObject()["duration_s"].toDouble() > 0.0);
        }
        const auto table = runCli({"scenes"});
        QCOMPARE(table.exit_code, 0);
        QCOMPARE(int(table.out.count('\n')), int(scenes.size()) + 1);
    }

    void runPrintsOneObject() { checkMetrics(runCli({"run", "--scene", "barge_in", "--json"})); }

    void runPrintsAReport() {
        const auto result = runCli({"run", "--scene", "barge_in"});
        QVERIFY2(result.exit_code == 0, result.err);
        QVERIFY2(result.out.contains("ms"), result.out);
        QVERIFY(!result.out.trimmed().startsWith('{'));
    }

    void recordedSessionReplaysIdentically() {
        const auto session = path("session");
        const auto run = runCli({"run", "--scene", "barge_in", "--record", session, "--json"});
        QVERIFY2(run.exit_code == 0, run.err);
        for (const auto* file : {"session.json", "audio.wav", "events.jsonl", "metrics.csv"}) {
            QVERIFY2(QFile::exists(session + "/" + file), file);
        }
        for (const QString loop : {"open", "closed"}) {
            const auto replay =
                runCli({"replay", session, "--loop", loop, "--expect-identical", "--json"});
            QVERIFY2(replay.exit_code == 0, qPrintable(loop + ": " + replay.err));
            const auto json = replay.json();
            QVERIFY(json["identical"].toBool());
            QCOMPARE(json["loop"].toString(), loop);
            QVERIFY(json["decisions"].toArray().isEmpty());
            QCOMPARE(json["differences"].toInt(-1), 0);
        }
        const auto open = runCli({"replay", session, "--loop", "open", "--set", "room.rt60_ms=400",
                                  "--set", "network.loss_percent=20"});
        QVERIFY2(open.exit_code == 0, open.err);
        QVERIFY2(open.err.contains("network.loss_percent, room.rt60_ms"), open.err);
        QVERIFY2(open.err.contains("--loop closed"), open.err);
    }

    void changedSettingsChangeDecisions() {
        const auto session = path("changed");
        const auto run = runCli({"run", "--scene", "barge_in", "--record", session});
        QVERIFY2(run.exit_code == 0, run.err);
        // Nobody is that loud: the talker cannot stop the assistant any more.
        const QStringList changed{"replay", session, "--set", "barge_in.trigger_dbfs=-3"};
        const auto replay = runCli(changed + QStringList{"--json"});
        QVERIFY2(replay.exit_code == 0, replay.err);
        const auto json = replay.json();
        QVERIFY(!json["identical"].toBool(true));
        QVERIFY(!json["decisions"].toArray().isEmpty());
        const auto all = json["differences"].toInt();
        const auto after = json["differences_after_divergence"].toInt();
        QVERIFY2(all > 100 && after > 100, qPrintable(QString("%1 %2").arg(all).arg(after)));
        QCOMPARE(json["differences_before_divergence"].toInt(-1), all - after);
        const auto table = runCli(changed);
        QCOMPARE(table.exit_code, 0);
        QVERIFY2(table.out.contains("after_divergence"), table.out);
        const auto told = QString("differences: %1, %2 up to the first changed decision");
        QVERIFY2(table.out.contains(told.arg(all).arg(all - after).toUtf8()), table.out);
        QVERIFY2(table.out.contains(QString(", %1 after it").arg(after).toUtf8()), table.out);
        QCOMPARE(runCli(changed + QStringList{"--expect-identical"}).exit_code, 1);
    }

    void demonstrationCanBeRepeated() {
        for (int i = 0; i < 2; ++i) {
            const auto result = runCli({"demo", "--out", path("demo")});
            QVERIFY2(result.exit_code == 0, result.err);
            QFile report(path("demo/report.txt"));
            QVERIFY(report.open(QIODevice::ReadOnly));
            QCOMPARE(report.readAll().trimmed(), result.out.trimmed());
            QFile metrics(path("demo/metrics.json"));
            QVERIFY(metrics.open(QIODevice::ReadOnly));
            checkMetrics({0, metrics.readAll(), {}});
            QVERIFY(QFile::exists(path("demo/session/session.json")));
        }
    }

    void streamsRunBesideEachOther() {
        const auto result = runCli({"run", "--scene", "single_talk", "--streams", "3", "--json"});
        QVERIFY2(result.exit_code == 0, result.err);
        const auto alone = runCli({"run", "--scene", "single_talk", "--json"}).json();
        QCOMPARE(result.json()["erle_db"], alone["erle_db"]);  // they do not disturb the first
    }

    void codecBenchMeasuresEveryImplementation() {
        const auto result = runCli({"codec-bench", "--quick", "--json"});
        QVERIFY2(result.exit_code == 0, result.err);
        const auto json = result.json();
        QVERIFY(json["memcpy_samples_per_s"].toDouble() > 0.0);
        QCOMPARE(json["block_bytes"].toInt(), 65536);
        QStringList seen;
        for (const auto& value : json["rows"].toArray()) {
            const auto row = value.toObject();
            const auto name = row["name"].toString();
            seen << row["law"].toString() + " " + name;
            for (const auto* rate : {"encode_samples_per_s", "decode_samples_per_s",
                                     "round_trip_samples_per_s", "encode_memcpy_ratio"}) {
                QVERIFY2(row[rate].toDouble() > 0.0, qPrintable(name + " " + rate));
            }
            QCOMPARE(row["different_samples"].toInt(-1), 0);
            const bool ours = name != "libavcodec" && name != "spandsp";
            if (ours) QCOMPARE(row["different_codes"].toInt(-1), 0);
        }
        for (const auto* name : {"scalar", "table", "portable", "libavcodec"}) {
            QVERIFY2(seen.contains(QString("mu-law ") + name), name);
            QVERIFY2(seen.contains(QString("a-law ") + name), name);
        }
        const auto table = runCli({"codec-bench", "--quick"});
        QVERIFY2(table.exit_code == 0 && table.out.contains("round trip"), table.out);
        QVERIFY2(!table.out.contains("failed"), table.out);
    }

    void interruptEndsTheRunAndItsRecording() {
        const auto session = path("interrupted");
        auto process =
            startCli({"run", "--scene", "long_single_talk", "--realtime", "--record", session});
        QVERIFY(process->waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(session + "/session.json"), 60'000);
        QTest::qWait(1500);
        QCOMPARE(::kill(pid_t(process->processId()), SIGINT), 0);
        const auto result = finishCli(*process, 20'000);
        QVERIFY2(result.exit_code == 1, result.err);
        QVERIFY2(result.err.contains("cancelled"), result.err);
        QVERIFY2(result.out.isEmpty(), result.out);
        QFile description(session + "/session.json");
        QVERIFY(description.open(QIODevice::ReadOnly));
        const auto json = QJsonDocument::fromJson(description.readAll()).object();
        QVERIFY2(json["complete"].toBool(), "the recording was not finished");
        QCOMPARE(runCli({"replay", session, "--loop", "open", "--expect-identical"}).exit_code, 0);
    }

    void nothingIsDoneOnceCancelled() {
        const auto process = startCli({"run", "--scene", "long_single_talk", "--realtime"});
        QVERIFY(process->waitForStarted());
        QTest::qWait(1500);
        // It finds the signal after a stop as long as a line of progress is due again.
        const auto id = pid_t(process->processId());
        QCOMPARE(::kill(id, SIGSTOP), 0);
        QTest::qWait(5500);
        process->readAllStandardError();
        QCOMPARE(::kill(id, SIGINT), 0);
        QCOMPARE(::kill(id, SIGCONT), 0);
        const auto result = finishCli(*process, 20'000);
        QVERIFY2(result.exit_code == 1 && result.err.contains("cancelled"), result.err);
        QVERIFY2(!result.err.contains('%'), result.err);
    }

    void interruptEndsAWaitForInput() {
        const auto process = startCli({"encode", "-", path("never.mp3")});
        QVERIFY(process->waitForStarted());
        QTest::qWait(300);
        QCOMPARE(::kill(pid_t(process->processId()), SIGTERM), 0);
        const auto result = finishCli(*process, 5'000);
        QVERIFY2(result.exit_code == 1 && result.err.contains("cancelled"), result.err);
        QVERIFY(!QFile::exists(path("never.mp3")));
    }
};

QTEST_GUILESS_MAIN(CliRunTest)
#include "cli_run_test.moc"
