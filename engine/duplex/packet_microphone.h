// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/packet.h"
#include "engine/network/simulated_network.h"
#include "engine/session/records.h"

namespace doubletalk::duplex {

/// A caller's microphone behind a network (topology packets): blocks in, packets out at the far
/// side. Thread: net (one at a time).
class PacketMicrophone {
public:
    PacketMicrophone(const StreamFormat& format, std::uint64_t seed,
                     const network::NetworkParams& params)
        : format_(format), network_(seed, params) {}
    void setNetwork(const network::NetworkParams& params) { network_.setParams(params); }
    /// One captured block at the stream's rate; now_ns: end of the block.
    void step(std::span<const float> block, std::int64_t now_ns);
    [[nodiscard]] std::span<const ArrivedPacket> arrived() const { return views_; }
    [[nodiscard]] std::span<const session::PacketRecord> lost() const { return lost_; }

private:
    void send(std::int64_t now_ns);

    StreamFormat format_;
    network::SimulatedNetwork network_;
    std::vector<float> frame_;
    PacketHeader header_;
    std::vector<std::pair<OwnedPacket, std::int64_t>> inbox_;
    std::vector<ArrivedPacket> views_;
    std::vector<session::PacketRecord> lost_;
};

}  // namespace doubletalk::duplex
