// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/csv_table.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "engine/session/json_line.h"

namespace doubletalk::session {
namespace {

constexpr std::size_t kMaxColumns = 4096;

std::string_view nextField(std::string_view& line) {
    const auto comma = line.find(',');
    const auto field = line.substr(0, comma);
    line = comma == std::string_view::npos ? std::string_view() : line.substr(comma + 1);
    return field;
}

/// Calls each field of a line, an empty last one too.
template <class F>
bool eachField(std::string_view line, F&& take) {
    while (true) {
        const bool last = line.find(',') == std::string_view::npos;
        if (!take(nextField(line))) return false;
        if (last) return true;
    }
}

bool parseRow(std::string_view line, std::size_t columns, std::vector<double>& row) {
    row.reserve(columns);
    const bool read = eachField(line, [&](std::string_view field) {
        if (row.size() == columns) return false;
        double value = std::numeric_limits<double>::quiet_NaN();
        if (!field.empty()) {
            const auto* end = field.data() + field.size();
            const auto [ptr, code] = std::from_chars(field.data(), end, value);
            if (code != std::errc() || ptr != end) return false;
        }
        row.push_back(value);
        return true;
    });
    return read && row.size() == columns;
}

/// Whole, and exact in a double.
bool isBlock(double value) { return value >= 0.0 && value <= 9.0e15 && value == std::floor(value); }

}  // namespace

std::string csvHeader(std::span<const std::string> ids) {
    std::string out = "block,time_s";
    for (const auto& id : ids) out += "," + id;
    return out + "\n";
}

void appendCsvRow(std::string& out, BlockIndex block, double time_s,
                  std::span<const double> values) {
    out += std::to_string(block);
    out += ',';
    appendNumber(out, time_s);
    for (const double value : values) {
        out += ',';
        if (!std::isnan(value)) appendNumber(out, value);
    }
    out += '\n';
}

Result<Table> parseTable(std::string_view text, const std::string& where, bool may_be_cut,
                         bool& cut) {
    Table table;
    cut = false;
    const auto* hint = "the session is damaged, restore a copy";
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto here = where + ", line " + std::to_string(number);
        const auto end = text.find('\n');
        if (end == std::string_view::npos) {
            if (!may_be_cut) return fail(ErrorKind::format, "the line has no end", here, hint);
            cut = true;
            break;
        }
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (number == 1) {
            eachField(line, [&](std::string_view field) {
                table.columns.emplace_back(field);
                return table.columns.size() <= kMaxColumns;
            });
            if (table.columns.size() < 2 || table.columns.size() > kMaxColumns ||
                table.columns[0] != "block" || table.columns[1] != "time_s") {
                return fail(ErrorKind::format, "does not begin with block,time_s", here, hint);
            }
            continue;
        }
        std::vector<double> row;
        if (!parseRow(line, table.columns.size(), row) || !isBlock(row[0])) {
            return fail(ErrorKind::format,
                        "is not a row of " + std::to_string(table.columns.size()) + " numbers",
                        here, hint);
        }
        table.rows.push_back(std::move(row));
    }
    if (table.columns.empty() && !cut) {
        return fail(ErrorKind::format, "is empty", where, hint);
    }
    return table;
}

}  // namespace doubletalk::session
