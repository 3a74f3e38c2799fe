// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/echo/canceller.h"
#include "engine/params/registry.h"

namespace doubletalk::echo {

/// One row per echo canceller; adding one is a file pair and a row.
[[nodiscard]] std::span<const params::RegistryEntry<Canceller>> cancellers();
[[nodiscard]] params::ChoiceList cancellerNames();
/// Errors: see params::createFrom.
[[nodiscard]] Result<std::unique_ptr<Canceller>> createCanceller(std::string_view name);

}  // namespace doubletalk::echo
