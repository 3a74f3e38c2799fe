// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::network {

/// Settings of the simulated network (`network.*`); every one is live.
struct NetworkParams {
    bool enabled = true;
    double delay_ms = 20.0;           ///< [ms] constant one-way delay
    Name jitter_law = "gamma";        ///< none, normal, gamma
    double jitter_ms = 5.0;           ///< [ms] standard deviation of the law
    double spikes_per_min = 0.0;      ///< delay spikes a minute (Poisson)
    double spike_ms = 200.0;          ///< [ms] height of a spike; drains first-in-first-out
    Name loss_model = "random";       ///< none, random, gilbert
    double loss_percent = 0.0;        ///< [%] mean loss
    double loss_burst_packets = 3.0;  ///< mean burst length (gilbert)
    double reorder_percent = 0.0;     ///< [%] packets overtaken by the next one
    double duplicate_percent = 0.0;   ///< [%] packets that arrive twice
};

[[nodiscard]] std::span<const params::ParamRow> networkParamTable();

}  // namespace doubletalk::network
