// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/noise/reducer.h"
#include "engine/params/registry.h"

namespace doubletalk::noise {

/// One row per noise reducer; adding one is a file pair and a row.
[[nodiscard]] std::span<const params::RegistryEntry<NoiseReducer>> noiseReducers();
[[nodiscard]] params::ChoiceList noiseReducerNames();
/// Errors: see params::createFrom.
[[nodiscard]] Result<std::unique_ptr<NoiseReducer>> createNoiseReducer(std::string_view name);

}  // namespace doubletalk::noise
