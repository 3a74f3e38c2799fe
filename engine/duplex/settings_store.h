// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/duplex/settings.h"

namespace doubletalk::duplex {

/// Where a value came from, weakest first.
enum class SettingSource : std::uint8_t {
    defaults,
    scene,
    file,
    legacy_environment,
    environment,
    command_line,
    form
};
[[nodiscard]] std::string_view sourceName(SettingSource source);

/// Settings with the source of every value: a weaker source never overwrites a stronger one.
/// Thread: user.
class SettingsStore {
public:
    [[nodiscard]] const Settings& values() const { return values_; }
    [[nodiscard]] SettingSource source(const std::string& full_name) const;
    /// Things to tell the user, once every layer is in ("ECHO_FILTER_LENGTH=1024 sets echo.tail_ms
    /// to 64").
    [[nodiscard]] const std::vector<std::string>& notices() const { return notices_; }

    /// Errors: unknown name, bad value.
    Result<void> set(const std::string& full_name, const std::string& text, SettingSource source);
    /// {"echo.tail_ms": 256}, nested {"echo": {"tail_ms": 256}} too. where names the origin.
    Result<void> setJson(const nlohmann::json& object, SettingSource source,
                         const std::string& where);
    /// A JSON settings file; unknown keys are kept for save() and told as a notice.
    Result<void> loadFile(const std::filesystem::path& file);
    Result<void> saveFile(const std::filesystem::path& file) const;
    /// DOUBLETALK_ECHO_TAIL_MS=256 and the names of the earlier system. environment: "NAME=value".
    Result<void> loadEnvironment(const std::vector<std::string>& environment);
    /// Once every layer is in: do the values go together? Errors: usage (both names and values; an
    /// ECHO_FILTER_LENGTH that is no possible tail at this rate).
    [[nodiscard]] Result<void> check() const;

private:
    Result<void> setValue(const SettingRef& ref, const params::ParamValue& value,
                          SettingSource source);
    Result<void> setLegacy(const std::string& name, const std::string& text);
    /// Taps to milliseconds: anew whenever the rate changes.
    void convertFilterLength();

    Settings values_;
    std::map<std::string, SettingSource> sources_;
    std::vector<std::string> notices_;
    nlohmann::json unknown_ = nlohmann::json::object();
    std::string filter_length_;  ///< [taps] of ECHO_FILTER_LENGTH; empty: not given
    Result<void> filter_fits_;
};

/// This process's environment as "NAME=value".
[[nodiscard]] std::vector<std::string> processEnvironment();

}  // namespace doubletalk::duplex
