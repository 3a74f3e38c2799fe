// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/params/param_table.h"

#include <charconv>
#include <cmath>

namespace doubletalk::params {
namespace {

std::string number(double value) {
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value).ptr;
    return {text, end};
}

Result<double> inRange(const ParamRow& row, std::string_view where, double value) {
    const auto& range = row.range;
    if (!(value >= range.min && value <= range.max)) {
        return fail(ErrorKind::usage,
                    number(value) + " is outside " + number(range.min) + " .. " +
                        number(range.max) +
                        (row.text.unit.empty() ? "" : " " + std::string(row.text.unit)),
                    std::string(where), "choose a value inside the range");
    }
    if (range.step > 0.0) {
        value = range.min + std::round((value - range.min) / range.step) * range.step;
        if (value > range.max) value -= range.step;
    }
    return value;
}

Result<Name> inChoices(const ParamRow& row, std::string_view where, std::string_view text) {
    if (text.size() > Name::kCapacity) {
        return fail(ErrorKind::usage, "the text is too long", std::string(where));
    }
    if (row.choices == nullptr) return Name(text);
    std::string known;
    for (const auto choice : row.choices()) {
        if (choice == text) return Name(text);
        known += (known.empty() ? "" : ", ") + std::string(choice);
    }
    return fail(ErrorKind::usage, "unknown value '" + std::string(text) + "'", std::string(where),
                "known: " + known);
}

Result<bool> toggle(std::string_view where, std::string_view text) {
    for (const auto* yes : {"true", "1", "on", "yes", "True", "TRUE"}) {
        if (text == yes) return true;
    }
    for (const auto* no : {"false", "0", "off", "no", "False", "FALSE"}) {
        if (text == no) return false;
    }
    return fail(ErrorKind::usage, "'" + std::string(text) + "' is neither true nor false",
                std::string(where), "write true or false");
}

}  // namespace

Result<ParamValue> checkParam(const ParamRow& row, std::string_view where,
                              const ParamValue& value) {
    const auto wrap = [](const auto& v) { return ParamValue(v); };
    if (row.kind == ParamKind::toggle) {
        if (const auto* b = std::get_if<bool>(&value)) return ParamValue(*b);
        return fail(ErrorKind::usage, "needs true or false", std::string(where));
    }
    if (row.kind == ParamKind::text) {
        if (const auto* n = std::get_if<Name>(&value)) {
            return inChoices(row, where, n->view()).map(wrap);
        }
        return fail(ErrorKind::usage, "needs a text", std::string(where));
    }
    double raw = 0.0;
    if (const auto* i = std::get_if<int>(&value)) {
        raw = *i;
    } else if (const auto* d = std::get_if<double>(&value)) {
        raw = *d;
    } else {
        return fail(ErrorKind::usage, "needs a number", std::string(where));
    }
    const auto checked = inRange(row, where, raw);
    if (!checked) return tl::unexpected(checked.error());
    if (row.kind == ParamKind::real) return ParamValue(*checked);
    if (row.range.step <= 0.0 && *checked != std::floor(*checked)) {
        return fail(ErrorKind::usage, number(raw) + " is not a whole number", std::string(where));
    }
    return ParamValue(static_cast<int>(std::lround(*checked)));
}

Result<ParamValue> parseParam(const ParamRow& row, std::string_view where, std::string_view text) {
    if (row.kind == ParamKind::toggle) {
        return toggle(where, text).map([](bool b) { return ParamValue(b); });
    }
    if (row.kind == ParamKind::text) {
        return inChoices(row, where, text).map([](const Name& n) { return ParamValue(n); });
    }
    double value = 0.0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
        return fail(ErrorKind::usage, "'" + std::string(text) + "' is not a number",
                    std::string(where), "write a number such as " + number(row.range.min));
    }
    return checkParam(row, where, ParamValue(value));
}

std::string formatParam(const ParamValue& value) {
    if (const auto* b = std::get_if<bool>(&value)) return *b ? "true" : "false";
    if (const auto* i = std::get_if<int>(&value)) return std::to_string(*i);
    if (const auto* d = std::get_if<double>(&value)) return number(*d);
    return std::string(std::get<Name>(value).view());
}

}  // namespace doubletalk::params
