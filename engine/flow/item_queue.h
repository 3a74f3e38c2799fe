// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "engine/core/ring.h"
#include "engine/flow/node.h"

namespace doubletalk::flow {

/// How much a queue of items can hold; all of it is taken at the start.
struct ItemRoom {
    int max_items = 16;                ///< 1 or more
    int max_frames = kMaxBlockFrames;  ///< of a PCM block
    int max_payload_bytes = 4096;      ///< of a packet
};

/// Bounded lock-free queue of items it owns: what is pushed is copied into a slot and seen in place
/// at the other side. Thread: tryPush() one thread, front() and pop() one thread, the rest any.
/// Real-time safe.
class ItemQueue {
public:
    /// kind: pcm or packet.
    ItemQueue(EndKind kind, const ItemRoom& room);
    /// again: full. error: another kind of item, or too long for a slot.
    Status tryPush(const Item& item) noexcept;
    /// A view of the oldest item, valid until pop(); false: there is none.
    bool front(Item& item) noexcept;
    /// Gives the oldest item's slot back; only after front() was true.
    void pop() noexcept { items_.commitRead(1); }

    [[nodiscard]] int maxItems() const noexcept { return max_items_; }
    [[nodiscard]] int fill() const noexcept { return int(items_.available()); }
    [[nodiscard]] std::int64_t pushed() const noexcept { return items_.written(); }
    /// Why the last tryPush() was an error. Thread: that of tryPush().
    [[nodiscard]] std::string_view error() const noexcept { return error_; }

private:
    template <class T, class From>
    std::span<T> keep(std::vector<T>& room, int part, From from) noexcept;
    bool keepBlock(const PcmBlock& block) noexcept;
    bool keepPacket(const PacketView& packet) noexcept;
    void commit(const Item& item) noexcept;

    EndKind kind_;
    int max_items_;
    std::size_t slot_size_;  ///< [frames or bytes]
    Ring<Item> items_;
    std::vector<float> samples_;  ///< a slot: samples, far, linear
    std::vector<std::byte> payloads_;
    std::string_view error_;
};

}  // namespace doubletalk::flow
