// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::flow {

/// Settings of the audio buffer (`buffer.*`).
struct BufferParams {
    int duration_ms = 500;           ///< [ms] 40..10000 audio it can hold
    int chunk_ms = 20;               ///< [ms] 5..200 length of every chunk read
    double healthy_min_ratio = 0.1;  ///< below this fill it is about to run dry
    double healthy_max_ratio = 0.9;  ///< above this fill it is about to overflow
};

[[nodiscard]] std::span<const params::ParamRow> bufferParamTable();

}  // namespace doubletalk::flow
