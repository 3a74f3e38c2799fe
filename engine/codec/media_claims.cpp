// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/media_claims.h"

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <cstring>

#include "engine/codec/framer.h"
#include "engine/codec/media_kind.h"
#include "engine/codec/riff_header.h"

namespace doubletalk::codec {
namespace {

constexpr std::size_t kStreamInfoBytes = 34;  // of FLAC; the checksum comes last
constexpr std::size_t kMaxId3Bytes = std::size_t(16) << 20;
constexpr std::size_t kMaxMp3TagBytes = 4 + 32 + 120 + 36;  // head, side information, Xing, LAME

}  // namespace

std::optional<std::int64_t> wavFrames(AvIo& io) {
    const auto header = readRiffHeader([&io](std::uint64_t position, std::span<std::byte> to) {
        return io.readAhead(position, to);
    });
    const auto frames = header ? header->frames() : std::nullopt;
    return frames && *frames > 0 ? frames : std::nullopt;
}

std::optional<Mp3Tag> mp3TagOf(AvIo& io, std::span<const std::byte> first) {
    if (sniff(first) != CodecId::mp3) return std::nullopt;
    auto head = io.peek(kMaxMp3TagBytes);
    std::size_t at = 0;  // several ID3 tags may stand in front
    while (const std::size_t id3 = id3Bytes(std::span(head).subspan(at))) {
        at += id3;
        if (at > kMaxId3Bytes) return std::nullopt;
        head = io.peek(at + kMaxMp3TagBytes);
        if (at > head.size()) return std::nullopt;
    }
    const auto frame = std::span(head).subspan(at);
    const auto header = parseMpeg(frame);
    const auto tag = header ? parseMpegTag(*header, frame) : std::nullopt;
    if (!tag) return std::nullopt;
    return Mp3Tag{*header, *tag};
}

std::optional<FlacSum> flacSum(const AVCodecParameters& parameters) {
    if (parameters.codec_id != AV_CODEC_ID_FLAC ||
        parameters.extradata_size < int(kStreamInfoBytes)) {
        return std::nullopt;
    }
    const auto info = std::as_bytes(std::span(parameters.extradata, kStreamInfoBytes));
    FlacSum stated;
    std::memcpy(stated.sum.data(), info.last(stated.sum.size()).data(), stated.sum.size());
    stated.bits = int(bigEndian(info.subspan(12, 2)) >> 4 & 31) + 1;
    if (stated.sum == Md5Sum{} || stated.bits > 24) return std::nullopt;
    return stated;
}

}  // namespace doubletalk::codec
