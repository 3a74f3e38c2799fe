// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::session {

/// Settings of recording (`session.*`).
struct SessionParams {
    int spool_mib = 1024;  ///< [MiB] 16..1048576, what the spool of the running session may take
};

[[nodiscard]] std::span<const params::ParamRow> sessionParamTable();

}  // namespace doubletalk::session
