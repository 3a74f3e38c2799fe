// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/session/records.h"

namespace doubletalk::session {

// packets.pcap: nanosecond pcap, link type raw IP, one IPv4 / UDP / RTP packet per record whose
// time is arrival_ns. Downlink (even streams) goes 10.0.0.1 -> 10.0.0.2, uplink the other way; each
// stream has its own port, kFirstUdpPort + 2 * stream. 16-bit PCM (payload type 96) is little
// endian, as the engine holds it. Ref: RFC 791, RFC 768, RFC 3550 section 5.1.

inline constexpr int kFirstUdpPort = 40000;
inline constexpr int kRtpPayloadTypePcm16 = 96;
/// Largest payload an IPv4 / UDP / RTP packet takes.
inline constexpr std::size_t kMaxPacketPayloadBytes = 65535 - 20 - 8 - 12;

[[nodiscard]] std::string pcapFileHeader();
/// arrival_ns < 0 and payloads above the limit are the caller's to leave out.
void appendPcapPacket(std::string& out, const PacketRecord& record,
                      std::span<const std::byte> payload);

/// One packet as the file has it; payload points into the bytes that were parsed.
struct PcapPacket {
    std::int64_t time_ns = 0;
    std::uint8_t stream = 0;
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
    bool marker = false;
    std::uint8_t rtp_payload_type = 0;
    std::span<const std::byte> payload;
};

struct PcapFile {
    std::vector<PcapPacket> packets;
    bool cut = false;  ///< the last packet was not whole and was left out
};

/// Reads packets.pcap out of memory. Errors: no pcap of ours, broken packet (which); a last packet
/// that is not whole unless may_be_cut.
[[nodiscard]] Result<PcapFile> parsePcap(std::span<const std::byte> bytes, const std::string& where,
                                         bool may_be_cut);
[[nodiscard]] std::uint8_t rtpPayloadType(PayloadType type);

}  // namespace doubletalk::session
