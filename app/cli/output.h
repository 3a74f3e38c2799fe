// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::cli {

/// To standard output, with a line end.
void print(std::string_view text);
/// One JSON object to standard output; a value that is not a number is null.
void printJson(const nlohmann::json& object);
/// A line for the user on standard error.
void note(std::string_view text);
void notes(std::span<const std::string> lines);

/// Rows of text in columns as wide as needed; the first row is the head.
[[nodiscard]] std::string tableText(const std::vector<std::vector<std::string>>& rows);
/// A metric as text: "12.3", "10.1 / 12.3 / 14.5 (p10 / p50 / p90, n 321)", "missing".
[[nodiscard]] std::string metricText(const nlohmann::json& value);
/// One line a metric; keys in the order of the object.
[[nodiscard]] std::string metricsText(const nlohmann::ordered_json& metrics);

/// Replaces the file whole or not at all. Errors: io.
[[nodiscard]] Result<void> writeText(const std::filesystem::path& file, std::string_view text);
[[nodiscard]] std::string jsonText(const nlohmann::json& object);

}  // namespace doubletalk::cli
