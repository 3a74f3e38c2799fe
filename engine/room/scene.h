// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::room {

/// A recorded clip, named with the package that brings it and its hash.
struct ClipRef {
    std::string package;  ///< Debian package that installs it
    std::string path;     ///< absolute; .raw is 16 kHz 16-bit mono little endian
    std::string sha256;
};

/// Something to say: a recorded clip or the embedded voice.
struct Source {
    ClipRef clip;  ///< path empty: text is spoken
    std::string text;
    std::string voice = "en";
    double from_s = 0.0;  ///< stretch of the clip; to_s 0: to its end
    double to_s = 0.0;
};

/// What a talker's utterance is, for scoring.
enum class TalkerLabel : std::uint8_t { speech, interruption, backchannel, cough, side_speech };

struct TalkerTurn {
    double at_s = 0.0;
    Source source;
    double level_dbfs = -26.0;  ///< active level at the microphone, mean square
    TalkerLabel label = TalkerLabel::speech;
};

struct AssistantTurn {
    double at_s = 0.0;
    Source source;
    double level_dbfs = -23.0;
    bool direct = false;  ///< not through the network
};

/// At a time: settings to change, a spike, an interrupt, a new echo path (room.* keys under set).
struct SceneCommand {
    double at_s = 0.0;
    std::string command;  ///< "set", "interrupt", "spike", "path_change", "reset"
    /// {"set": {"room.rt60_ms": 400, ...}} for set and path_change (room.* only), {"spike_ms": 300}
    /// or {} for spike, {} for the others. In the file these stand beside "command".
    nlohmann::json arguments;
};

/// A scene file: resources/scenes/<id>.json.
struct Scene {
    std::string id, title, description;
    double duration_s = 10.0;
    std::uint64_t seed = 1;
    nlohmann::json settings = nlohmann::json::object();  ///< {"echo.tail_ms": 256, ...}
    std::vector<AssistantTurn> assistant;
    std::vector<TalkerTurn> talkers;
    std::vector<SceneCommand> commands;
    std::string trace;      ///< file of recorded packet delays instead of the jitter law; may be empty
    nlohmann::json source;  ///< the file as it was read
};

/// Checks everything but the settings of other modules. Turns come out sorted by time. Errors:
/// format, with where (the file), the place in it and what to do; an unknown key is one.
[[nodiscard]] Result<Scene> parseScene(const nlohmann::json& json, const std::string& where);
/// name_or_path: a file (with a slash or .json), or the id of a shipped scene.
[[nodiscard]] Result<Scene> loadScene(const std::string& name_or_path);
/// Where shipped scenes lie: DOUBLETALK_RESOURCES/scenes, share/doubletalk/scenes or
/// resources/scenes in a folder above the program, installed.
[[nodiscard]] std::filesystem::path sceneFolder();
[[nodiscard]] Result<std::vector<Scene>> shippedScenes();

}  // namespace doubletalk::room
