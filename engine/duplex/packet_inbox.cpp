// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/packet_inbox.h"

#include <algorithm>

namespace doubletalk::duplex {

void PacketInbox::prepare(int max_payload_bytes) {
    max_payload_bytes_ = max_payload_bytes;
    heads_ = std::make_unique<Ring<Head>>(kPackets);
    bytes_ = std::make_unique<Ring<std::byte>>(std::int64_t(kPackets) * max_payload_bytes);
    taken_bytes_.assign(std::size_t(bytes_->capacity()), std::byte{});
    dropped_ = 0;
    taken_.clear();
    taken_.reserve(std::size_t(heads_->capacity()));
}

bool PacketInbox::push(const PacketView& packet, std::int64_t arrival_ns) noexcept {
    const auto bytes = std::int64_t(packet.payload.size());
    if (bytes > max_payload_bytes_ || heads_->space() < 1 || bytes_->space() < bytes) {
        dropped_.fetch_add(1);
        return false;
    }
    bytes_->write(packet.payload);
    const Head head{packet.header, arrival_ns, std::int32_t(bytes)};
    heads_->write(std::span(&head, 1));
    return true;
}

std::span<const ArrivedPacket> PacketInbox::take() noexcept {
    taken_.clear();
    std::size_t at = 0;
    Head head;
    // More may come while these are taken: the next block's.
    while (taken_.size() < std::size_t(kPackets) && heads_->read(std::span(&head, 1), false) == 1) {
        const auto payload = std::span(taken_bytes_).subspan(at, std::size_t(head.bytes));
        bytes_->read(payload, false);
        at += std::size_t(head.bytes);
        taken_.push_back({{head.header, payload}, head.arrival_ns});
    }
    return taken_;
}

}  // namespace doubletalk::duplex
