// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/remote/json_fields.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace doubletalk::remote {

Result<nlohmann::json> parseObject(std::string_view text) {
    auto object = nlohmann::json::parse(text, nullptr, false);
    if (object.is_discarded()) {
        return fail(ErrorKind::format,
                    "a text message of " + std::to_string(text.size()) + " bytes is no JSON");
    }
    if (!object.is_object()) {
        return fail(ErrorKind::format,
                    std::string("a text message is no JSON object but ") + object.type_name());
    }
    return object;
}

std::optional<double> numberField(const nlohmann::json& object, const char* key) {
    const auto at = object.find(key);
    if (at == object.end()) return std::nullopt;
    double value = 0.0;
    if (at->is_number()) {
        value = at->get<double>();
    } else if (at->is_string()) {
        const auto& text = at->get_ref<const std::string&>();
        const auto* end = text.data() + text.size();
        const auto [stop, code] = std::from_chars(text.data(), end, value);
        if (code != std::errc{} || stop != end) return std::nullopt;
    } else {
        return std::nullopt;
    }
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::string> textField(const nlohmann::json& object, const char* key) {
    const auto at = object.find(key);
    if (at == object.end()) return std::nullopt;
    if (at->is_string()) return at->get<std::string>();
    if (at->is_number_integer()) return at->dump();
    return std::nullopt;
}

bool flagField(const nlohmann::json& object, const char* key) {
    const auto at = object.find(key);
    if (at == object.end()) return false;
    if (at->is_boolean()) return at->get<bool>();
    if (at->is_number()) return at->get<double>() != 0.0;
    return at->is_string() && at->get_ref<const std::string&>() == "true";
}

std::string lineOf(const nlohmann::json& object) {
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace doubletalk::remote
