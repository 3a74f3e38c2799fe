// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/codec/av_io.h"
#include "engine/codec/md5.h"
#include "engine/codec/mpeg_header.h"

struct AVCodecParameters;

// What a file states of its own audio, by which a reader knows that some is missing or damaged.
// Nothing: it states none.
namespace doubletalk::codec {

/// [frames] Of WAV and W64: libavformat takes the length of a cut file for the stated one. 0 is
/// what a stream says: nothing. Before anything was read.
[[nodiscard]] std::optional<std::int64_t> wavFrames(AvIo& io);

/// The length tag of an MP3 in its first frame, and what that frame's head says.
struct Mp3Tag {
    MpegHeader header;
    MpegTag tag;
};

/// first: how the file begins. Before anything was read.
[[nodiscard]] std::optional<Mp3Tag> mp3TagOf(AvIo& io, std::span<const std::byte> first);

/// The checksum of all samples of a FLAC file.
struct FlacSum {
    Md5Sum sum{};
    int bits = 0;  ///< a sample
};

/// Nothing also where a float does not hold the samples. Ref: RFC 9639 section 8.2.
[[nodiscard]] std::optional<FlacSum> flacSum(const AVCodecParameters& parameters);

}  // namespace doubletalk::codec
