// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/params/registry.h"
#include "engine/speech/vad.h"

namespace doubletalk::speech {

/// One row per voice activity detector; adding one is a file pair and a row.
[[nodiscard]] std::span<const params::RegistryEntry<VoiceActivityDetector>>
voiceActivityDetectors();
[[nodiscard]] params::ChoiceList voiceActivityDetectorNames();
/// Errors: see params::createFrom.
[[nodiscard]] Result<std::unique_ptr<VoiceActivityDetector>> createVoiceActivityDetector(
    std::string_view name);

}  // namespace doubletalk::speech
