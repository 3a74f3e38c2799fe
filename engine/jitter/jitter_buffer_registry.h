// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/jitter/jitter_buffer.h"
#include "engine/params/registry.h"

namespace doubletalk::jitter {

/// One row per jitter buffer; adding one is a file pair and a row.
[[nodiscard]] std::span<const params::RegistryEntry<JitterBuffer>> jitterBuffers();
[[nodiscard]] params::ChoiceList jitterBufferNames();
/// Errors: see params::createFrom.
[[nodiscard]] Result<std::unique_ptr<JitterBuffer>> createJitterBuffer(std::string_view name);

}  // namespace doubletalk::jitter
