// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::noise {

/// Settings of noise reduction (`noise.*`).
struct NoiseParams {
    bool enabled = true;
    Name reducer = "speex";
    double strength_ratio = 0.8;  ///< 0..1: how much of the noise goes
};

[[nodiscard]] std::span<const params::ParamRow> noiseParamTable();

}  // namespace doubletalk::noise
