// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "engine/core/result.h"

namespace CLI {
class App;
}

namespace doubletalk::cli {

inline constexpr int kHelpColumn = 36;  ///< [characters] where the explanations begin

/// Runs a parsed command. Errors become a line on standard error and exit code 1, or 2 for usage.
using Action = std::function<Result<void>()>;

/// One row per command; adding one is a file and a row.
struct CommandRow {
    std::string_view name;
    std::string_view summary;
    std::string_view footer;                 ///< examples, units, files
    Action (*declare)(CLI::App&) = nullptr;  ///< adds the options, returns what to run
};

[[nodiscard]] std::span<const CommandRow> commands();
/// Last part of the help of the program itself.
extern const char* const kMainFooter;

[[nodiscard]] Action declareRun(CLI::App& command);
[[nodiscard]] Action declareReplay(CLI::App& command);
[[nodiscard]] Action declareEcho(CLI::App& command);
[[nodiscard]] Action declareNoise(CLI::App& command);
[[nodiscard]] Action declareConceal(CLI::App& command);
[[nodiscard]] Action declareJitter(CLI::App& command);
[[nodiscard]] Action declareScenes(CLI::App& command);
[[nodiscard]] Action declareEncode(CLI::App& command);
[[nodiscard]] Action declareDecode(CLI::App& command);
[[nodiscard]] Action declareSettings(CLI::App& command);
[[nodiscard]] Action declareDevices(CLI::App& command);
[[nodiscard]] Action declareDemo(CLI::App& command);
[[nodiscard]] Action declareSend(CLI::App& command);
[[nodiscard]] Action declareServe(CLI::App& command);
[[nodiscard]] Action declareCodecBench(CLI::App& command);

}  // namespace doubletalk::cli
