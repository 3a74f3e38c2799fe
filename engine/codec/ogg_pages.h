// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>

#include "engine/codec/framer.h"

namespace doubletalk::codec {

/// One page of an Ogg stream; views the finder's bytes until its next put().
struct OggPage {
    std::span<const std::byte> segments;  ///< their lengths
    std::span<const std::byte> body;
    std::int64_t position = 0;  ///< [bytes] where it begins, from the first byte that was put
    std::int64_t granule = 0;
    std::uint32_t serial = 0;
    std::uint32_t number = 0;
    bool continued = false;
    bool first = false;
    bool last = false;
};

/// more: bytes are needed; damaged: a page whose checksum is wrong; foreign: something that is no
/// page.
enum class OggFound : std::uint8_t { page, more, damaged, foreign };

/// Finds Ogg pages in bytes that come in pieces of any size. Ref: RFC 3533 section 6.
class OggPageFinder {
public:
    void put(std::span<const std::byte> piece) { queue_.put(piece); }
    /// After damaged and foreign the next page is searched for.
    [[nodiscard]] OggFound next(OggPage& page);
    /// Nothing is left of what was put.
    [[nodiscard]] bool empty() const { return queue_.size() == 0; }
    /// What is left is the beginning of a page.
    [[nodiscard]] bool insidePage() const { return startsWith(queue_.bytes(), "OggS"); }
    /// [bytes] before what next() looks at.
    [[nodiscard]] std::int64_t position() const { return position_; }

private:
    void drop(std::size_t bytes);

    ByteQueue queue_;
    std::int64_t position_ = 0;
};

/// Sees that all pages of an Ogg file are there, whole and in their order, whatever they hold:
/// libavformat passes over damaged ones without a word. Thread: user.
class OggCheck {
public:
    void put(std::span<const std::byte> piece);
    /// The first damage; nothing: none so far.
    [[nodiscard]] const std::optional<Error>& damage() const { return damage_; }
    /// [bytes] where it lies.
    [[nodiscard]] std::int64_t damagePosition() const { return damage_position_; }
    /// When no more bytes come. Errors: format (damaged, cut off).
    [[nodiscard]] Result<void> checkEnd() const;

private:
    [[nodiscard]] bool follows(const OggPage& page);
    void damagedAt(std::int64_t position, std::string_view what);

    OggPageFinder finder_;
    std::map<std::uint32_t, std::uint32_t> next_number_;  ///< of the streams that have not ended
    std::optional<Error> damage_;
    std::int64_t damage_position_ = 0;
    bool began_ = false;
    bool ended_ = false;  ///< the last page was the last of its stream
};

}  // namespace doubletalk::codec
