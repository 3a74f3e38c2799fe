// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/packet.h"

namespace doubletalk::jitter {

/// A packet that waits: its header with sequence and time stamp free of wrap-around.
struct StoredPacket {
    PacketHeader header;
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;
    std::int64_t arrival_ns = 0;
    int bytes = 0;
};

/// Waiting packets in order of sequence, payloads copied into memory taken in prepare().
/// Thread: one at a time. Everything but prepare() is real-time safe.
class PacketStore {
public:
    enum class Insert : std::uint8_t { stored, duplicate, full, too_large };

    void prepare(int packets, int payload_bytes);
    Insert insert(const StoredPacket& packet, std::span<const std::byte> payload) noexcept;
    [[nodiscard]] int size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] int capacity() const noexcept { return capacity_; }
    /// index 0 is the oldest.
    [[nodiscard]] const StoredPacket& at(int index) const noexcept { return slots_[order_[index]]; }
    [[nodiscard]] const StoredPacket& front() const noexcept { return at(0); }
    [[nodiscard]] const StoredPacket& back() const noexcept { return at(size_ - 1); }
    /// Removes the oldest; the view is valid until the next pop(), drop() or clear().
    PacketView pop() noexcept;
    /// Removes the oldest without looking at it.
    void drop() noexcept;
    /// Removes every packet of the item; returns how many.
    int eraseItem(ItemId item) noexcept;
    void clear() noexcept;

private:
    void release() noexcept;

    int capacity_ = 0;
    int payload_bytes_ = 0;
    int size_ = 0;
    int held_ = -1;  ///< slot handed out by pop()
    std::vector<StoredPacket> slots_;
    std::vector<std::byte> payloads_;
    std::vector<std::uint16_t> order_;  ///< slots by sequence
    std::vector<std::uint16_t> free_;
    int free_count_ = 0;
};

/// Packets to hold for a largest delay: that delay and a second of burst after a spike.
[[nodiscard]] int storePackets(int max_delay_ms, int frame_ms);

}  // namespace doubletalk::jitter
