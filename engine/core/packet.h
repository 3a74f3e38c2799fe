// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/frames.h"

namespace doubletalk {

enum class PayloadType : std::uint8_t { pcm16 = 0, pcmu = 1, pcma = 2 };

/// What travels beside the audio of one packet: RTP's fields plus the provenance of its samples.
/// Ref: RFC 3550 section 5.1.
struct PacketHeader {
    std::uint16_t sequence = 0;   ///< wraps
    std::uint32_t timestamp = 0;  ///< [samples] at the stream's rate, wraps
    PayloadType payload_type = PayloadType::pcm16;
    bool speech = true;   ///< sender's speech flag
    bool marker = false;  ///< first packet of a talk spurt
    bool last = false;    ///< last packet of its item: silence follows, not loss
    std::uint16_t frames = 0;  ///< samples inside, at the stream's rate
    ItemId item = 0;
    double item_sample = 0.0;            ///< position in the item's own audio of the first sample
    double item_samples_per_frame = 1.0;  ///< item samples for one sample of the packet
    std::int64_t send_ns = 0;
};

/// A packet somebody else owns; valid as long as its source says.
struct PacketView {
    PacketHeader header;
    std::span<const std::byte> payload;  ///< pcm16: little endian, header.frames * 2 bytes
};

/// A packet that owns its bytes; never used where allocation is forbidden.
struct OwnedPacket {
    PacketHeader header;
    std::vector<std::byte> payload;
    [[nodiscard]] PacketView view() const { return {header, payload}; }
};

/// A packet and when it arrived on the engine's clock.
struct ArrivedPacket {
    PacketView packet;
    std::int64_t arrival_ns = 0;
};

/// Form of the coded stream before it becomes engine audio.
struct StreamFormat {
    SampleRate rate{16000};   ///< 8 to 48 kHz, 24 too
    int frame_ms = 20;
    [[nodiscard]] constexpr int frameFrames() const { return rate.hz / 1000 * frame_ms; }
    [[nodiscard]] constexpr int maxPayloadBytes() const { return frameFrames() * 2; }
};

/// a - b of 16-bit sequence numbers with wrap-around, in -32768..32767. Ref: RFC 1982.
[[nodiscard]] constexpr int sequenceDelta(std::uint16_t a, std::uint16_t b) {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b));
}

}  // namespace doubletalk
