// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "engine/room/json_object.h"
#include "engine/room/scene.h"

namespace doubletalk::room {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t kMaxSceneBytes = 4U << 20;
constexpr int kMaxDepth = 32;

Result<Json> readJson(const fs::path& file) {
    std::error_code code;
    if (!fs::exists(file, code)) {
        return fail(ErrorKind::not_found, "there is no such scene file", file.string(),
                    "check the name, or see 'doubletalk-cli scenes'");
    }
    if (!fs::is_regular_file(file, code)) {
        return fail(ErrorKind::format, "this is not a scene file", file.string(),
                    "name a .json file");
    }
    if (fs::file_size(file, code) > kMaxSceneBytes || code) {
        return fail(ErrorKind::format, "the file is too large for a scene", file.string(),
                    "a scene names its clips, it does not hold them");
    }
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in) {
        return fail(ErrorKind::io, "the file cannot be read", file.string(),
                    "check its permissions");
    }
    bool deep = false;
    const Json::parser_callback_t limit = [&](int depth, Json::parse_event_t, Json&) {
        deep = deep || depth > kMaxDepth;
        return !deep;
    };
    try {
        Json json = Json::parse(text, limit);
        if (!deep) return json;
    } catch (const Json::exception& error) {
        return fail(ErrorKind::format, std::string("this is no JSON: ") + error.what(),
                    file.string(), "correct the file at that line");
    }
    return fail(ErrorKind::format, "the file is nested too deeply for a scene", file.string(),
                "see the README of the scenes folder");
}

Result<Scene> loadFile(const fs::path& file) {
    const auto json = readJson(file);
    if (!json) return tl::unexpected(json.error());
    return parseScene(*json, file.string());
}

std::vector<fs::path> sceneFilesIn(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
        if (it->path().extension() == ".json") files.push_back(it->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

fs::path sceneFolder() {
    std::error_code code;
    if (const char* set = std::getenv("DOUBLETALK_RESOURCES"); set != nullptr && *set != '\0') {
        return fs::path(set) / "scenes";
    }
    const fs::path program = fs::read_symlink("/proc/self/exe", code);
    for (fs::path folder = program.parent_path(); folder.has_relative_path();
         folder = folder.parent_path()) {
        for (const char* below : {"share/doubletalk/scenes", "resources/scenes"}) {
            if (fs::is_directory(folder / below, code)) return folder / below;
        }
    }
#ifdef DT_INSTALLED_RESOURCES
    if (fs::is_directory(fs::path(DT_INSTALLED_RESOURCES) / "scenes", code)) {
        return fs::path(DT_INSTALLED_RESOURCES) / "scenes";
    }
#endif
    return fs::path("resources") / "scenes";
}

Result<Scene> loadScene(const std::string& name_or_path) {
    const bool is_path = name_or_path.find('/') != std::string::npos ||
                         fs::path(name_or_path).extension() == ".json";
    if (is_path) return loadFile(name_or_path);
    const fs::path folder = sceneFolder();
    const fs::path file = folder / (name_or_path + ".json");
    std::error_code code;
    if (!name_or_path.empty() && fs::is_regular_file(file, code)) return loadFile(file);
    std::vector<std::string> known;
    for (const auto& other : sceneFilesIn(folder)) known.push_back(other.stem().string());
    if (known.empty()) {
        return fail(ErrorKind::not_found, "the shipped scenes are not there", folder.string(),
                    "set DOUBLETALK_RESOURCES to the folder that holds scenes/");
    }
    std::string list;
    for (const auto& name : known) list += (list.empty() ? "" : ", ") + name;
    const std::string near = nearest(name_or_path, known);
    return fail(ErrorKind::not_found, "there is no scene '" + name_or_path + "'", folder.string(),
                near.empty() ? "known: " + list : "did you mean '" + near + "'?");
}

Result<std::vector<Scene>> shippedScenes() {
    const fs::path folder = sceneFolder();
    std::vector<Scene> scenes;
    for (const auto& file : sceneFilesIn(folder)) {
        auto scene = loadFile(file);
        if (!scene) return tl::unexpected(scene.error());
        if (scene->id != file.stem().string()) {
            return fail(ErrorKind::format, "the id differs from the file's name", file.string(),
                        "name the file " + scene->id + ".json");
        }
        scenes.push_back(std::move(*scene));
    }
    if (scenes.empty()) {
        return fail(ErrorKind::not_found, "the shipped scenes are not there", folder.string(),
                    "set DOUBLETALK_RESOURCES to the folder that holds scenes/");
    }
    return scenes;
}

}  // namespace doubletalk::room
