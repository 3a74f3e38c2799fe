// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/pcap_file.h"

namespace doubletalk::session {
namespace {

constexpr std::uint32_t kMagicNs = 0xa1b23c4d;
constexpr std::uint32_t kLinkTypeRaw = 101;
constexpr std::uint32_t kSnapBytes = 65535;
constexpr std::size_t kFileHeaderBytes = 24, kRecordHeaderBytes = 16;
constexpr std::size_t kIpBytes = 20, kUdpBytes = 8, kRtpBytes = 12;
constexpr std::size_t kHeaderBytes = kIpBytes + kUdpBytes + kRtpBytes;

void little(std::string& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

void big(std::string& out, std::uint32_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

/// Ones' complement sum of 16-bit words. Ref: RFC 1071.
std::uint32_t checksum(std::string_view header) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i + 1 < header.size(); i += 2) {
        sum += static_cast<unsigned char>(header[i]) * 256u +
               static_cast<unsigned char>(header[i + 1]);
    }
    while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
    return ~sum & 0xFFFF;
}

void appendIp(std::string& out, std::uint8_t stream, std::uint32_t total, std::uint32_t id) {
    constexpr std::uint32_t kHere = 0x0A000002, kThere = 0x0A000001;
    const bool downlink = stream % 2 == 0;
    const auto start = out.size();
    big(out, 0x4500, 2);
    big(out, total, 2);
    big(out, id, 2);
    big(out, 0x4000, 2);  // don't fragment
    big(out, 0x4011, 2);  // 64 hops, UDP
    big(out, 0, 2);
    big(out, downlink ? kThere : kHere, 4);
    big(out, downlink ? kHere : kThere, 4);
    const auto sum = checksum(std::string_view(out).substr(start));
    out[start + 10] = static_cast<char>(sum >> 8);
    out[start + 11] = static_cast<char>(sum & 0xFF);
}

class Bytes {
public:
    explicit Bytes(std::span<const std::byte> data) : data_(data) {}
    [[nodiscard]] std::uint32_t little(std::size_t at) const {
        return byte(at) | byte(at + 1) << 8 | byte(at + 2) << 16 | byte(at + 3) << 24;
    }
    [[nodiscard]] std::uint32_t big16(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }
    [[nodiscard]] std::uint32_t big32(std::size_t at) const {
        return big16(at) << 16 | big16(at + 2);
    }
    [[nodiscard]] std::uint32_t byte(std::size_t at) const {
        return std::to_integer<std::uint32_t>(data_[at]);
    }

private:
    std::span<const std::byte> data_;
};

/// What is wrong with the packet, empty when nothing.
std::string parsePacket(std::span<const std::byte> data, PcapPacket& packet) {
    if (data.size() < kHeaderBytes) return "is too short for RTP";
    const Bytes at(data);
    if (at.byte(0) != 0x45 || at.byte(9) != 17) return "is not IPv4 with UDP";
    if (at.big16(2) != data.size() || at.big16(24) != data.size() - kIpBytes) {
        return "has lengths that do not fit together";
    }
    const auto port = static_cast<int>(at.big16(22)) - kFirstUdpPort;
    if (port < 0 || port % 2 != 0 || port / 2 > 255) return "goes to a port of no stream";
    if (at.byte(28) != 0x80) return "is not plain RTP version 2";
    packet.stream = static_cast<std::uint8_t>(port / 2);
    packet.marker = (at.byte(29) & 0x80) != 0;
    packet.rtp_payload_type = static_cast<std::uint8_t>(at.byte(29) & 0x7F);
    packet.sequence = static_cast<std::uint16_t>(at.big16(30));
    packet.timestamp = at.big32(32);
    packet.payload = data.subspan(kHeaderBytes);
    return {};
}

}  // namespace

std::uint8_t rtpPayloadType(PayloadType type) {
    switch (type) {
        case PayloadType::pcmu:
            return 0;  // RFC 3551 table 4
        case PayloadType::pcma:
            return 8;
        case PayloadType::pcm16:
            break;
    }
    return kRtpPayloadTypePcm16;
}

std::string pcapFileHeader() {
    std::string out;
    little(out, kMagicNs, 4);
    little(out, 2, 2);
    little(out, 4, 2);
    little(out, 0, 4);
    little(out, 0, 4);
    little(out, kSnapBytes, 4);
    little(out, kLinkTypeRaw, 4);
    return out;
}

void appendPcapPacket(std::string& out, const PacketRecord& record,
                      std::span<const std::byte> payload) {
    const auto& header = record.header;
    const auto total = static_cast<std::uint32_t>(kHeaderBytes + payload.size());
    const auto port = static_cast<std::uint32_t>(kFirstUdpPort + 2 * record.stream);
    little(out, static_cast<std::uint32_t>(record.arrival_ns / 1'000'000'000), 4);
    little(out, static_cast<std::uint32_t>(record.arrival_ns % 1'000'000'000), 4);
    little(out, total, 4);
    little(out, total, 4);
    appendIp(out, record.stream, total, header.sequence);
    big(out, port, 2);
    big(out, port, 2);
    big(out, total - kIpBytes, 2);
    big(out, 0, 2);  // no checksum, which IPv4 allows
    out += static_cast<char>(0x80);
    out += static_cast<char>((header.marker ? 0x80 : 0) | rtpPayloadType(header.payload_type));
    big(out, header.sequence, 2);
    big(out, header.timestamp, 4);
    big(out, record.stream + 1u, 4);
    out.append(reinterpret_cast<const char*>(payload.data()), payload.size());
}

Result<PcapFile> parsePcap(std::span<const std::byte> bytes, const std::string& where,
                           bool may_be_cut) {
    PcapFile file;
    const auto* hint = "the session is damaged, restore a copy";
    if (bytes.size() < kFileHeaderBytes && may_be_cut) {
        file.cut = true;
        return file;
    }
    if (bytes.size() < kFileHeaderBytes || Bytes(bytes).little(0) != kMagicNs ||
        Bytes(bytes).little(20) != kLinkTypeRaw) {
        return fail(ErrorKind::format, "is no nanosecond pcap file of raw IP", where, hint);
    }
    auto rest = bytes.subspan(kFileHeaderBytes);
    while (!rest.empty()) {
        const auto number = " packet " + std::to_string(file.packets.size() + 1);
        const bool headed = rest.size() >= kRecordHeaderBytes;
        const std::size_t length = headed ? Bytes(rest).little(8) : 0;
        if (headed && (length > kSnapBytes || Bytes(rest).little(12) != length ||
                       Bytes(rest).little(4) >= 1'000'000'000)) {
            return fail(ErrorKind::format, "has an impossible header", where + number, hint);
        }
        if (!headed || rest.size() < kRecordHeaderBytes + length) {
            if (!may_be_cut) return fail(ErrorKind::format, "is cut", where + number, hint);
            file.cut = true;
            break;
        }
        PcapPacket packet;
        const auto wrong = parsePacket(rest.subspan(kRecordHeaderBytes, length), packet);
        if (!wrong.empty()) return fail(ErrorKind::format, wrong, where + number, hint);
        packet.time_ns = std::int64_t(Bytes(rest).little(0)) * 1'000'000'000 +
                         std::int64_t(Bytes(rest).little(4));
        file.packets.push_back(packet);
        rest = rest.subspan(kRecordHeaderBytes + length);
    }
    return file;
}

}  // namespace doubletalk::session
