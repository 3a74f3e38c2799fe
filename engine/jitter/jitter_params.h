// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::jitter {

/// Settings of the jitter buffer (`jitter.*`).
struct JitterParams {
    bool enabled = true;
    Name buffer = "adaptive";
    int target_ms = 80;  ///< [ms] 0..2000
    int min_ms = 40;     ///< [ms] 0..2000
    int max_ms = 200;    ///< [ms] 0..2000
};

[[nodiscard]] std::span<const params::ParamRow> jitterParamTable();

/// Settings of packet-loss concealment (`loss.*`).
struct LossParams {
    bool enabled = true;
    Name concealer = "repeat";
};

[[nodiscard]] std::span<const params::ParamRow> lossParamTable();

}  // namespace doubletalk::jitter
