// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::room {

/// Reads the members of one JSON object and remembers the first thing that is wrong, with the file
/// and the place in it. Every read has a default that is taken after an error.
class JsonObject {
public:
    /// where: file; path: place in it, e.g. "talkers[0]"; keys: all that may stand there.
    JsonObject(const nlohmann::json& json, std::string where, std::string path,
               std::initializer_list<std::string_view> keys);

    [[nodiscard]] bool has(const char* key) const;
    [[nodiscard]] double number(const char* key, double fallback, double min, double max);
    [[nodiscard]] std::uint64_t whole(const char* key, std::uint64_t fallback);
    [[nodiscard]] bool toggle(const char* key, bool fallback);
    [[nodiscard]] std::string text(const char* key, const std::string& fallback = {});
    /// The same, but it must be there and not be empty.
    [[nodiscard]] std::string neededText(const char* key);
    /// One of names; its number.
    [[nodiscard]] std::size_t choice(const char* key, std::size_t fallback,
                                     std::initializer_list<std::string_view> names);
    /// A member object or array; null when it is missing or of the wrong type.
    [[nodiscard]] const nlohmann::json* object(const char* key);
    [[nodiscard]] const nlohmann::json* array(const char* key);

    void need(const char* key);
    void complain(const char* key, std::string what, std::string hint);
    void take(const Error& error);
    /// Where a member stands, for objects inside this one.
    [[nodiscard]] std::string pathOf(const char* key) const;
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    [[nodiscard]] const nlohmann::json* find(const char* key) const;

    nlohmann::json empty_ = nlohmann::json::object();
    const nlohmann::json* json_;
    std::string where_, path_;
    std::optional<Error> error_;
};

/// The nearest of known to a mistyped word; empty when none is near.
[[nodiscard]] std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace doubletalk::room
