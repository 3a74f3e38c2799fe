// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/core/result.h"

namespace doubletalk::cli {

/// Makes the folder and takes away the session an earlier demonstration left in it; anything that
/// is not a session of ours stays and is an error. Returns the folder of the new session. Errors:
/// io, usage.
[[nodiscard]] Result<std::filesystem::path> prepareDemoFolder(const std::filesystem::path& folder);

}  // namespace doubletalk::cli
