// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace doubletalk::codec {

/// The header in front of each AAC frame of a bare stream. Ref: ISO/IEC 14496-3 1.A.2.2.
struct AdtsHeader {
    int object_type = 2;   ///< 2: AAC-LC; 1..4
    int rate_hz = 0;       ///< [Hz] one of the 13 rates of the standard
    int channels = 0;      ///< channel configuration 1..7; 0: told inside the frame
    int header_bytes = 7;  ///< 9 with a checksum
    int frame_bytes = 0;   ///< of header and payload
    int frames = 1024;     ///< [samples] inside
};
inline constexpr std::size_t kAdtsBytes = 7;

/// Nothing: the bytes are no header, or fewer than 7.
[[nodiscard]] std::optional<AdtsHeader> parseAdts(std::span<const std::byte> bytes);
/// The header of a frame with so many bytes of payload, without checksum. Nothing: too long (8184
/// bytes), or a rate the standard has no number for.
[[nodiscard]] std::optional<std::array<std::byte, kAdtsBytes>> makeAdts(const AdtsHeader& header,
                                                                        std::size_t payload_bytes);

}  // namespace doubletalk::codec
