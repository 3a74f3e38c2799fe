// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/scene_material.h"

#include <algorithm>
#include <cmath>

#include "engine/duplex/settings_check.h"
#include "engine/room/clip_library.h"

namespace doubletalk::duplex {
namespace {

constexpr const char* kUserSource = "user";
constexpr double kAudibleBelowPeakDb = 30.0;  // where a talker's sound begins and ends

BlockIndex blockAt(double at_s) { return BlockIndex(std::llround(at_s * 100.0)); }

/// The stretch of a talker's signal that can be heard.
LabelledTurn labelled(const room::TalkerTurn& turn, const room::TalkerSignal& signal,
                      SampleRate rate) {
    float peak = 0.0F;
    for (const float sample : signal.samples) peak = std::max(peak, std::abs(sample));
    const float audible = peak * float(std::pow(10.0, -kAudibleBelowPeakDb / 20.0));
    const auto is_audible = [&](float sample) { return std::abs(sample) >= audible; };
    const auto first = std::find_if(signal.samples.begin(), signal.samples.end(), is_audible);
    const auto last = std::find_if(signal.samples.rbegin(), signal.samples.rend(), is_audible);
    const auto from = signal.start_frame + (first - signal.samples.begin());
    const auto to =
        signal.start_frame + std::int64_t(signal.samples.size()) - (last - signal.samples.rbegin());
    return {.onset_s = double(from) / rate.hz, .end_s = double(to) / rate.hz, .label = turn.label};
}

Result<params::ParamValue> valueOf(const nlohmann::json& json, const SettingRef& ref,
                                   const std::string& where) {
    const auto name = ref.fullName();
    if (json.is_boolean()) {
        return params::checkParam(*ref.row, name, params::ParamValue(json.get<bool>()));
    }
    if (json.is_number()) {
        return params::checkParam(*ref.row, name, params::ParamValue(json.get<double>()));
    }
    if (json.is_string()) return params::parseParam(*ref.row, name, json.get<std::string>());
    return fail(ErrorKind::usage, "the value of " + name + " has no usable type", where);
}

Command note(std::string_view what) {
    return {.kind = CommandKind::note, .key = Name(what), .source = "scene"};
}

/// One scene command becomes one or more timed ones; now follows the settings as they change.
Result<void> addCommand(const room::SceneCommand& from, const std::string& where, Settings& now,
                        std::vector<TimedCommand>& out) {
    const auto block = blockAt(from.at_s);
    if (from.command == "interrupt" || from.command == "reset") {
        const auto kind = from.command == "interrupt" ? CommandKind::interrupt : CommandKind::reset;
        out.push_back({.block = block, .command = {.kind = kind, .source = "scene"}});
        return {};
    }
    if (from.command == "spike") {
        const auto height = from.arguments.value("spike_ms", now.network.spike_ms);
        auto command = note("spike");
        command.item = ItemId(std::max(height, 0.0));
        out.push_back({.block = block, .command = command, .spike_ms = height});
        return {};
    }
    if (from.command != "set" && from.command != "path_change") {
        return fail(ErrorKind::usage, "unknown command '" + from.command + "'", where,
                    "known: set, interrupt, spike, path_change, reset");
    }
    const auto values = from.arguments.value("set", nlohmann::json::object());
    for (const auto& [name, json] : values.items()) {
        const auto ref = findSetting(name);
        if (!ref) return tl::unexpected(ref.error());
        const auto value = valueOf(json, *ref, where);
        if (!value) return tl::unexpected(value.error());
        ref->set(now, *value);
        if (from.command == "path_change") continue;
        out.push_back({.block = block,
                       .command = {.kind = CommandKind::set,
                                   .setting = *ref,
                                   .key = Name(name),
                                   .value = *value,
                                   .source = "scene"}});
    }
    if (auto ok = checkTogether(now); !ok) {
        ok.error().where = where;
        return ok;
    }
    if (from.command == "path_change") {
        out.push_back({.block = block,
                       .command = note("path_change"),
                       .path_change = true,
                       .room = now.room});
    }
    return {};
}

Result<FarEndItem> makeItem(const room::AssistantTurn& turn, ItemId id, const Settings& settings,
                            std::span<const session::ItemRecord> recorded) {
    FarEndItem item;
    item.id = id;
    item.at_s = turn.at_s;
    item.direct = turn.direct;
    item.text = turn.source.clip.path.empty() ? turn.source.text : turn.source.clip.path;
    item.kind = turn.source.clip.path.empty() ? "speech" : "file";
    const auto found = std::find_if(recorded.begin(), recorded.end(),
                                    [&](const auto& record) { return record.item == id; });
    if (found != recorded.end()) {
        item.samples = found->samples;
        return item;
    }
    const SampleRate rate{turn.direct ? settings.engine.rate_hz : settings.stream.rate_hz};
    auto samples = room::loadSourceAt(turn.source, rate, turn.level_dbfs);
    if (!samples) return tl::unexpected(samples.error());
    item.samples = std::move(*samples);
    return item;
}

void addTalkerNotes(const std::vector<LabelledTurn>& turns, std::vector<TimedCommand>& out) {
    for (const auto& turn : turns) {
        out.push_back({.block = blockAt(turn.onset_s), .command = note("talker_started")});
        out.push_back({.block = blockAt(turn.end_s), .command = note("talker_ended")});
    }
}

TimedCommand userNote(const char* what, int number) {
    TimedCommand timed;
    timed.command = {.kind = CommandKind::note,
                     .key = what,
                     .source = kUserSource,
                     .item = ItemId(std::max(number, 0))};
    return timed;
}

}  // namespace

TimedCommand spikeCommand(int height_ms) {
    auto timed = userNote("spike", height_ms);
    timed.spike_ms = height_ms;
    return timed;
}

TimedCommand loseCommand(int packets) {
    auto timed = userNote("lose", packets);
    timed.lose_packets = packets;
    return timed;
}

TimedCommand moveCommand() {
    auto timed = userNote("path_change", 0);
    timed.path_change = timed.by_hand = true;
    return timed;
}

std::optional<TimedCommand> userCommand(BlockIndex block, const Command& command) {
    if (command.source != kUserSource) return std::nullopt;
    TimedCommand timed;
    if (command.kind == CommandKind::note) {
        const auto number = int(command.item);
        if (command.key == "spike") timed = spikeCommand(number);
        if (command.key == "lose") timed = loseCommand(number);
        if (command.key == "path_change") timed = moveCommand();
    }
    timed.block = block;
    timed.command = command;
    return timed;
}

room::RoomParams movedMicrophone(const room::RoomParams& room, int moves) {
    constexpr double kStepM = 0.4;
    constexpr double kTurn = 2.399963;  // [rad] golden angle: no two places alike
    constexpr double kWallM = 0.2;
    auto moved = room;
    moved.microphone_x_m = std::clamp(room.microphone_x_m + kStepM * std::cos(kTurn * moves),
                                      kWallM, room.length_m - kWallM);
    moved.microphone_y_m = std::clamp(room.microphone_y_m + kStepM * std::sin(kTurn * moves),
                                      kWallM, room.width_m - kWallM);
    return moved;
}

Result<SceneMaterial> prepareScene(const room::Scene& scene, const Settings& settings,
                                   std::span<const session::ItemRecord> recorded) {
    SceneMaterial material;
    material.trace = scene.trace;
    const SampleRate rate{settings.engine.rate_hz};
    auto talkers = room::prepareTalkers(scene, rate);
    if (!talkers) return tl::unexpected(talkers.error());
    for (std::size_t i = 0; i < talkers->size() && i < scene.talkers.size(); ++i) {
        material.turns.push_back(labelled(scene.talkers[i], (*talkers)[i], rate));
    }
    material.talkers = std::move(*talkers);
    // Ids grow in the order of sending, so that "up to this item" means something.
    auto assistant = scene.assistant;
    std::stable_sort(assistant.begin(), assistant.end(),
                     [](const auto& a, const auto& b) { return a.at_s < b.at_s; });
    for (std::size_t i = 0; i < assistant.size(); ++i) {
        auto item = makeItem(assistant[i], ItemId(i + 1), settings, recorded);
        if (!item) return tl::unexpected(item.error());
        material.direct |= item->direct;
        material.items.push_back(std::move(*item));
    }
    Settings now = settings;
    for (std::size_t i = 0; i < scene.commands.size(); ++i) {
        const auto where = scene.id + ": commands[" + std::to_string(i) + "]";
        if (auto ok = addCommand(scene.commands[i], where, now, material.commands); !ok) {
            return tl::unexpected(ok.error());
        }
    }
    addTalkerNotes(material.turns, material.commands);
    std::stable_sort(material.commands.begin(), material.commands.end(),
                     [](const auto& a, const auto& b) { return a.block < b.block; });
    return material;
}

}  // namespace doubletalk::duplex
