// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/packet_store.h"

#include <algorithm>
#include <cstring>

namespace doubletalk::jitter {

int storePackets(int max_delay_ms, int frame_ms) { return (max_delay_ms + 1000) / frame_ms + 4; }

void PacketStore::prepare(int packets, int payload_bytes) {
    capacity_ = std::clamp(packets, 4, 1000);
    payload_bytes_ = payload_bytes;
    // One more than the capacity: the packet handed out last keeps its slot.
    const auto slots = static_cast<std::size_t>(capacity_) + 1;
    slots_.assign(slots, {});
    payloads_.assign(slots * static_cast<std::size_t>(payload_bytes), std::byte{0});
    order_.assign(slots, 0);
    free_.assign(slots, 0);
    clear();
}

void PacketStore::clear() noexcept {
    size_ = 0;
    held_ = -1;
    free_count_ = static_cast<int>(free_.size());
    for (int i = 0; i < free_count_; ++i) free_[i] = static_cast<std::uint16_t>(i);
}

PacketStore::Insert PacketStore::insert(const StoredPacket& packet,
                                        std::span<const std::byte> payload) noexcept {
    if (static_cast<int>(payload.size()) > payload_bytes_) return Insert::too_large;
    // Nearly every packet belongs at the end, so look from there.
    int place = size_;
    while (place > 0 && at(place - 1).sequence > packet.sequence) --place;
    if (place > 0 && at(place - 1).sequence == packet.sequence) return Insert::duplicate;
    if (size_ == capacity_) return Insert::full;
    const std::uint16_t slot = free_[--free_count_];
    slots_[slot] = packet;
    slots_[slot].bytes = static_cast<int>(payload.size());
    if (!payload.empty()) {
        std::memcpy(payloads_.data() + std::size_t{slot} * payload_bytes_, payload.data(),
                    payload.size());
    }
    std::copy_backward(order_.begin() + place, order_.begin() + size_, order_.begin() + size_ + 1);
    order_[place] = slot;
    ++size_;
    return Insert::stored;
}

void PacketStore::release() noexcept {
    if (held_ < 0) return;
    free_[free_count_++] = static_cast<std::uint16_t>(held_);
    held_ = -1;
}

PacketView PacketStore::pop() noexcept {
    release();
    if (size_ == 0) return {};
    const std::uint16_t slot = order_[0];
    std::copy(order_.begin() + 1, order_.begin() + size_, order_.begin());
    --size_;
    held_ = slot;
    const auto& packet = slots_[slot];
    return {packet.header,
            {payloads_.data() + std::size_t{slot} * payload_bytes_,
             static_cast<std::size_t>(packet.bytes)}};
}

void PacketStore::drop() noexcept {
    static_cast<void>(pop());
    release();
}

int PacketStore::eraseItem(ItemId item) noexcept {
    int kept = 0;
    for (int i = 0; i < size_; ++i) {
        const std::uint16_t slot = order_[i];
        if (slots_[slot].header.item == item) {
            free_[free_count_++] = slot;
        } else {
            order_[kept++] = slot;
        }
    }
    const int erased = size_ - kept;
    size_ = kept;
    return erased;
}

}  // namespace doubletalk::jitter
