// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/scene.h"

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "engine/room/active_level.h"
#include "engine/room/clip_library.h"
#include "engine/room/room_params.h"

using namespace doubletalk;
using room::Scene;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

const char* const kGood = R"({
  "id": "test", "title": "A test", "description": "For the parser.", "duration_s": 12.5, "seed": 9,
  "settings": {"room.rt60_ms": 300, "echo.tail_ms": 256, "barge_in.enabled": true,
               "echo.canceller": "nlms"},
  "assistant": [{"at_s": 1, "source": {"text": "Hello there.", "voice": "en-us"},
                 "level_dbfs": -20, "direct": true}],
  "talkers": [{"at_s": 5, "source": {"text": "Later."}},
              {"at_s": 2, "label": "backchannel", "level_dbfs": -31.5, "source":
               {"clip": {"package": "p", "path": "/a.wav", "sha256":
                "0000000000000000000000000000000000000000000000000000000000000000"},
                "from_s": 0.5, "to_s": 1.5}}],
  "commands": [{"at_s": 3, "command": "set", "set": {"echo.tail_ms": 128}},
               {"at_s": 4, "command": "path_change", "set": {"room.microphone_x_m": 2.6}},
               {"at_s": 5, "command": "spike", "spike_ms": 300},
               {"at_s": 6, "command": "interrupt"}, {"at_s": 7, "command": "reset"}]
})";

/// kGood with the value at a JSON pointer replaced (null removes it).
Json changed(const char* pointer, const Json& value) {
    Json json = Json::parse(kGood);
    const Json::json_pointer where(pointer);
    if (value.is_null()) {
        json.at(where.parent_pointer()).erase(where.back());
    } else {
        json[where] = value;
    }
    return json;
}

}  // namespace

class SceneTest : public QObject {
    Q_OBJECT

private slots:
    void readsEverything() {
        const auto scene = room::parseScene(Json::parse(kGood), "file.json");
        QVERIFY2(scene.has_value(), scene ? "" : scene.error().message().c_str());
        QCOMPARE(scene->id, std::string("test"));
        QCOMPARE(scene->title, std::string("A test"));
        QCOMPARE(scene->duration_s, 12.5);
        QCOMPARE(scene->seed, std::uint64_t(9));
        QVERIFY(scene->settings.at("echo.canceller") == Json("nlms"));
        QCOMPARE(scene->assistant.at(0).source.voice, std::string("en-us"));
        QCOMPARE(scene->assistant.at(0).level_dbfs, -20.0);
        QVERIFY(scene->assistant.at(0).direct);
        // Sorted by time, whatever the order in the file.
        QCOMPARE(scene->talkers.at(0).at_s, 2.0);
        QCOMPARE(int(scene->talkers.at(0).label), int(room::TalkerLabel::backchannel));
        QCOMPARE(scene->talkers.at(0).level_dbfs, -31.5);
        QCOMPARE(scene->talkers.at(0).source.clip.path, std::string("/a.wav"));
        QCOMPARE(scene->talkers.at(0).source.from_s, 0.5);
        QCOMPARE(scene->talkers.at(0).source.to_s, 1.5);
        QCOMPARE(scene->talkers.at(1).source.text, std::string("Later."));
        QCOMPARE(int(scene->commands.size()), 5);
        QCOMPARE(scene->commands.at(1).command, std::string("path_change"));
        QVERIFY(scene->commands.at(1).arguments ==
                Json::parse(R"({"set": {"room.microphone_x_m": 2.6}})"));
        QVERIFY(scene->commands.at(2).arguments == Json::parse(R"({"spike_ms": 300})"));
        QVERIFY(scene->commands.at(3).arguments == Json::object());
        QVERIFY(scene->source == Json::parse(kGood));
    }

    void badScenesSayWhereAndWhatToDo_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("place");  // in the message
        QTest::addColumn<QString>("help");
        const auto row = [](const char* pointer, const char* value, const char* place,
                            const char* help) {
            QTest::addRow("%s = %s", pointer, value) << pointer << value << place << help;
        };
        row("/id", "null", "file.json: id", "add it");
        row("/id", "7", "file.json: id", "quotes");
        row("/duration_s", "0", "duration_s", "inside the range");
        row("/duration_s", "1e9", "duration_s", "3600");
        row("/duration_s", "\"10\"", "duration_s", "without quotes");
        row("/seed", "-1", "seed", "whole number");
        row("/seed", "1.5", "seed", "whole number");
        row("/settings", "[]", "settings", "braces");
        row("/settings/room.rt60", "300", "room.rt60", "did you mean 'room.rt60_ms'?");
        row("/settings/room.rt60_ms", "99999", "room.rt60_ms", "inside the range");
        row("/settings/room.rt60_ms", "\"long\"", "room.rt60_ms", "");
        row("/settings/room.rt60_ms", "true", "room.rt60_ms", "");
        row("/settings/tail", "1", "tail", "module.setting");
        row("/settings/echo.tail_ms", "[1]", "echo.tail_ms", "one value");
        row("/talkers", "{}", "talkers", "square brackets");
        row("/talkers/0", "3", "talkers[0]", "object");
        row("/talkers/0/at_s", "null", "talkers[0].at_s", "add it");
        row("/talkers/0/at_s", "13", "talkers[0].at_s", "12.5");
        row("/talkers/0/lable", "\"speech\"", "talkers[0]", "did you mean 'label'?");
        row("/talkers/1/label", "\"interuption\"", "talkers[1].label", "'interruption'");
        row("/talkers/0/source", "null", "talkers[0].source", "add it");
        row("/talkers/0/source/text", "\"\"", "talkers[0].source.text", "spoken");
        row("/talkers/1/source/text", "\"both\"", "talkers[1].source", "one of the two");
        row("/talkers/1/source/clip", "null", "talkers[1].source", "one of the two");
        row("/talkers/1/source/to_s", "0.4", "to_s", "later");
        row("/talkers/1/source/clip/path", "\"a.wav\"", "source.clip.path", "/");
        row("/talkers/1/source/clip/sha256", "\"00\"", "clip.sha256", "sha256sum");
        row("/talkers/1/source/clip/package", "null", "clip.package", "add it");
        row("/assistant/0/direct", "1", "assistant[0].direct", "quotes");
        row("/assistant/0/level_dbfs", "6", "assistant[0].level_dbfs", "range");
        row("/commands/0/command", "\"sett\"", "commands[0].command", "'set'");
        row("/commands/0/set", "null", "commands[0].set", "'set'");
        row("/commands/1/set/echo.tail_ms", "128", "echo.tail_ms", "'set'");
        row("/commands/3/set", "{}", "commands[3].set", "belong");
        row("/commands/3/spike_ms", "3", "commands[3].spike_ms", "spike");
        row("/comands", "[]", "file.json", "did you mean 'commands'?");
        row("/zzzzzzzzzzzz", "1", "file.json", "known: ");
    }
    void badScenesSayWhereAndWhatToDo() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, place);
        QFETCH(QString, help);
        const Json json = changed(pointer.toUtf8().constData(), Json::parse(value.toStdString()));
        const auto scene = room::parseScene(json, "file.json");
        QVERIFY(!scene.has_value());
        const std::string message = scene.error().message();
        QCOMPARE(int(scene.error().kind), int(ErrorKind::format));
        QVERIFY2(message.rfind("file.json", 0) == 0, message.c_str());
        QVERIFY2(message.find(place.toStdString()) != std::string::npos, message.c_str());
        QVERIFY2(message.find(help.toStdString()) != std::string::npos, message.c_str());
        QVERIFY2(!scene.error().hint.empty(), message.c_str());
    }

    void noObjectIsNoScene() {
        for (const char* text : {"[]", "3", "null", "\"x\"", "{}"}) {
            QVERIFY(!room::parseScene(Json::parse(text), "file.json").has_value());
        }
    }

    void badFilesAreErrors() {
        QTemporaryDir folder;
        const fs::path base(folder.path().toStdString());
        const auto error = [](const std::string& name) {
            const auto scene = room::loadScene(name);
            return scene ? std::string() : scene.error().message();
        };
        std::ofstream(base / "broken.json") << "{\n\"id\": \"x\",\n oops }";
        QVERIFY(error((base / "broken.json").string()).find("line 3") != std::string::npos);
        std::ofstream(base / "empty.json") << "";
        QVERIFY(error((base / "empty.json").string()).find("no JSON") != std::string::npos);
        std::ofstream(base / "deep.json") << std::string(100'000, '[');
        QVERIFY(!error((base / "deep.json").string()).empty());
        std::ofstream(base / "large.json") << std::string(5 << 20, ' ') << "{}";
        QVERIFY(error((base / "large.json").string()).find("too large") != std::string::npos);
        QVERIFY(error((base / "none.json").string()).find("no such") != std::string::npos);
        QVERIFY(error(base.string()).find("not a scene") != std::string::npos);
        QVERIFY(error("singl_talk").find("did you mean 'single_talk'?") != std::string::npos);
        QVERIFY(error("quite something else").find("barge_in") != std::string::npos);
        QVERIFY(!error("").empty());
    }

    void aMissingClipNamesItsPackage() {
        room::ClipRef clip{"nice-clips", "/nowhere/nice.wav", std::string(64, '0')};
        const auto missing = room::loadClip(clip);
        QVERIFY(!missing.has_value());
        QCOMPARE(int(missing.error().kind), int(ErrorKind::not_found));
        QVERIFY(missing.error().message().find("install the package nice-clips") !=
                std::string::npos);
        QTemporaryDir folder;
        clip.path = (folder.path() + "/nice.raw").toStdString();
        std::ofstream(clip.path) << "abcd";
        const auto other = room::loadClip(clip);
        QVERIFY(!other.has_value());
        QVERIFY(other.error().message().find("SHA-256") != std::string::npos);
        // sha256sum of "abcd".
        clip.sha256 = "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589";
        const auto good = room::loadClip(clip);
        QVERIFY2(good.has_value(), good ? "" : good.error().message().c_str());
        QCOMPARE(good->samples.size(), std::size_t(2));
        QCOMPARE(good->rate_hz, 16000);

        Scene scene;
        scene.id = "mine";
        scene.talkers.push_back({1.0, {clip, {}, "en", 5.0, 6.0}, -26.0, {}});
        const auto beyond = room::prepareTalkers(scene, {16000});
        QVERIFY(!beyond.has_value());
        QVERIFY2(beyond.error().message().find("scene mine: talkers[0]") != std::string::npos,
                 beyond.error().message().c_str());
    }

    void allShippedScenesAreThere() {
        const auto scenes = room::shippedScenes();
        QVERIFY2(scenes.has_value(), scenes ? "" : scenes.error().message().c_str());
        std::set<std::string> ids;
        for (const auto& scene : *scenes) ids.insert(scene.id);
        const std::set<std::string> wanted = {
            "single_talk", "double_talk", "moving_talker",   "path_change", "drift",
            "noisy",       "clipped",     "reverberant",     "long_delay",  "late_reference",
            "barge_in",    "backchannel", "long_single_talk"};
        for (const auto& id : wanted) QVERIFY2(ids.count(id) == 1, id.c_str());
        QCOMPARE(room::loadScene("long_single_talk")->duration_s, 40.0);
        QVERIFY(room::loadScene("single_talk")->duration_s >= 25.0);
    }

    void shippedScenesRun_data() {
        QTest::addColumn<QString>("id");
        const auto scenes = room::shippedScenes();
        if (!scenes) return;
        for (const auto& scene : *scenes) {
            QTest::addRow("%s", scene.id.c_str()) << QString::fromStdString(scene.id);
        }
    }
    /// Clips load, levels are as written, utterances do not overlap, the room can be built.
    void shippedScenesRun() {
        QFETCH(QString, id);
        const auto scene = room::loadScene(id.toStdString());
        QVERIFY(scene.has_value());
        QVERIFY(!scene->description.empty());
        const auto talkers = room::prepareTalkers(*scene, {16000});
        QVERIFY2(talkers.has_value(), talkers ? "" : talkers.error().message().c_str());
        for (std::size_t i = 0; i < talkers->size(); ++i) {
            const auto& talker = (*talkers)[i];
            const double level = room::activeLevelDbfs(talker.samples, 16000);
            QVERIFY(std::abs(level - scene->talkers[i].level_dbfs) < 0.1);
            const double end_s = double(talker.start_frame + talker.samples.size()) / 16000.0;
            QVERIFY2(end_s <= scene->duration_s, qPrintable(QString::number(end_s)));
            if (i + 1 < talkers->size()) {
                QVERIFY2(end_s <= scene->talkers[i + 1].at_s + 0.01,
                         qPrintable(QString("talker %1 ends at %2").arg(i).arg(end_s)));
            }
        }
        double busy_until_s = 0.0;
        const bool interrupted = id == "barge_in";
        for (const auto& turn : scene->assistant) {
            const auto samples = room::loadSourceAt(turn.source, {16000}, turn.level_dbfs);
            QVERIFY2(samples.has_value(), samples ? "" : samples.error().message().c_str());
            QVERIFY2(
                interrupted || turn.at_s + 0.01 >= busy_until_s,
                qPrintable(QString("item at %1, busy until %2").arg(turn.at_s).arg(busy_until_s)));
            busy_until_s = turn.at_s + double(samples->size()) / 16000.0;
            for (const float x : *samples) QVERIFY(std::abs(x) < 1.0F);
        }
        QVERIFY2(busy_until_s + 0.4 <= scene->duration_s,
                 qPrintable(QString::number(busy_until_s)));

        room::RoomParams params;
        const auto apply = [&](const Json& settings) {
            for (const auto& row : room::roomParamTable()) {
                const auto it = settings.find("room." + std::string(row.text.name));
                if (it == settings.end()) continue;
                const auto value = params::checkParam(row, row.text.name, it->get<double>());
                QVERIFY(value.has_value());
                row.set(&params, *value);
            }
        };
        apply(scene->settings);
        room::VirtualRoom room;
        const auto ready = room.prepare({16000}, params, scene->seed, *talkers);
        QVERIFY2(ready.has_value(), ready ? "" : ready.error().message().c_str());
        double energy = 0.0;
        for (const float h : room.echoResponse()) energy += double(h) * h;
        // Echo return loss of a real device: the loudspeaker is not heard louder than it was sent.
        const double loss_db = -10.0 * std::log10(energy);
        QVERIFY2(loss_db > 0.0 && loss_db < 15.0, qPrintable(QString::number(loss_db)));
        for (const auto& command : scene->commands) {
            if (command.command != "path_change") continue;
            apply(command.arguments.at("set"));
            QVERIFY(room.changePath(params).has_value());
        }
    }
};

QTEST_APPLESS_MAIN(SceneTest)
#include "scene_test.moc"
