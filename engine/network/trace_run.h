// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/core/result.h"
#include "engine/jitter/jitter_buffer.h"
#include "engine/network/trace_file.h"

namespace doubletalk::network {

/// What a jitter buffer makes of a trace; names and formulas of METRICS.md.
struct TraceResult {
    double mean_delay_ms = 0.0;  ///< over played frames, above the trace's minimum
    double p95_delay_ms = 0.0;
    double concealed_percent = 0.0;  ///< without the network's loss
    double network_loss_percent = 0.0;
    double r_factor = 0.0;  ///< indicative
    std::int64_t packets = 0, played = 0;
    std::int64_t lost = 0;  ///< by the network
    std::int64_t late = 0, duplicate = 0, reordered = 0;
    std::int64_t discarded = 0;                  ///< arrived, but never played: late or skipped
    double inserted_ms = 0.0, removed_ms = 0.0;  ///< by time stretching
    double jitter_ms = 0.0;                      ///< RFC 3550, at the end
};

/// Prepares the buffer for the trace's frames and drives it: slots are frame_ms apart (longer and
/// shorter by what it stretches) from the first arrival to the last send plus the minimum delay; in
/// each slot everything that has arrived is put, then one slot is taken. Stretch wishes are granted
/// in full. Errors: unsupported frame length (whole milliseconds only), what prepare() says, state
/// when nothing was played.
[[nodiscard]] Result<TraceResult> runTrace(const Trace& trace, jitter::JitterBuffer& buffer,
                                           const jitter::JitterParams& params);

}  // namespace doubletalk::network
