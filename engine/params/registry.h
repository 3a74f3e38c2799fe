// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/params/param_table.h"

namespace doubletalk::params {

/// One row of a stage registry.
template <class Stage>
struct RegistryEntry {
    std::string_view name;
    std::string_view label;
    std::unique_ptr<Stage> (*create)() = nullptr;  ///< null: its library is not in this build
};

/// Makes the stage called name. what names the kind in errors ("echo canceller").
/// Errors: usage (unknown, the known ones are listed), unsupported (not in this build).
template <class Stage>
[[nodiscard]] Result<std::unique_ptr<Stage>> createFrom(
    std::span<const RegistryEntry<Stage>> entries, std::string_view what, std::string_view name) {
    std::string known;
    for (const auto& entry : entries) {
        if (entry.name != name) {
            known += (known.empty() ? "" : ", ") + std::string(entry.name);
            continue;
        }
        if (entry.create == nullptr) {
            return fail(ErrorKind::unsupported,
                        "this build has no " + std::string(what) + " '" + std::string(name) + "'",
                        {}, "install its library and build again");
        }
        return entry.create();
    }
    return fail(ErrorKind::usage, "unknown " + std::string(what) + " '" + std::string(name) + "'",
                {}, "known: " + known);
}

/// The names of a registry as a choice list for its settings row.
template <class Stage, std::size_t N>
[[nodiscard]] constexpr std::array<std::string_view, N> namesOf(
    const std::array<RegistryEntry<Stage>, N>& entries) {
    std::array<std::string_view, N> names;
    for (std::size_t i = 0; i < N; ++i) names[i] = entries[i].name;
    return names;
}

}  // namespace doubletalk::params
