// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "engine/core/random.h"
#include "engine/network/trace_file.h"

namespace doubletalk::test {

/// Made traces: base jitter with lag-1 correlation, spikes that drain first-in-first-out, loss.
struct TraceModel {
    int packets = 6000;
    double frame_ms = 20.0;
    double jitter_ms = 5.0;  ///< mean of the correlated base jitter
    double correlation = 0.7;
    double spikes_per_min = 0.0;
    double spike_ms = 250.0;
    double loss = 0.0;
    std::uint64_t seed = 1;

    [[nodiscard]] network::Trace make() const {
        Random random(seed);
        network::Trace trace;
        trace.frame_ms = frame_ms;
        double base = 0.0, blocked_until = 0.0, newest = 0.0;
        for (int i = 0; i < packets; ++i) {
            network::TracePacket p;
            p.sequence = i;
            p.send_ms = i * frame_ms;
            base = correlation * base + (1.0 - correlation) * random.gamma(1.0, jitter_ms);
            if (random.chance(spikes_per_min * frame_ms / 60000.0)) {
                blocked_until = p.send_ms + spike_ms;
            }
            newest = std::max({p.send_ms + base, blocked_until, newest});
            if (!random.chance(loss)) p.arrival_ms = newest;
            trace.packets.push_back(p);
        }
        trace.packets.front().arrival_ms = 0.0;
        return trace;
    }
};

}  // namespace doubletalk::test
