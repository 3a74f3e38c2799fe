// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/framer.h"

#include <algorithm>

#include "engine/codec/flac_framer.h"
#include "engine/codec/ogg_framer.h"
#include "engine/codec/sync_framer.h"
#include "engine/codec/wav_framer.h"

namespace doubletalk::codec {
namespace {

constexpr std::size_t kId3HeadBytes = 10;
constexpr std::size_t kId3v1ExtensionBytes = 227;

unsigned at(std::span<const std::byte> bytes, std::size_t i) {
    return std::to_integer<unsigned>(bytes[i]);
}

}  // namespace

void ByteQueue::put(std::span<const std::byte> piece) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + std::ptrdiff_t(head_));
    head_ = 0;
    bytes_.insert(bytes_.end(), piece.begin(), piece.end());
}

void FrameCheck::put(std::span<const std::byte> piece) {
    framer_->put(piece);
    look();
}

void FrameCheck::look() {
    for (FoundFrame frame;;) {
        const auto found = framer_->next(frame);
        if (found && !*found) return;
        if (!found && result_) result_ = tl::unexpected(found.error());
    }
}

Result<void> FrameCheck::checkEnd() {
    framer_->finish();
    look();
    return result_ ? framer_->checkEnd() : result_;
}

bool startsWith(std::span<const std::byte> bytes, std::string_view text) {
    const auto wanted = std::as_bytes(std::span(text));
    return bytes.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), bytes.begin());
}

std::uint64_t littleEndian(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | at(bytes, i);
    return value;
}

std::uint64_t bigEndian(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) value = value << 8 | at(bytes, i);
    return value;
}

std::size_t id3Bytes(std::span<const std::byte> bytes) {
    if (bytes.size() < kId3HeadBytes || !startsWith(bytes, "ID3")) return 0;
    std::size_t size = 0;  // seven bits a byte
    for (std::size_t i = 6; i < kId3HeadBytes; ++i) size = size << 7 | (at(bytes, i) & 0x7f);
    const bool footer = (at(bytes, 5) & 0x10) != 0;
    return size + kId3HeadBytes * (footer ? 2 : 1);
}

std::size_t closingTagBytes(std::span<const std::byte> bytes) {
    if (startsWith(bytes, "TAG+")) return kId3v1ExtensionBytes;
    if (startsWith(bytes, "TAG")) return kId3v1Bytes;
    if (!startsWith(bytes, "APETAGEX") || bytes.size() < kApeHeadBytes) return 0;
    // A footer stands alone: what it belongs to came before it.
    const bool head = (littleEndian(bytes.subspan(20, 4)) >> 29 & 1) != 0;
    return kApeHeadBytes + (head ? std::size_t(littleEndian(bytes.subspan(12, 4))) : 0);
}

std::optional<CodecId> sniff(std::span<const std::byte> bytes) {
    if (startsWith(bytes, "OggS")) return CodecId::opus;
    if (startsWith(bytes, "RIFF") || startsWith(bytes, "RF64")) return CodecId::pcm;
    const std::size_t tag = id3Bytes(bytes);
    const auto behind = bytes.subspan(std::min(tag, bytes.size()));
    if (startsWith(behind, "fLaC")) return CodecId::flac;
    if (behind.size() < 2) return tag > 0 ? std::optional(CodecId::mp3) : std::nullopt;
    // The layer of an MPEG audio frame tells: 0 is what ADTS has, 1 is layer III.
    if (at(behind, 0) != 0xff || (at(behind, 1) & 0xe0) != 0xe0) return std::nullopt;
    const unsigned layer = at(behind, 1) >> 1 & 3;
    if (layer == 0 && (at(behind, 1) & 0xf0) == 0xf0) return CodecId::aac;
    return layer == 1 ? std::optional(CodecId::mp3) : std::nullopt;
}

std::unique_ptr<Framer> makeFramer(CodecId codec) {
    switch (codec) {
        case CodecId::mp3:
            return std::make_unique<Mp3Framer>();
        case CodecId::aac:
            return std::make_unique<AdtsFramer>();
        case CodecId::opus:
            return std::make_unique<OggFramer>();
        case CodecId::flac:
            return std::make_unique<FlacFramer>();
        case CodecId::pcm:
            break;
    }
    return std::make_unique<WavFramer>();
}

}  // namespace doubletalk::codec
