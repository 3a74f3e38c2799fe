// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/duplex/settings_store.h"

namespace CLI {
class App;
}
namespace doubletalk::room {
struct Scene;
}

namespace doubletalk::cli {

using Assignment = std::pair<std::string, std::string>;  ///< full name, text

/// What a user said about settings on the command line.
struct SettingOptions {
    std::vector<std::string> assignments;  ///< "echo.tail_ms=256"
    std::string file;                      ///< empty: the user's own file, if there is one
};

/// Adds --set and, with_file, --settings to a command.
void addSettingOptions(CLI::App& command, SettingOptions& options, bool with_file = true);
/// "name=value" taken apart. Errors: usage (no '=').
[[nodiscard]] Result<std::vector<Assignment>> splitAssignments(
    const std::vector<std::string>& assignments);
/// defaults < file < environment < --set < more (options of a command that stand for a setting).
/// Errors: those of SettingsStore but of its check().
[[nodiscard]] Result<duplex::SettingsStore> readSettings(const SettingOptions& options,
                                                         const std::vector<Assignment>& more = {});
/// The same with the scene's below the file's, checked; notices go to standard error.
[[nodiscard]] Result<duplex::SettingsStore> loadSettings(const SettingOptions& options,
                                                         const std::vector<Assignment>& more = {},
                                                         const room::Scene* scene = nullptr);
/// For a command that takes its rate from a file. Errors: usage (--set engine.rate_hz).
[[nodiscard]] Result<void> refuseRate(const SettingOptions& options);

}  // namespace doubletalk::cli
