// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "engine/core/write_target.h"

namespace doubletalk::cli {
namespace {

constexpr std::size_t kKeyWidth = 30;

std::size_t characters(std::string_view text) {
    return std::size_t(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

std::string numberText(const nlohmann::json& value) {
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    return fmt::format("{:.4g}", value.get<double>());
}

}  // namespace

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (text.empty() || text.back() != '\n') std::fputc('\n', stdout);
}

std::string jsonText(const nlohmann::json& object) {
    // File names may hold bytes that are no UTF-8; they must not stop the output.
    return object.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

void printJson(const nlohmann::json& object) { print(jsonText(object)); }

void note(std::string_view text) { std::fprintf(stderr, "%.*s\n", int(text.size()), text.data()); }

void notes(std::span<const std::string> lines) {
    for (const auto& line : lines) note(line);
}

std::string tableText(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], characters(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line += std::string(widths[i] - characters(row[i]) + 2, ' ');
        }
        text += line + "\n";
    }
    return text;
}

std::string metricText(const nlohmann::json& value) {
    if (value.is_number()) return numberText(value);
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_object() && value.contains("p50")) {
        const auto part = [&](const char* key) {
            return metricText(value.value(key, nlohmann::json()));
        };
        return fmt::format("{} / {} / {} (p10 / p50 / p90, n {})", part("p10"), part("p50"),
                           part("p90"), part("n"));
    }
    return value.is_null() ? "missing" : value.dump();
}

std::string metricsText(const nlohmann::ordered_json& metrics) {
    std::string text;
    for (const auto& [key, value] : metrics.items()) {
        text += fmt::format("{:<{}} {}\n", key, kKeyWidth, metricText(nlohmann::json(value)));
    }
    return text;
}

Result<void> writeText(const std::filesystem::path& file, std::string_view text) {
    const auto target = writeTarget(file);
    if (!target) return tl::unexpected(target.error());
    auto temporary = *target;
    temporary += ".new";
    std::ofstream out(temporary, std::ios::binary);
    out.write(text.data(), std::streamsize(text.size()));
    out.close();
    std::error_code code;
    if (out) std::filesystem::rename(temporary, *target, code);
    if (!out || code) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        return fail(ErrorKind::io, "cannot write the file", file.string(),
                    "check the folder, its permissions and the free space");
    }
    return {};
}

}  // namespace doubletalk::cli
