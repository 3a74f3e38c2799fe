// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/adts.h"

#include <algorithm>

namespace doubletalk::codec {
namespace {

constexpr std::array kRates{96000, 88200, 64000, 48000, 44100, 32000, 24000,
                            22050, 16000, 12000, 11025, 8000,  7350};
constexpr std::size_t kMaxFrameBytes = 8191;  // 13 bits
constexpr int kFrameSamples = 1024;

}  // namespace

std::optional<AdtsHeader> parseAdts(std::span<const std::byte> bytes) {
    if (bytes.size() < kAdtsBytes) return std::nullopt;
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(bytes[i]); };
    // 12 sync bits, then the layer, which is always 0.
    if (at(0) != 0xff || (at(1) & 0xf6) != 0xf0) return std::nullopt;
    const unsigned rate = at(2) >> 2 & 0x0f;
    if (rate >= kRates.size()) return std::nullopt;
    AdtsHeader header;
    header.object_type = int(at(2) >> 6) + 1;
    header.rate_hz = kRates[rate];
    header.channels = int((at(2) & 1) << 2 | at(3) >> 6);
    header.header_bytes = (at(1) & 1) != 0 ? 7 : 9;
    header.frame_bytes = int((at(3) & 3) << 11 | at(4) << 3 | at(5) >> 5);
    header.frames = kFrameSamples * int((at(6) & 3) + 1);
    if (header.frame_bytes <= header.header_bytes) return std::nullopt;
    return header;
}

std::optional<std::array<std::byte, kAdtsBytes>> makeAdts(const AdtsHeader& header,
                                                          std::size_t payload_bytes) {
    const auto rate = std::find(kRates.begin(), kRates.end(), header.rate_hz);
    const std::size_t size = payload_bytes + kAdtsBytes;
    if (rate == kRates.end() || size > kMaxFrameBytes) return std::nullopt;
    const auto number = unsigned(rate - kRates.begin());
    const auto type = unsigned(header.object_type - 1);
    const auto channels = unsigned(header.channels);
    const auto length = unsigned(size);
    const std::array<unsigned, kAdtsBytes> bytes{
        0xff,
        0xf1,  // MPEG-4, no checksum
        type << 6 | number << 2 | channels >> 2,
        (channels & 3) << 6 | length >> 11,
        length >> 3 & 0xff,
        (length & 7) << 5 | 0x1f,  // buffer fullness 0x7ff: variable rate
        0xfc};
    std::array<std::byte, kAdtsBytes> made{};
    std::transform(bytes.begin(), bytes.end(), made.begin(),
                   [](unsigned b) { return std::byte(b); });
    return made;
}

}  // namespace doubletalk::codec
