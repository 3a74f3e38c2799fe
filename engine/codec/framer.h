// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/codec/codec_list.h"
#include "engine/core/result.h"

namespace doubletalk::codec {

struct AvDecoderOptions;

/// One coded frame found in a stream of bytes; valid until the framer is used again.
struct FoundFrame {
    std::span<const std::byte> bytes;
    int frames = 0;          ///< [samples] inside, at the codec's output rate; 0: all it gives
    int skip_frames = 0;     ///< to be dropped at its start
    int discard_frames = 0;  ///< to be dropped at its end
};

/// Finds the coded frames in bytes that come in pieces of any size. Thread: user.
class Framer {
public:
    virtual ~Framer() = default;
    virtual void put(std::span<const std::byte> piece) = 0;
    /// False: more bytes needed. Errors: format (not this kind of stream, damaged); what follows is
    /// searched for the next frame. After finish() whatever is left is looked at.
    [[nodiscard]] virtual Result<bool> next(FoundFrame& frame) = 0;
    virtual void finish() = 0;
    /// After next() gave nothing more behind finish(). Errors: format (cut off, nothing found).
    [[nodiscard]] virtual Result<void> checkEnd() const = 0;
    /// What decodes the frames; known with the first one.
    [[nodiscard]] virtual AvDecoderOptions decoder() const = 0;
};

/// A kind of stream by its first bytes (12 are enough behind an ID3 tag). Nothing: none of them.
[[nodiscard]] std::optional<CodecId> sniff(std::span<const std::byte> bytes);
/// [bytes] of an ID3v2 tag that begins here; 0: none does.
[[nodiscard]] std::size_t id3Bytes(std::span<const std::byte> bytes);
inline constexpr std::size_t kId3v1Bytes = 128;
/// [bytes] of an ID3v1 ("TAG+": its extension) or APE tag that begins here; 0: none does, or (APE)
/// its head of kApeHeadBytes is not whole. Ref: id3.org, APEv2 specification.
[[nodiscard]] std::size_t closingTagBytes(std::span<const std::byte> bytes);
inline constexpr std::size_t kApeHeadBytes = 32;
[[nodiscard]] std::unique_ptr<Framer> makeFramer(CodecId codec);

/// Sees that a stream holds frames and tags from its first frame to its end and nothing else:
/// libavformat passes over what is damaged without a word. Thread: user.
class FrameCheck {
public:
    explicit FrameCheck(std::unique_ptr<Framer> framer) : framer_(std::move(framer)) {}
    void put(std::span<const std::byte> piece);
    /// When no more bytes come. Errors: format (damaged, cut off).
    [[nodiscard]] Result<void> checkEnd();

private:
    void look();

    std::unique_ptr<Framer> framer_;
    Result<void> result_;  ///< the first damage
};

/// Bytes between put and use.
class ByteQueue {
public:
    void put(std::span<const std::byte> piece);
    void drop(std::size_t n) { head_ += n; }
    [[nodiscard]] std::span<const std::byte> bytes() const {
        return std::span(bytes_).subspan(head_);
    }
    [[nodiscard]] std::size_t size() const { return bytes_.size() - head_; }

private:
    std::vector<std::byte> bytes_;
    std::size_t head_ = 0;
};

/// Text at the beginning of bytes.
[[nodiscard]] bool startsWith(std::span<const std::byte> bytes, std::string_view text);
[[nodiscard]] std::uint64_t littleEndian(std::span<const std::byte> bytes);
[[nodiscard]] std::uint64_t bigEndian(std::span<const std::byte> bytes);

}  // namespace doubletalk::codec
