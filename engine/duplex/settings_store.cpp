// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/settings_store.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <fstream>
#include <optional>

#include "engine/core/frames.h"
#include "engine/core/write_target.h"
#include "engine/duplex/settings_check.h"

namespace doubletalk::duplex {
namespace {

struct LegacyName {
    std::string_view environment;
    std::string_view setting;
};

constexpr std::array kLegacyNames{
    LegacyName{"ENABLE_ECHO_CANCELLATION", "echo.enabled"},
    LegacyName{"ENABLE_NOISE_REDUCTION", "noise.enabled"},
    LegacyName{"ENABLE_JITTER_BUFFER", "jitter.enabled"},
    LegacyName{"AUDIO_CHUNK_DURATION_MS", "buffer.chunk_ms"},
    LegacyName{"JITTER_BUFFER_TARGET_MS", "jitter.target_ms"},
    LegacyName{"JITTER_BUFFER_MIN_MS", "jitter.min_ms"},
    LegacyName{"JITTER_BUFFER_MAX_MS", "jitter.max_ms"},
    LegacyName{"NOISE_REDUCTION_STRENGTH", "noise.strength_ratio"},
    LegacyName{"AUDIO_BUFFER_DURATION_MS", "buffer.duration_ms"},
    LegacyName{"MAX_AUDIO_LATENCY_MS", "health.max_latency_ms"},
    LegacyName{"ECHO_FILTER_LENGTH", "echo.tail_ms"},
};
constexpr int kTailStepMs = 32;
constexpr const char* kFilterLength = "ECHO_FILTER_LENGTH";
constexpr const char* kTail = "echo.tail_ms";
constexpr std::array kStreamRatesHz{8000, 16000, 24000, 32000, 48000};

std::string environmentName(const std::string& full_name) {
    std::string name = "DOUBLETALK_";
    for (const char c : full_name) {
        name += c == '.' ? '_' : char(std::toupper(static_cast<unsigned char>(c)));
    }
    return name;
}

std::optional<params::ParamValue> fromJson(const nlohmann::json& value) {
    if (value.is_boolean()) return params::ParamValue(value.get<bool>());
    if (value.is_number()) return params::ParamValue(value.get<double>());
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (text.size() <= Name::kCapacity) return params::ParamValue(Name(text));
    }
    return std::nullopt;
}

/// {"echo": {"tail_ms": 1}} → {"echo.tail_ms": 1}; what is flat stays.
nlohmann::json flattened(const nlohmann::json& object) {
    nlohmann::json flat = nlohmann::json::object();
    for (const auto& [key, value] : object.items()) {
        if (value.is_object()) {
            for (const auto& [inner, inner_value] : value.items()) {
                flat[key + "." + inner] = inner_value;
            }
        } else {
            flat[key] = value;
        }
    }
    return flat;
}

}  // namespace

std::string_view sourceName(SettingSource source) {
    switch (source) {
        case SettingSource::defaults:
            return "default";
        case SettingSource::scene:
            return "scene";
        case SettingSource::file:
            return "file";
        case SettingSource::legacy_environment:
            return "environment (earlier name)";
        case SettingSource::environment:
            return "environment";
        case SettingSource::command_line:
            return "command line";
        case SettingSource::form:
            return "form";
    }
    return "?";
}

SettingSource SettingsStore::source(const std::string& full_name) const {
    const auto found = sources_.find(full_name);
    return found == sources_.end() ? SettingSource::defaults : found->second;
}

Result<void> SettingsStore::setValue(const SettingRef& ref, const params::ParamValue& value,
                                     SettingSource source) {
    const auto name = ref.fullName();
    const auto checked = params::checkParam(*ref.row, name, value);
    if (!checked) return tl::unexpected(checked.error());
    if (name == "engine.rate_hz" && !SampleRate{std::get<int>(*checked)}.isEngineRate()) {
        return fail(ErrorKind::usage, "the engine does not run at this rate", name,
                    "choose 8000, 16000, 32000 or 48000");
    }
    if (name == "stream.rate_hz" && std::find(kStreamRatesHz.begin(), kStreamRatesHz.end(),
                                              std::get<int>(*checked)) == kStreamRatesHz.end()) {
        return fail(ErrorKind::usage,
                    "no packet stream runs at " + std::to_string(std::get<int>(*checked)) + " Hz",
                    name, "choose 8000, 16000, 24000, 32000 or 48000");
    }
    if (source < this->source(name)) return {};
    ref.set(values_, *checked);
    sources_[name] = source;
    if (name == "engine.rate_hz" || name == kTail) convertFilterLength();
    return {};
}

Result<void> SettingsStore::set(const std::string& full_name, const std::string& text,
                                SettingSource source) {
    const auto ref = findSetting(full_name);
    if (!ref) return tl::unexpected(ref.error());
    const auto value = params::parseParam(*ref->row, full_name, text);
    if (!value) return tl::unexpected(value.error());
    return setValue(*ref, *value, source);
}

Result<void> SettingsStore::setJson(const nlohmann::json& object, SettingSource source,
                                    const std::string& where) {
    if (!object.is_object()) {
        return fail(ErrorKind::format, "settings must be a JSON object", where,
                    "write {\"echo.tail_ms\": 256}");
    }
    const auto flat = flattened(object);
    for (const auto& [name, json] : flat.items()) {
        const auto ref = findSetting(name);
        if (!ref) {
            if (source != SettingSource::file) {
                auto error = ref.error();
                error.where = where;
                return tl::unexpected(error);
            }
            unknown_[name] = json;
            notices_.push_back(where + ": unknown setting '" + name + "' is kept but not used");
            continue;
        }
        const auto value = fromJson(json);
        if (!value) {
            return fail(ErrorKind::usage, "the value of " + name + " has no usable type", where,
                        "write a number, true, false or a short text");
        }
        if (auto set = setValue(*ref, *value, source); !set) {
            auto error = set.error();
            error.where = where + ": " + error.where;
            return tl::unexpected(error);
        }
    }
    return {};
}

Result<void> SettingsStore::loadFile(const std::filesystem::path& file) {
    std::error_code code;
    if (std::filesystem::is_directory(file, code)) {
        return fail(ErrorKind::format, "is a folder, not a settings file", file.string(),
                    "name a JSON file");
    }
    std::ifstream in(file);
    if (!in) {
        return fail(ErrorKind::not_found, "cannot open the settings file", file.string(),
                    "check the path and the permissions");
    }
    const auto json = nlohmann::json::parse(in, nullptr, false);
    if (json.is_discarded()) {
        return fail(ErrorKind::format, "the settings file is not valid JSON", file.string(),
                    "repair it or remove it");
    }
    return setJson(json, SettingSource::file, file.string());
}

Result<void> SettingsStore::saveFile(const std::filesystem::path& file) const {
    nlohmann::json json = unknown_;
    const auto all = settingsToJson(values_);
    for (const auto& [name, source] : sources_) {
        if (source == SettingSource::file || source == SettingSource::form) json[name] = all[name];
    }
    const auto target = writeTarget(file);
    if (!target) return tl::unexpected(target.error());
    const auto temporary = target->string() + ".new";
    std::ofstream out(temporary);
    out << json.dump(2) << "\n";
    out.close();
    std::error_code code;
    if (out) std::filesystem::rename(temporary, *target, code);
    if (!out || code) {
        return fail(ErrorKind::io, "cannot write the settings file", file.string(),
                    "check the folder, its permissions and the free space");
    }
    return {};
}

Result<void> SettingsStore::setLegacy(const std::string& name, const std::string& text) {
    for (const auto& legacy : kLegacyNames) {
        if (legacy.environment != name) continue;
        if (name != kFilterLength) {
            return set(std::string(legacy.setting), text, SettingSource::legacy_environment);
        }
        char* end = nullptr;
        const double taps = std::strtod(text.c_str(), &end);
        if (end == text.c_str() || *end != '\0' || !(taps > 0.0 && taps < 1e6)) {
            return fail(ErrorKind::usage, "'" + text + "' is no number of taps", name,
                        "write a whole number such as 1024");
        }
        filter_length_ = text;
        convertFilterLength();
    }
    return {};
}

void SettingsStore::convertFilterLength() {
    std::erase_if(notices_, [](const auto& text) { return text.starts_with(kFilterLength); });
    filter_fits_ = {};
    if (filter_length_.empty() || source(kTail) > SettingSource::legacy_environment) return;
    const double ms =
        1000.0 * std::strtod(filter_length_.c_str(), nullptr) / values_.engine.rate_hz;
    const int tail_ms = std::max(kTailStepMs, int(std::ceil(ms / kTailStepMs)) * kTailStepMs);
    const auto said = std::string(kFilterLength) + "=" + filter_length_;
    const auto ref = findSetting(kTail);
    const auto value = params::checkParam(*ref->row, kTail, params::ParamValue(tail_ms));
    if (!value) {
        filter_fits_ =
            fail(ErrorKind::usage,
                 filter_length_ + " taps are " + std::to_string(tail_ms) + " ms at " +
                     std::to_string(values_.engine.rate_hz) + " Hz: " + value.error().what,
                 kFilterLength, "set " + std::string(kTail) + " instead");
        return;
    }
    ref->set(values_, *value);
    sources_[kTail] = SettingSource::legacy_environment;
    notices_.push_back(said + " sets " + kTail + " to " + std::to_string(tail_ms));
}

Result<void> SettingsStore::check() const {
    if (!filter_fits_) return filter_fits_;
    return checkTogether(values_);
}

Result<void> SettingsStore::loadEnvironment(const std::vector<std::string>& environment) {
    std::map<std::string, std::string> variables;
    for (const auto& line : environment) {
        const auto equals = line.find('=');
        if (equals != std::string::npos)
            variables[line.substr(0, equals)] = line.substr(equals + 1);
    }
    const auto named = [](Result<void> result, const std::string& variable) {
        if (!result) result.error().where = variable;
        return result;
    };
    for (const auto& ref : allSettings()) {
        const auto variable = environmentName(ref.fullName());
        const auto found = variables.find(variable);
        if (found == variables.end()) continue;
        auto set_result = set(ref.fullName(), found->second, SettingSource::environment);
        if (!set_result) return named(std::move(set_result), variable);
    }
    for (const auto& legacy : kLegacyNames) {
        const auto found = variables.find(std::string(legacy.environment));
        if (found == variables.end()) continue;
        auto set_result = setLegacy(found->first, found->second);
        if (!set_result) return named(std::move(set_result), found->first);
    }
    return {};
}

std::vector<std::string> processEnvironment() {
    std::vector<std::string> lines;
    for (char** line = environ; line != nullptr && *line != nullptr; ++line)
        lines.emplace_back(*line);
    return lines;
}

}  // namespace doubletalk::duplex
