// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <fstream>
#include <set>

#include "duplex_support.h"
#include "engine/duplex/settings_store.h"

using namespace doubletalk;
using namespace doubletalk::duplex;
using namespace doubletalk::test;

class SettingsTest : public QObject {
    Q_OBJECT
private slots:
    void namesAreUniqueAndFound() {
        std::set<std::string> names;
        for (const auto& ref : allSettings()) {
            QVERIFY2(names.insert(ref.fullName()).second, ref.fullName().c_str());
            const auto found = findSetting(ref.fullName());
            DT_VERIFY_OK(found);
            QCOMPARE(found->row, ref.row);
            // A default must pass its own check unchanged.
            const auto value = ref.get(Settings{});
            const auto checked = params::checkParam(*ref.row, ref.fullName(), value);
            DT_VERIFY_OK(checked);
            QVERIFY2(*checked == value, ref.fullName().c_str());
        }
        for (const char* asked :
             {"echo.enabled",          "echo.canceller",         "echo.tail_ms",
              "noise.enabled",         "noise.reducer",          "noise.strength_ratio",
              "jitter.enabled",        "jitter.buffer",          "jitter.target_ms",
              "jitter.min_ms",         "jitter.max_ms",          "loss.enabled",
              "loss.concealer",        "vad.detector",           "vad.aggressiveness",
              "vad.frame_ms",          "segment.end_ms",         "segment.pre_roll_ms",
              "barge_in.trigger_dbfs", "barge_in.min_speech_ms", "barge_in.ready_margin_db",
              "barge_in.fade_ms",      "health.max_latency_ms"}) {
            QVERIFY2(names.contains(asked), asked);
        }
    }

    void defaultsAreThoseAskedFor() {
        const Settings s;
        QVERIFY(s.echo.enabled && s.noise.enabled && s.jitter.enabled);
        QCOMPARE(s.buffer.chunk_ms, 20);
        QCOMPARE(s.buffer.duration_ms, 500);
        QCOMPARE(s.jitter.target_ms, 80);
        QCOMPARE(s.jitter.min_ms, 40);
        QCOMPARE(s.jitter.max_ms, 200);
        QCOMPARE(s.noise.strength_ratio, 0.8);
        QCOMPARE(s.health.max_latency_ms, 200);
        QCOMPARE(s.echo.tail_ms, 256);
        QCOMPARE(s.vad.aggressiveness, 3);
        QCOMPARE(s.segment.end_ms, 300);
        QCOMPARE(s.segment.pre_roll_ms, 300);
        QCOMPARE(s.barge_in.trigger_dbfs, -42.0);
        QCOMPARE(s.barge_in.min_speech_ms, 80);
        QCOMPARE(s.barge_in.ready_margin_db, 6.0);
        QCOMPARE(s.barge_in.fade_ms, 5);
    }

    void strongerLayersWin() {
        SettingsStore store;
        const auto source = [&] { return store.source("echo.tail_ms"); };
        QCOMPARE(source(), SettingSource::defaults);
        // The weakest last: the order of calls must not matter.
        DT_VERIFY_OK(store.set("echo.tail_ms", "512", SettingSource::command_line));
        DT_VERIFY_OK(store.loadEnvironment({"DOUBLETALK_ECHO_TAIL_MS=384"}));
        DT_VERIFY_OK(store.setJson({{"echo.tail_ms", 320}}, SettingSource::file, "file"));
        DT_VERIFY_OK(store.setJson({{"echo.tail_ms", 288}}, SettingSource::scene, "scene"));
        QCOMPARE(store.values().echo.tail_ms, 512);
        QCOMPARE(source(), SettingSource::command_line);
        DT_VERIFY_OK(store.set("echo.tail_ms", "64", SettingSource::form));
        QCOMPARE(store.values().echo.tail_ms, 64);

        SettingsStore rising;
        DT_VERIFY_OK(rising.setJson({{"echo", {{"tail_ms", 288}}}}, SettingSource::scene, "s"));
        QCOMPARE(rising.values().echo.tail_ms, 288);
        DT_VERIFY_OK(rising.setJson({{"echo.tail_ms", 320}}, SettingSource::file, "f"));
        QCOMPARE(rising.values().echo.tail_ms, 320);
        DT_VERIFY_OK(rising.loadEnvironment({"ECHO_FILTER_LENGTH=1024"}));
        QCOMPARE(rising.values().echo.tail_ms, 64);
        DT_VERIFY_OK(
            rising.loadEnvironment({"ECHO_FILTER_LENGTH=1024", "DOUBLETALK_ECHO_TAIL_MS=384"}));
        QCOMPARE(rising.values().echo.tail_ms, 384);
        QCOMPARE(rising.source("echo.tail_ms"), SettingSource::environment);
    }

    void earlierNamesWork() {
        SettingsStore store;
        DT_VERIFY_OK(store.loadEnvironment(
            {"ENABLE_ECHO_CANCELLATION=false", "ENABLE_NOISE_REDUCTION=false",
             "ENABLE_JITTER_BUFFER=false", "AUDIO_CHUNK_DURATION_MS=40",
             "JITTER_BUFFER_TARGET_MS=100", "JITTER_BUFFER_MIN_MS=60", "JITTER_BUFFER_MAX_MS=300",
             "NOISE_REDUCTION_STRENGTH=0.5", "AUDIO_BUFFER_DURATION_MS=1000",
             "MAX_AUDIO_LATENCY_MS=150", "HOME=/nowhere", "NOT A VARIABLE"}));
        const auto& s = store.values();
        QVERIFY(!s.echo.enabled && !s.noise.enabled && !s.jitter.enabled);
        QCOMPARE(s.buffer.chunk_ms, 40);
        QCOMPARE(s.jitter.target_ms, 100);
        QCOMPARE(s.jitter.min_ms, 60);
        QCOMPARE(s.jitter.max_ms, 300);
        QCOMPARE(s.noise.strength_ratio, 0.5);
        QCOMPARE(s.buffer.duration_ms, 1000);
        QCOMPARE(s.health.max_latency_ms, 150);
        QCOMPARE(store.source("jitter.target_ms"), SettingSource::legacy_environment);
    }

    void filterLengthBecomesATail_data() {
        QTest::addColumn<QString>("taps");
        QTest::addColumn<QString>("rate_hz");
        QTest::addColumn<int>("tail_ms");
        QTest::newRow("1024 at 16 kHz") << "1024"
                                        << "16000" << 64;
        QTest::newRow("1025 at 16 kHz") << "1025"
                                        << "16000" << 96;
        QTest::newRow("1024 at 8 kHz") << "1024"
                                       << "8000" << 128;
        QTest::newRow("a few") << "10"
                               << "16000" << 32;
    }
    void filterLengthBecomesATail() {
        QFETCH(QString, taps);
        QFETCH(QString, rate_hz);
        QFETCH(int, tail_ms);
        SettingsStore store;
        // The rate may come after the taps: only both together say how long the tail is.
        DT_VERIFY_OK(store.loadEnvironment({"ECHO_FILTER_LENGTH=" + taps.toStdString()}));
        DT_VERIFY_OK(
            store.set("engine.rate_hz", rate_hz.toStdString(), SettingSource::command_line));
        DT_VERIFY_OK(store.check());
        QCOMPARE(store.values().echo.tail_ms, tail_ms);
        QCOMPARE(store.notices().size(), std::size_t(1));
        const auto& notice = store.notices().front();
        QVERIFY(notice.find("ECHO_FILTER_LENGTH") != std::string::npos);
        QVERIFY(notice.find(std::to_string(tail_ms)) != std::string::npos);
    }

    void aFilterLengthThatCannotBeNamesTheVariable() {
        SettingsStore store;
        DT_VERIFY_OK(store.loadEnvironment({"ECHO_FILTER_LENGTH=16384"}));
        const auto checked = store.check();
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::usage);
        QCOMPARE(checked.error().where, std::string("ECHO_FILTER_LENGTH"));
        QVERIFY2(checked.error().what.find("16384") != std::string::npos, messageOf(checked));
        // 16384 taps are 352 ms at 48 kHz, and a tail set by hand makes them meaningless.
        DT_VERIFY_OK(store.set("engine.rate_hz", "48000", SettingSource::command_line));
        DT_VERIFY_OK(store.check());
        QCOMPARE(store.values().echo.tail_ms, 352);
        DT_VERIFY_OK(store.set("engine.rate_hz", "16000", SettingSource::command_line));
        QVERIFY(!store.check());
        DT_VERIFY_OK(store.set("echo.tail_ms", "64", SettingSource::command_line));
        DT_VERIFY_OK(store.check());
        QCOMPARE(store.values().echo.tail_ms, 64);
        QVERIFY(store.notices().empty());
    }

    void valuesMustGoTogether_data() {
        QTest::addColumn<QString>("low");
        QTest::addColumn<QString>("least");
        QTest::addColumn<QString>("high");
        QTest::addColumn<QString>("most");
        QTest::newRow("jitter") << "jitter.min_ms"
                                << "300"
                                << "jitter.max_ms"
                                << "200";
        QTest::newRow("fill") << "buffer.healthy_min_ratio"
                              << "0.9"
                              << "buffer.healthy_max_ratio"
                              << "0.1";
        QTest::newRow("chunk") << "buffer.chunk_ms"
                               << "200"
                               << "buffer.duration_ms"
                               << "40";
    }
    void valuesMustGoTogether() {
        QFETCH(QString, low);
        QFETCH(QString, least);
        QFETCH(QString, high);
        QFETCH(QString, most);
        SettingsStore store;
        // From two layers: only together they are wrong.
        const nlohmann::json file{{low.toStdString(), least.toDouble()}};
        DT_VERIFY_OK(store.setJson(file, SettingSource::file, "file"));
        DT_VERIFY_OK(store.set(high.toStdString(), most.toStdString(), SettingSource::environment));
        const auto checked = store.check();
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, ErrorKind::usage);
        for (const auto& part : {low, least, high, most}) {
            QVERIFY2(checked.error().what.find(part.toStdString()) != std::string::npos,
                     messageOf(checked));
        }
        QVERIFY(!checked.error().hint.empty());
        DT_VERIFY_OK(store.set(high.toStdString(), least.toStdString(), SettingSource::form));
        DT_VERIFY_OK(store.check());  // equal is fine
    }

    void aLinkToTheSettingsFileStays() {
        const QTemporaryDir folder;
        const auto at = std::filesystem::path(folder.path().toStdString());
        std::ofstream(at / "real.json") << "{}";
        std::filesystem::create_symlink("real.json", at / "link.json");
        SettingsStore store;
        DT_VERIFY_OK(store.set("echo.tail_ms", "64", SettingSource::form));
        DT_VERIFY_OK(store.saveFile(at / "link.json"));
        QVERIFY(std::filesystem::is_symlink(at / "link.json"));
        std::ifstream in(at / "real.json");
        QCOMPARE(nlohmann::json::parse(in)["echo.tail_ms"].get<int>(), 64);
    }

    void badValuesAreErrorsAndChangeNothing_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::newRow("below") << "echo.tail_ms"
                               << "16";
        QTest::newRow("above") << "jitter.max_ms"
                               << "2001";
        QTest::newRow("no number") << "barge_in.trigger_dbfs"
                                   << "loud";
        QTest::newRow("not a number") << "barge_in.trigger_dbfs"
                                      << "nan";
        QTest::newRow("no choice") << "echo.canceller"
                                   << "magic";
        QTest::newRow("no toggle") << "echo.enabled"
                                   << "perhaps";
        QTest::newRow("odd rate") << "engine.rate_hz"
                                  << "11025";
        QTest::newRow("no stream's rate") << "stream.rate_hz"
                                          << "11000";
        QTest::newRow("unknown") << "echo.tial_ms"
                                 << "64";
    }
    void badValuesAreErrorsAndChangeNothing() {
        QFETCH(QString, name);
        QFETCH(QString, text);
        SettingsStore store;
        const auto result =
            store.set(name.toStdString(), text.toStdString(), SettingSource::command_line);
        QVERIFY(!result);
        QCOMPARE(result.error().kind, ErrorKind::usage);
        QVERIFY(!result.error().message().empty());
        QVERIFY(settingsToJson(store.values()) == settingsToJson(Settings{}));
        if (name == "echo.tial_ms") {
            QVERIFY(result.error().hint.find("echo.tail_ms") != std::string::npos);
        }
    }

    void badEnvironmentNamesTheVariable() {
        SettingsStore store;
        const auto own = store.loadEnvironment({"DOUBLETALK_ECHO_TAIL_MS=1"});
        QVERIFY(!own);
        QCOMPARE(own.error().where, std::string("DOUBLETALK_ECHO_TAIL_MS"));
        for (const char* taps : {"-5", "many", "nan", "1e9", ""}) {
            const auto legacy = store.loadEnvironment({std::string("ECHO_FILTER_LENGTH=") + taps});
            QVERIFY2(!legacy, taps);
            QCOMPARE(legacy.error().where, std::string("ECHO_FILTER_LENGTH"));
        }
    }

    void unknownKeysSurviveASave() {
        const QTemporaryDir folder;
        const auto file = std::filesystem::path(folder.path().toStdString()) / "settings.json";
        std::ofstream(file)
            << R"({"echo": {"tail_ms": 320, "shape": "round"}, "later.thing": [1]})";
        SettingsStore store;
        DT_VERIFY_OK(store.loadFile(file));
        QCOMPARE(store.values().echo.tail_ms, 320);
        QCOMPARE(store.notices().size(), std::size_t(2));
        DT_VERIFY_OK(store.set("jitter.target_ms", "120", SettingSource::form));
        DT_VERIFY_OK(store.set("jitter.max_ms", "400", SettingSource::command_line));
        DT_VERIFY_OK(store.saveFile(file));
        std::ifstream in(file);
        const auto json = nlohmann::json::parse(in);
        QCOMPARE(json["echo.shape"].get<std::string>(), std::string("round"));
        QCOMPARE(json["later.thing"][0].get<int>(), 1);
        QCOMPARE(json["echo.tail_ms"].get<int>(), 320);
        QCOMPARE(json["jitter.target_ms"].get<int>(), 120);
        QVERIFY(!json.contains("jitter.max_ms"));  // for this run only
        SettingsStore again;
        DT_VERIFY_OK(again.loadFile(file));
        QCOMPARE(again.values().jitter.target_ms, 120);
    }

    void badFilesAreErrors() {
        const QTemporaryDir folder;
        const auto at = std::filesystem::path(folder.path().toStdString());
        SettingsStore store;
        QVERIFY(!store.loadFile(at / "missing.json"));
        QVERIFY(!store.loadFile(at));
        for (const char* text : {"", "{", "[1]", "{\"echo.tail_ms\": [1]}",
                                 "{\"echo.tail_ms\": null}", "{\"echo.tail_ms\": 1}"}) {
            std::ofstream(at / "bad.json") << text;
            QVERIFY2(!store.loadFile(at / "bad.json"), text);
        }
        QVERIFY(!store.saveFile(at / "no" / "folder.json"));
        QCOMPARE(store.values().echo.tail_ms, 256);
    }
};

QTEST_APPLESS_MAIN(SettingsTest)
#include "settings_test.moc"
