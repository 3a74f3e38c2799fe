// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "engine/core/packet.h"
#include "engine/core/result.h"
#include "engine/network/network_params.h"

namespace doubletalk::network {

/// What the network did with one packet; lost ones are reported too.
struct Fate {
    bool lost = false;
    std::int64_t arrival_ns = 0;
    std::int64_t duplicate_arrival_ns = -1;  ///< -1: not duplicated
};

/// Simulated one-way path: constant delay, normal or gamma jitter, delay spikes that drain
/// first-in-first-out, random and Gilbert loss, reordering, duplicates, or a recorded trace.
/// Seeded; the same packets and settings give the same fates. Packets keep their order unless
/// reordered. Thread: net (one at a time).
class SimulatedNetwork {
public:
    SimulatedNetwork(std::uint64_t seed, const NetworkParams& params);
    ~SimulatedNetwork();
    void setParams(const NetworkParams& params);
    /// Delays come from this trace (repeated, cycling) instead of the jitter law.
    [[nodiscard]] Result<void> useTrace(const std::filesystem::path& csv);
    /// One spike now: packets sent from now_ns on arrive height_ms late at first, then drain.
    void spike(std::int64_t now_ns, double height_ms);
    /// Enters a packet at packet.header.send_ns (never going back).
    Fate send(OwnedPacket packet);
    /// Moves everything with arrival <= now_ns to out, in order of arrival.
    void receive(std::int64_t now_ns, std::vector<std::pair<OwnedPacket, std::int64_t>>& out);
    [[nodiscard]] std::int64_t inFlight() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::network
