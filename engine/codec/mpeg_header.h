// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace doubletalk::codec {

/// The head of an MPEG audio layer III frame. Ref: ISO/IEC 11172-3 2.4.1.3, ISO/IEC 13818-3.
struct MpegHeader {
    int rate_hz = 0;
    int channels = 0;
    int frame_bytes = 0;  ///< of the whole frame
    int frames = 0;       ///< [samples] inside: 1152, or 576 below 32 kHz
    int side_bytes = 0;   ///< side information behind the head
};
inline constexpr std::size_t kMpegHeadBytes = 4;

/// Nothing: no such head, fewer than 4 bytes, or a frame of free format.
[[nodiscard]] std::optional<MpegHeader> parseMpeg(std::span<const std::byte> bytes);

/// What the first frame of a file may say in place of audio ("Xing" or "Info", with LAME's delays).
struct MpegTag {
    std::optional<std::int64_t> frame_count;  ///< without the tag itself
    bool has_delays = false;
    int delay_frames = 0;    ///< [samples] of the encoder, without the decoder's 529
    int padding_frames = 0;  ///< [samples] at the end
};
inline constexpr int kMpegDecoderDelay = 529;  ///< [samples] of the synthesis filter bank

/// Nothing: the frame holds audio.
[[nodiscard]] std::optional<MpegTag> parseMpegTag(const MpegHeader& header,
                                                  std::span<const std::byte> frame);

}  // namespace doubletalk::codec
