// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/mpeg_header.h"

#include <array>

#include "engine/codec/framer.h"

namespace doubletalk::codec {
namespace {

constexpr std::array kMpeg1Kbps{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
constexpr std::array kMpeg2Kbps{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};
constexpr std::array kMpeg1Rates{44100, 48000, 32000};
constexpr std::size_t kTocBytes = 100;
constexpr std::size_t kDelaysAt = 21;  // behind the encoder's name

}  // namespace

std::optional<MpegHeader> parseMpeg(std::span<const std::byte> bytes) {
    if (bytes.size() < kMpegHeadBytes) return std::nullopt;
    const auto head = std::uint32_t(bigEndian(bytes.first(kMpegHeadBytes)));
    const unsigned version = head >> 19 & 3;  // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
    const unsigned layer = head >> 17 & 3;    // 1: layer III
    const unsigned rate_kbps = head >> 12 & 15;
    const unsigned rate = head >> 10 & 3;
    const bool mono = (head >> 6 & 3) == 3;
    if (head >> 21 != 0x7ff || version == 1 || layer != 1) return std::nullopt;
    if (rate_kbps == 0 || rate_kbps == 15 || rate == 3) return std::nullopt;
    if ((head & 3) == 2) return std::nullopt;  // reserved emphasis
    const bool mpeg1 = version == 3;
    MpegHeader header;
    header.rate_hz = kMpeg1Rates.at(rate) >> (mpeg1 ? 0 : version == 2 ? 1 : 2);
    header.channels = mono ? 1 : 2;
    header.frames = mpeg1 ? 1152 : 576;
    const int kbps = mpeg1 ? kMpeg1Kbps.at(rate_kbps) : kMpeg2Kbps.at(rate_kbps);
    header.frame_bytes = header.frames / 8 * kbps * 1000 / header.rate_hz + int(head >> 9 & 1);
    header.side_bytes = mpeg1 ? (mono ? 17 : 32) : (mono ? 9 : 17);
    return header;
}

std::optional<MpegTag> parseMpegTag(const MpegHeader& header, std::span<const std::byte> frame) {
    std::size_t at = kMpegHeadBytes + std::size_t(header.side_bytes);
    if (frame.size() < at + 8) return std::nullopt;
    const auto rest = frame.subspan(at);
    if (!startsWith(rest, "Xing") && !startsWith(rest, "Info")) return std::nullopt;
    const auto flags = bigEndian(rest.subspan(4, 4));
    at = 8;
    MpegTag tag;
    if ((flags & 1) != 0 && rest.size() >= at + 4) {
        tag.frame_count = std::int64_t(bigEndian(rest.subspan(at, 4)));
        at += 4;
    }
    if ((flags & 2) != 0) at += 4;
    if ((flags & 4) != 0) at += kTocBytes;
    if ((flags & 8) != 0) at += 4;
    if (rest.size() < at + kDelaysAt + 3) return tag;
    const auto name = rest.subspan(at);
    if (!startsWith(name, "LAME") && !startsWith(name, "Lav")) return tag;
    const auto delays = bigEndian(name.subspan(kDelaysAt, 3));
    tag.has_delays = true;
    tag.delay_frames = int(delays >> 12);
    tag.padding_frames = int(delays & 0xfff);
    return tag;
}

}  // namespace doubletalk::codec
