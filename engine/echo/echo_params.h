// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::echo {

/// Settings of echo cancellation (`echo.*`).
struct EchoParams {
    bool enabled = true;
    Name canceller = "speexdsp";
    int tail_ms = 256;                ///< [ms] 32..512, step 32
    bool residual_suppression = true;  ///< speexdsp: preprocessor after the filter
    bool delay_search = true;          ///< estimate the delay and move the reference

    friend bool operator==(const EchoParams&, const EchoParams&) = default;
};

[[nodiscard]] std::span<const params::ParamRow> echoParamTable();

}  // namespace doubletalk::echo
