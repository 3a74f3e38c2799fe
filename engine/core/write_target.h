// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/core/result.h"

namespace doubletalk {

/// The file that really gets replaced when this one is written whole: itself, or what a symbolic
/// link leads to, there or not. Devices, pipes, sockets and folders are never replaced.
/// Thread: disk, user. Errors: io.
[[nodiscard]] Result<std::filesystem::path> writeTarget(const std::filesystem::path& file);

/// What to do after writing failed with this errno.
[[nodiscard]] std::string writeHint(int code);

}  // namespace doubletalk
