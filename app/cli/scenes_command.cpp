// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "engine/room/scene.h"

namespace doubletalk::cli {
namespace {

Result<void> list(bool json) {
    const auto scenes = room::shippedScenes();
    if (!scenes) return tl::unexpected(scenes.error());
    if (json) {
        nlohmann::json all = nlohmann::json::object();
        for (const auto& scene : *scenes) {
            all[scene.id] = {{"title", scene.title},
                             {"description", scene.description},
                             {"duration_s", scene.duration_s},
                             {"seed", scene.seed},
                             {"settings", scene.settings}};
        }
        printJson(all);
        return {};
    }
    std::vector<std::vector<std::string>> rows{{"scene", "duration_s", "what"}};
    for (const auto& scene : *scenes) {
        rows.push_back({scene.id, fmt::format("{:g}", scene.duration_s),
                        scene.description.empty() ? scene.title : scene.description});
    }
    print(tableText(rows));
    return {};
}

}  // namespace

Action declareScenes(CLI::App& command) {
    auto json = std::make_shared<bool>(false);
    command.add_flag("--json", *json, "Print the scenes as one JSON object");
    return [json] { return list(*json); };
}

}  // namespace doubletalk::cli
