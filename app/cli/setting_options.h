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
/// Notices go to standard error. Errors: those of SettingsStore.
[[nodiscard]] Result<duplex::SettingsStore> loadSettings(const SettingOptions& options,
                                                         const std::vector<Assignment>& more = {});

}  // namespace doubletalk::cli
