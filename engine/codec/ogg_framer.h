// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>

#include "engine/codec/ogg_pages.h"

namespace doubletalk::codec {

/// Opus packets out of Ogg pages. Pre-skip, the end by the last page's position, several streams
/// one after the other; other streams beside it are passed over. Ref: RFC 3533, RFC 7845.
class OggFramer final : public Framer {
public:
    void put(std::span<const std::byte> piece) override { pages_.put(piece); }
    [[nodiscard]] Result<bool> next(FoundFrame& frame) override;
    void finish() override { finished_ = true; }
    [[nodiscard]] Result<void> checkEnd() const override;
    [[nodiscard]] AvDecoderOptions decoder() const override;

private:
    struct Packet {
        std::vector<std::byte> bytes;
        int frames = 0;
        int skip = 0;
        int discard = 0;
    };
    [[nodiscard]] Result<bool> findPage(OggPage& page);
    [[nodiscard]] Result<void> takePage(const OggPage& page);
    [[nodiscard]] Result<void> takePacket();
    void dropPartial();
    void trim(const OggPage& page, std::size_t before);

    OggPageFinder pages_;
    std::deque<Packet> ready_;
    Packet given_;                    ///< what the last FoundFrame views
    std::vector<std::byte> partial_;  ///< a packet whose end is on a later page
    std::vector<std::byte> setup_;    ///< OpusHead
    std::uint32_t serial_ = 0;
    std::uint32_t next_number_ = 0;
    std::int64_t position_ = 0;  ///< [samples at 48 kHz] behind the last packet
    std::int64_t to_skip_ = 0;
    std::int64_t packets_ = 0;  ///< of the stream, the two heads included
    bool in_stream_ = false;
    bool positioned_ = false;
    bool oversize_ = false;  ///< the packet is a tag nobody wants: its bytes are not kept
    bool finished_ = false;
};

}  // namespace doubletalk::codec
