// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/packet.h"
#include "engine/core/ring.h"

namespace doubletalk::duplex {

/// Packets on their way from a network thread to the worker, without locks. What does not fit is
/// dropped and counted. Thread: push() one thread, take() the worker.
class PacketInbox {
public:
    /// Room for packets up to max_payload_bytes. Not real-time safe.
    void prepare(int max_payload_bytes);
    bool push(const PacketView& packet, std::int64_t arrival_ns) noexcept;
    /// Everything there, in order; valid until the next call. Does not allocate.
    [[nodiscard]] std::span<const ArrivedPacket> take() noexcept;
    /// Packets that did not fit. Any thread.
    [[nodiscard]] std::int64_t droppedPackets() const noexcept { return dropped_.load(); }

private:
    static constexpr int kPackets = 64;
    struct Head {
        PacketHeader header;
        std::int64_t arrival_ns = 0;
        std::int32_t bytes = 0;
    };
    int max_payload_bytes_ = 0;
    std::atomic<std::int64_t> dropped_{0};
    std::unique_ptr<Ring<Head>> heads_;
    std::unique_ptr<Ring<std::byte>> bytes_;
    std::vector<std::byte> taken_bytes_;
    std::vector<ArrivedPacket> taken_;
};

}  // namespace doubletalk::duplex
