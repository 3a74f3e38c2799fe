// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "engine/core/result.h"

namespace doubletalk::cli {

/// From now on the first SIGINT or SIGTERM asks for an orderly end, the second one kills.
void installCancelHandler();
/// Someone asked for the end. Any thread.
[[nodiscard]] bool cancelRequested() noexcept;
/// The same for a run that looks at it by itself.
[[nodiscard]] const std::atomic<bool>& cancelFlag() noexcept;
/// The error of a command that was ended so.
[[nodiscard]] tl::unexpected<Error> cancelled(const std::string& where);

}  // namespace doubletalk::cli
