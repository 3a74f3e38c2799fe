// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk::session {

/// Copies the complete blocks before end_block of a session into a new folder, as a complete
/// session; the source may be a killed session or one that is still being written. The keys of
/// extra are added to session.json. Audio is streamed, the rest read whole. Errors: those of
/// reading and of writing; what was written of the target stays.
[[nodiscard]] Result<void> copySession(
    const std::filesystem::path& source, const std::filesystem::path& target,
    const nlohmann::json& extra = nlohmann::json::object(),
    BlockIndex end_block = std::numeric_limits<BlockIndex>::max());

}  // namespace doubletalk::session
