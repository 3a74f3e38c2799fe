// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/json_object.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace doubletalk::room {
namespace {

using Json = nlohmann::json;

constexpr int kNearEnough = 3;  // typing mistakes

std::string shown(double value) {
    char text[32];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// Ref: Levenshtein 1966.
int editDistance(std::string_view a, std::string_view b) {
    std::vector<int> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = int(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        int diagonal = std::exchange(row[0], int(i));
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row[b.size()];
}

std::string listOf(const std::vector<std::string>& words) {
    std::string list;
    for (const auto& word : words) list += (list.empty() ? "" : ", ") + word;
    return list;
}

std::string hintFor(std::string_view word, const std::vector<std::string>& known) {
    const std::string near = nearest(word, known);
    return near.empty() ? "known: " + listOf(known) : "did you mean '" + near + "'?";
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
    std::string best;
    int best_distance = kNearEnough + 1;
    for (const auto& candidate : known) {
        const int distance = editDistance(word, candidate);
        if (distance < best_distance && distance < int(candidate.size())) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

JsonObject::JsonObject(const Json& json, std::string where, std::string path,
                       std::initializer_list<std::string_view> keys)
    : json_(&json), where_(std::move(where)), path_(std::move(path)) {
    if (!json.is_object()) {
        json_ = &empty_;
        complain("", std::string("needs an object { ... }, not ") + json.type_name(),
                 "see the README of the scenes folder");
        return;
    }
    const std::vector<std::string> known(keys.begin(), keys.end());
    for (const auto& [key, value] : json.items()) {
        if (std::find(known.begin(), known.end(), key) == known.end()) {
            complain("", "unknown key '" + key + "'", hintFor(key, known));
            return;
        }
    }
}

const Json* JsonObject::find(const char* key) const {
    const auto it = json_->find(key);
    return it == json_->end() ? nullptr : &*it;
}

bool JsonObject::has(const char* key) const { return find(key) != nullptr; }

std::string JsonObject::pathOf(const char* key) const {
    if (*key == '\0') return path_;
    return path_.empty() ? key : path_ + "." + key;
}

void JsonObject::complain(const char* key, std::string what, std::string hint) {
    const std::string path = pathOf(key);
    take({ErrorKind::format, std::move(what), path.empty() ? where_ : where_ + ": " + path,
          std::move(hint)});
}

void JsonObject::take(const Error& error) {
    if (!error_) error_ = error;
}

void JsonObject::need(const char* key) {
    if (!has(key)) complain(key, "is missing", "add it");
}

double JsonObject::number(const char* key, double fallback, double min, double max) {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_number()) {
        complain(key, std::string("needs a number, not ") + value->type_name(),
                 "write it without quotes");
        return fallback;
    }
    const double x = value->get<double>();
    if (!(x >= min && x <= max)) {
        complain(key, shown(x) + " is outside " + shown(min) + " .. " + shown(max),
                 "choose a value inside the range");
        return fallback;
    }
    return x;
}

std::uint64_t JsonObject::whole(const char* key, std::uint64_t fallback) {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_number_unsigned()) {
        complain(key, "needs a whole number from 0 on", "write it without quotes, sign or point");
        return fallback;
    }
    return value->get<std::uint64_t>();
}

bool JsonObject::toggle(const char* key, bool fallback) {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_boolean()) {
        complain(key, "needs true or false", "write it without quotes");
        return fallback;
    }
    return value->get<bool>();
}

std::string JsonObject::text(const char* key, const std::string& fallback) {
    const Json* value = find(key);
    if (value == nullptr) return fallback;
    if (!value->is_string()) {
        complain(key, std::string("needs a text, not ") + value->type_name(),
                 "put it in double quotes");
        return fallback;
    }
    return value->get<std::string>();
}

std::string JsonObject::neededText(const char* key) {
    need(key);
    std::string found = text(key, {});
    if (found.empty()) complain(key, "is empty", "write something there");
    return found;
}

std::size_t JsonObject::choice(const char* key, std::size_t fallback,
                               std::initializer_list<std::string_view> names) {
    if (!has(key)) return fallback;
    const std::string word = text(key);
    const auto* it = std::find(names.begin(), names.end(), word);
    if (it != names.end()) return std::size_t(it - names.begin());
    complain(key, "unknown value '" + word + "'",
             hintFor(word, std::vector<std::string>(names.begin(), names.end())));
    return fallback;
}

const Json* JsonObject::object(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || value->is_object()) return value;
    complain(key, std::string("needs an object { ... }, not ") + value->type_name(),
             "put it in braces");
    return nullptr;
}

const Json* JsonObject::array(const char* key) {
    const Json* value = find(key);
    if (value == nullptr || value->is_array()) return value;
    complain(key, std::string("needs a list [ ... ], not ") + value->type_name(),
             "put it in square brackets");
    return nullptr;
}

}  // namespace doubletalk::room
