// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "engine/core/name.h"
#include "engine/core/result.h"

namespace doubletalk::params {

using ParamValue = std::variant<bool, int, double, Name>;
using ChoiceList = std::span<const std::string_view>;

enum class ParamKind : unsigned char { toggle, integer, real, text };

/// live: takes effect at the next block; restart: when the engine is prepared again.
enum class ParamApply { live, restart };

struct ParamText {
    std::string_view name;   ///< member = JSON key = CLI flag
    std::string_view label;  ///< for a form
    std::string_view unit;   ///< "ms", "dBFS", ... or empty
    std::string_view help;   ///< what it is, what is good
};

struct ParamRange {
    double min = 0.0;
    double max = 1.0;
    double step = 0.0;  ///< 0: not rounded
};

/// One row of a module's table: drives checking, JSON, form, CLI, environment and help.
struct ParamRow {
    ParamText text;
    ParamKind kind = ParamKind::real;
    ParamRange range;  ///< numbers only
    ParamApply apply = ParamApply::live;
    ChoiceList (*choices)() = nullptr;  ///< Name only; null: any text
    ParamValue (*get)(const void* params) = nullptr;
    void (*set)(void* params, const ParamValue& value) = nullptr;
};

namespace detail {
template <class T>
struct MemberOf;
template <class P, class V>
struct MemberOf<V P::*> {
    using Params = P;
    using Value = V;
};
}  // namespace detail

/// Row for one member of a Params aggregate, e.g. param<&EchoParams::tail_ms>({...}, {...}).
template <auto Member>
constexpr ParamRow param(ParamText text, ParamRange range = {}, ParamApply apply = ParamApply::live,
                         ChoiceList (*choices)() = nullptr) {
    using P = typename detail::MemberOf<decltype(Member)>::Params;
    using V = typename detail::MemberOf<decltype(Member)>::Value;
    ParamRow row;
    row.text = text;
    row.kind = std::is_same_v<V, bool>  ? ParamKind::toggle
               : std::is_same_v<V, int> ? ParamKind::integer
               : std::is_same_v<V, Name> ? ParamKind::text
                                         : ParamKind::real;
    row.range = range;
    row.apply = apply;
    row.choices = choices;
    row.get = [](const void* params) { return ParamValue(static_cast<const P*>(params)->*Member); };
    row.set = [](void* params, const ParamValue& value) {
        static_cast<P*>(params)->*Member = std::get<V>(value);
    };
    return row;
}

/// Reads text for this row: type, range and choices are checked, numbers rounded to the step.
/// where is the full name ("echo.tail_ms") used in the error. Errors: usage.
[[nodiscard]] Result<ParamValue> parseParam(const ParamRow& row, std::string_view where,
                                            std::string_view text);
/// The same check for a value that already has a type (a number may be int or double).
[[nodiscard]] Result<ParamValue> checkParam(const ParamRow& row, std::string_view where,
                                            const ParamValue& value);
/// Text that parseParam reads back to the same value.
[[nodiscard]] std::string formatParam(const ParamValue& value);

}  // namespace doubletalk::params
