// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "engine/core/ring.h"

namespace doubletalk::session {

/// What a message in the ring between worker and disk thread is.
enum class MessageKind : std::uint32_t {
    block,
    playback,
    exchange,
    command,
    answer,
    event,
    packet,
    metrics,
    machine
};

struct MessageHeader {
    std::uint32_t bytes = 0;  ///< of the body
    MessageKind kind = MessageKind::block;
    std::int64_t stamp = 0;  ///< block index, or for playback the position of its first frame
};

/// Whole messages through a byte ring: a message goes in complete or not at all.
/// Thread: push() one thread (real-time safe), pop() another.
class MessageRing {
public:
    explicit MessageRing(std::int64_t bytes) : ring_(bytes) {}

    /// The parts, one after the other, make the body. Leaves reserve_bytes free, so that bulk data
    /// gives way to small records. False: no room, nothing was written.
    bool push(MessageKind kind, std::int64_t stamp,
              std::span<const std::span<const std::byte>> parts,
              std::int64_t reserve_bytes) noexcept {
        MessageHeader header{0, kind, stamp};
        for (const auto& part : parts) header.bytes += static_cast<std::uint32_t>(part.size());
        const auto total = static_cast<std::int64_t>(sizeof header + header.bytes);
        if (ring_.space() < total + reserve_bytes) return false;
        auto room = ring_.prepareWrite(total);
        put(room, std::as_bytes(std::span(&header, 1)));
        for (const auto& part : parts) put(room, part);
        ring_.commitWrite(total);
        return true;
    }

    /// The next message; false when there is none.
    bool pop(MessageHeader& header, std::vector<std::byte>& body) {
        if (ring_.available() < static_cast<std::int64_t>(sizeof header)) return false;
        ring_.read(std::as_writable_bytes(std::span(&header, 1)));
        body.resize(header.bytes);
        ring_.read(std::span(body));
        return true;
    }

    [[nodiscard]] std::int64_t space() const noexcept { return ring_.space(); }
    [[nodiscard]] std::int64_t capacity() const noexcept { return ring_.capacity(); }

private:
    static void put(RingSpans<std::byte>& room, std::span<const std::byte> bytes) noexcept {
        const auto first = std::min(room.first.size(), bytes.size());
        if (first > 0) std::memcpy(room.first.data(), bytes.data(), first);
        room.first = room.first.subspan(first);
        bytes = bytes.subspan(first);
        if (bytes.empty()) return;
        std::memcpy(room.second.data(), bytes.data(), bytes.size());
        room.second = room.second.subspan(bytes.size());
    }

    Ring<std::byte> ring_;
};

}  // namespace doubletalk::session
