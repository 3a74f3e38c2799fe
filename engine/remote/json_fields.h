// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace doubletalk::remote {

/// The message as one JSON object. Errors: format.
[[nodiscard]] Result<nlohmann::json> parseObject(std::string_view text);
/// A finite number, also one that came as a string ("0.12"). Nothing when absent or anything else.
[[nodiscard]] std::optional<double> numberField(const nlohmann::json& object, const char* key);
/// A string, also one that came as an integer (7 is "7"). Nothing when absent or anything else.
[[nodiscard]] std::optional<std::string> textField(const nlohmann::json& object, const char* key);
/// true, also as a number other than 0 or as the text "true".
[[nodiscard]] bool flagField(const nlohmann::json& object, const char* key);
/// On one line; bytes that are no UTF-8 are replaced.
[[nodiscard]] std::string lineOf(const nlohmann::json& object);

}  // namespace doubletalk::remote
