// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/jitter/concealer.h"
#include "engine/params/registry.h"

namespace doubletalk::jitter {

/// One row per packet-loss concealer; adding one is a file pair and a row.
[[nodiscard]] std::span<const params::RegistryEntry<Concealer>> concealers();
[[nodiscard]] params::ChoiceList concealerNames();
/// Errors: see params::createFrom.
[[nodiscard]] Result<std::unique_ptr<Concealer>> createConcealer(std::string_view name);

}  // namespace doubletalk::jitter
