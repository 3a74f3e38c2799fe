// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/commands.h"

namespace doubletalk::cli {

/// 'serve listen', a row of serve_command.cpp.
[[nodiscard]] Action declareListen(CLI::App& command, int port);
extern const char* const kListenFooter;

}  // namespace doubletalk::cli
