// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/setting_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include "app/cli/output.h"
#include "engine/room/scene.h"

namespace doubletalk::cli {
namespace {

/// The user's own settings file; empty when no home is known.
std::filesystem::path userSettingsFile() {
    namespace fs = std::filesystem;
    const char* config = std::getenv("XDG_CONFIG_HOME");
    if (config != nullptr && *config != '\0') return fs::path(config) / "doubletalk/settings.json";
    const char* home = std::getenv("HOME");
    if (home != nullptr && *home != '\0')
        return fs::path(home) / ".config/doubletalk/settings.json";
    return {};
}

}  // namespace

void addSettingOptions(CLI::App& command, SettingOptions& options, bool with_file) {
    command
        .add_option("--set", options.assignments,
                    "Set one value, e.g. echo.tail_ms=128 (repeatable)")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    if (!with_file) return;
    command
        .add_option("--settings", options.file,
                    "Settings file in place of ~/.config/doubletalk/settings.json")
        ->type_name("FILE");
}

Result<std::vector<Assignment>> splitAssignments(const std::vector<std::string>& assignments) {
    std::vector<Assignment> split;
    for (const auto& text : assignments) {
        const auto equals = text.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fail(ErrorKind::usage, "'" + text + "' is not NAME=VALUE", "--set",
                        "write for example --set echo.tail_ms=256");
        }
        split.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    return split;
}

Result<duplex::SettingsStore> readSettings(const SettingOptions& options,
                                           const std::vector<Assignment>& more) {
    using duplex::SettingSource;
    duplex::SettingsStore store;
    std::filesystem::path file = options.file;
    if (file.empty()) {
        std::error_code code;
        file = userSettingsFile();
        if (file.empty() || !std::filesystem::exists(file, code)) file.clear();
    }
    if (!file.empty()) {
        if (auto loaded = store.loadFile(file); !loaded) return tl::unexpected(loaded.error());
    }
    if (auto loaded = store.loadEnvironment(duplex::processEnvironment()); !loaded) {
        return tl::unexpected(loaded.error());
    }
    auto assignments = splitAssignments(options.assignments);
    if (!assignments) return tl::unexpected(assignments.error());
    assignments->insert(assignments->end(), more.begin(), more.end());
    for (const auto& [name, value] : *assignments) {
        if (auto set = store.set(name, value, SettingSource::command_line); !set) {
            return tl::unexpected(set.error());
        }
    }
    return store;
}

Result<duplex::SettingsStore> loadSettings(const SettingOptions& options,
                                           const std::vector<Assignment>& more,
                                           const room::Scene* scene) {
    auto store = readSettings(options, more);
    if (!store) return store;
    if (scene != nullptr) {
        auto set = store->setJson(scene->settings, duplex::SettingSource::scene, scene->id);
        if (!set) return tl::unexpected(set.error());
    }
    if (auto ok = store->check(); !ok) return tl::unexpected(ok.error());
    notes(store->notices());
    return store;
}

Result<void> refuseRate(const SettingOptions& options) {
    const auto assignments = splitAssignments(options.assignments);
    if (!assignments) return tl::unexpected(assignments.error());
    for (const auto& [name, value] : *assignments) {
        if (name != "engine.rate_hz") continue;
        return fail(ErrorKind::usage, "the rate is that of the file, it cannot be set",
                    name + "=" + value, "leave it out, or resample the file with 'encode --rate'");
    }
    return {};
}

}  // namespace doubletalk::cli
