// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/scene.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>
#include <string_view>

#include "engine/room/json_object.h"
#include "engine/room/room_params.h"

namespace doubletalk::room {
namespace {

using Json = nlohmann::json;

constexpr double kMaxDurationS = 3600.0;

bool isSettingName(const std::string& name) {
    const auto dot = name.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == name.size()) return false;
    return std::all_of(name.begin(), name.end(), [](char c) {
        return c == '.' || c == '_' || std::islower(static_cast<unsigned char>(c)) != 0 ||
               std::isdigit(static_cast<unsigned char>(c)) != 0;
    });
}

params::ParamValue valueOf(const Json& json) {
    if (json.is_boolean()) return json.get<bool>();
    if (json.is_number()) return json.get<double>();
    return Name(json.get<std::string>());
}

/// Names and types of all settings, and the room's own against their table. The other modules'
/// tables are above this folder; whoever applies them checks them.
std::optional<Error> checkSettings(const Json& settings, const std::string& where,
                                   const std::string& path, bool room_only) {
    std::vector<std::string> known;
    for (const auto& row : roomParamTable()) known.push_back("room." + std::string(row.text.name));
    for (const auto& [name, value] : settings.items()) {
        const std::string here = where + ": " + path + "[\"" + name + "\"]";
        if (!isSettingName(name)) {
            return Error{ErrorKind::format, "this is no setting's name", here,
                         "write module.setting, such as echo.tail_ms"};
        }
        if (!value.is_boolean() && !value.is_number() && !value.is_string()) {
            return Error{ErrorKind::format, "a setting is a number, a text, true or false", here,
                         "write one value"};
        }
        if (name.rfind("room.", 0) != 0) {
            if (!room_only) continue;
            return Error{ErrorKind::format, "a new echo path takes settings of the room only", here,
                         "use the command 'set' for others"};
        }
        const auto it = std::find(known.begin(), known.end(), name);
        if (it == known.end()) {
            const std::string near = nearest(name, known);
            return Error{
                ErrorKind::format, "the room has no such setting", here,
                near.empty() ? "see 'doubletalk-cli settings'" : "did you mean '" + near + "'?"};
        }
        const auto& row = roomParamTable()[std::size_t(it - known.begin())];
        if (const auto checked = params::checkParam(row, here, valueOf(value)); !checked) {
            Error error = checked.error();
            error.kind = ErrorKind::format;
            if (error.hint.empty()) error.hint = "see 'doubletalk-cli settings'";
            return error;
        }
    }
    return std::nullopt;
}

void readClip(JsonObject& source, const std::string& where, Source& to) {
    const Json* json = source.object("clip");
    if (json == nullptr) return;
    JsonObject clip(*json, where, source.pathOf("clip"), {"package", "path", "sha256"});
    to.clip = {clip.neededText("package"), clip.neededText("path"), clip.neededText("sha256")};
    if (!to.clip.path.empty() && to.clip.path.front() != '/') {
        clip.complain("path", "is not absolute", "begin it with /");
    }
    const auto& hash = to.clip.sha256;
    const bool digits = std::all_of(hash.begin(), hash.end(), [](char c) {
        return std::isdigit(static_cast<unsigned char>(c)) != 0 || (c >= 'a' && c <= 'f');
    });
    if (hash.size() != 64 || !digits) {
        clip.complain("sha256", "is not 64 hexadecimal digits", "take what sha256sum prints");
    }
    if (clip.error()) source.take(*clip.error());
}

Source readSource(JsonObject& turn, const std::string& where) {
    Source to;
    turn.need("source");
    const Json* json = turn.object("source");
    if (json == nullptr) return to;
    JsonObject source(*json, where, turn.pathOf("source"),
                      {"clip", "text", "voice", "from_s", "to_s"});
    readClip(source, where, to);
    to.text = source.text("text");
    to.voice = source.text("voice", to.voice);
    to.from_s = source.number("from_s", 0.0, 0.0, kMaxDurationS);
    to.to_s = source.number("to_s", 0.0, 0.0, kMaxDurationS);
    if (source.has("clip") == source.has("text")) {
        source.complain("", "needs either a clip or a text", "give one of the two");
    } else if (source.has("text") && to.text.empty()) {
        source.complain("text", "is empty", "write what is to be spoken");
    } else if (to.to_s != 0.0 && to.to_s <= to.from_s) {
        source.complain("to_s", "is not after from_s", "give a later time, or 0 for the end");
    }
    if (source.error()) turn.take(*source.error());
    return to;
}

TalkerTurn readTalker(JsonObject& json, const std::string& where, double duration_s) {
    TalkerTurn turn;
    json.need("at_s");
    turn.at_s = json.number("at_s", 0.0, 0.0, duration_s);
    turn.source = readSource(json, where);
    turn.level_dbfs = json.number("level_dbfs", turn.level_dbfs, -100.0, 0.0);
    turn.label = TalkerLabel(
        json.choice("label", 0, {"speech", "interruption", "backchannel", "cough", "side_speech"}));
    return turn;
}

AssistantTurn readAssistant(JsonObject& json, const std::string& where, double duration_s) {
    AssistantTurn turn;
    json.need("at_s");
    turn.at_s = json.number("at_s", 0.0, 0.0, duration_s);
    turn.source = readSource(json, where);
    turn.level_dbfs = json.number("level_dbfs", turn.level_dbfs, -100.0, 0.0);
    turn.direct = json.toggle("direct", false);
    return turn;
}

SceneCommand readCommand(JsonObject& json, const Json& whole, const std::string& where,
                         double duration_s) {
    SceneCommand command;
    json.need("at_s");
    json.need("command");
    command.at_s = json.number("at_s", 0.0, 0.0, duration_s);
    const std::initializer_list<std::string_view> names = {"set", "interrupt", "spike",
                                                           "path_change", "reset"};
    command.command = *(names.begin() + json.choice("command", 0, names));
    command.arguments = Json::object();
    const bool sets = command.command == "set" || command.command == "path_change";
    if (json.has("set") != sets) {
        json.complain("set", sets ? "is missing" : "does not belong to this command",
                      "'set' and 'path_change' have one, the others do not");
    } else if (const Json* settings = json.object("set"); settings != nullptr) {
        const auto wrong =
            checkSettings(*settings, where, json.pathOf("set"), command.command == "path_change");
        if (wrong) json.take(*wrong);
        command.arguments["set"] = *settings;
    }
    if (json.has("spike_ms") && command.command != "spike") {
        json.complain("spike_ms", "does not belong to this command", "only 'spike' has it");
    } else if (json.has("spike_ms")) {
        static_cast<void>(json.number("spike_ms", 0.0, 0.0, 10000.0));
        command.arguments["spike_ms"] = whole["spike_ms"];
    }
    return command;
}

template <class Turn, class Read>
void readList(JsonObject& scene, const char* key, const std::string& where,
              std::initializer_list<std::string_view> keys, std::vector<Turn>& to, Read read) {
    const Json* list = scene.array(key);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
        JsonObject object((*list)[i], where, std::string(key) + "[" + std::to_string(i) + "]",
                          keys);
        to.push_back(read(object, (*list)[i]));
        if (object.error()) {
            scene.take(*object.error());
            return;
        }
    }
    std::stable_sort(to.begin(), to.end(),
                     [](const Turn& a, const Turn& b) { return a.at_s < b.at_s; });
}

}  // namespace

Result<Scene> parseScene(const Json& json, const std::string& where) {
    Scene scene;
    JsonObject top(json, where, "",
                   {"id", "title", "description", "duration_s", "seed", "settings", "assistant",
                    "talkers", "commands", "trace"});
    scene.source = json;
    scene.id = top.neededText("id");
    scene.title = top.text("title", scene.id);
    scene.description = top.text("description");
    scene.duration_s = top.number("duration_s", scene.duration_s, 0.1, kMaxDurationS);
    scene.seed = top.whole("seed", scene.seed);
    scene.trace = top.text("trace");
    if (const Json* settings = top.object("settings"); settings != nullptr) {
        const auto wrong = checkSettings(*settings, where, "settings", false);
        if (wrong) top.take(*wrong);
        scene.settings = *settings;
    }
    const double end_s = scene.duration_s;
    readList(top, "assistant", where, {"at_s", "source", "level_dbfs", "direct"}, scene.assistant,
             [&](JsonObject& o, const Json&) { return readAssistant(o, where, end_s); });
    readList(top, "talkers", where, {"at_s", "source", "level_dbfs", "label"}, scene.talkers,
             [&](JsonObject& o, const Json&) { return readTalker(o, where, end_s); });
    readList(top, "commands", where, {"at_s", "command", "set", "spike_ms"}, scene.commands,
             [&](JsonObject& o, const Json& whole) { return readCommand(o, whole, where, end_s); });
    if (top.error()) return tl::unexpected(*top.error());
    return scene;
}

}  // namespace doubletalk::room
