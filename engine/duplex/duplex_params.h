// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::duplex {

/// Settings of the assembled engine (`engine.*`).
struct EngineParams {
    int rate_hz = 16000;       ///< [Hz] 8000, 16000, 32000, 48000
    Name uplink = "device";    ///< device: blocks from a device; packets: from a packet stream
    int playout_lead_ms = 20;  ///< [ms] audio kept ready for the loudspeaker
};

/// Form of the packet streams (`stream.*`).
struct StreamParams {
    int rate_hz = 16000;  ///< [Hz] 8000..48000
    int frame_ms = 20;    ///< [ms] 10..60
};

/// Limits of the health state (`health.*`).
struct HealthParams {
    int max_latency_ms = 200;  ///< [ms] above it for 2 s: degraded
};

[[nodiscard]] std::span<const params::ParamRow> engineParamTable();
[[nodiscard]] std::span<const params::ParamRow> streamParamTable();
[[nodiscard]] std::span<const params::ParamRow> healthParamTable();

}  // namespace doubletalk::duplex
