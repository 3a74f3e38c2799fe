// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/codec/checksums.h"

namespace doubletalk::test {

/// Tags, and streams no encoder here makes.
using Bytes = std::vector<std::byte>;

inline void append(Bytes& to, std::span<const std::byte> bytes) {
    to.insert(to.end(), bytes.begin(), bytes.end());
}

inline void append(Bytes& to, std::string_view text) { append(to, std::as_bytes(std::span(text))); }

inline void appendBig(Bytes& to, std::uint64_t value, int bytes) {
    for (int i = bytes; i-- > 0;) to.push_back(std::byte(value >> (8 * i)));
}

inline void appendLittle(Bytes& to, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) to.push_back(std::byte(value >> (8 * i)));
}

inline Bytes id3v2(std::size_t body_bytes) {
    Bytes tag;
    append(tag, std::string_view("ID3\4\0\0\0\0", 8));
    tag.push_back(std::byte(body_bytes >> 7));
    tag.push_back(std::byte(body_bytes & 0x7f));
    tag.resize(tag.size() + body_bytes, std::byte{0xff});
    return tag;
}

inline Bytes id3v1() {
    Bytes tag;
    append(tag, "TAG");
    tag.resize(128, std::byte{0xff});
    return tag;
}

/// Head, one item, footer.
inline Bytes apeTag() {
    Bytes tag;
    for (const std::uint64_t flags : {0xa0000000U, 0x80000000U}) {
        append(tag, "APETAGEX");
        appendLittle(tag, 2000, 4);
        appendLittle(tag, 100 + 32, 4);
        appendLittle(tag, 1, 4);
        appendLittle(tag, flags, 4);
        appendLittle(tag, 0, 8);
        if (flags == 0xa0000000U) tag.resize(tag.size() + 100, std::byte{0xff});
    }
    return tag;
}

/// FLAC frames of 65,535 equal samples: 15 bytes each.
inline Bytes constantFlac(int rate_hz, int frames) {
    Bytes flac;
    append(flac, "fLaC");
    appendBig(flac, 0x80000022, 4);
    appendBig(flac, 0xffffffff, 4);
    appendBig(flac, 0, 6);
    appendBig(flac, std::uint64_t(rate_hz) << 44 | std::uint64_t(15) << 36, 8);
    appendBig(flac, 0, 8);
    appendBig(flac, 0, 8);
    for (int i = 0; i < frames; ++i) {
        Bytes frame;
        appendBig(frame, 0xfff87008, 4);
        appendBig(frame, std::uint64_t(i), 1);
        appendBig(frame, 65534, 2);
        codec::Crc8 head;
        head.add(frame);
        appendBig(frame, head.value(), 1);
        appendBig(frame, 0, 1);
        appendBig(frame, 1000, 2);
        codec::Crc16 all;
        all.add(frame);
        appendBig(frame, all.value(), 2);
        append(flac, frame);
    }
    return flac;
}

struct PageMarks {
    unsigned flags = 0;  ///< 1: continued, 2: first, 4: last
    std::int64_t granule = 0;
    std::uint32_t number = 0;
};

/// One page of a packet; an open packet ends on a later one.
inline Bytes oggPage(const PageMarks& marks, std::span<const std::byte> packet, bool open = false) {
    Bytes page;
    append(page, std::string_view("OggS\0", 5));
    appendLittle(page, marks.flags, 1);
    appendLittle(page, std::uint64_t(marks.granule), 8);
    appendLittle(page, 77, 4);
    appendLittle(page, marks.number, 4);
    const std::size_t crc_at = page.size();
    appendLittle(page, 0, 4);
    const std::size_t whole = packet.size() / 255;
    appendLittle(page, whole + (open ? 0 : 1), 1);
    page.resize(page.size() + whole, std::byte{255});
    if (!open) page.push_back(std::byte(packet.size() % 255));
    append(page, packet);
    codec::OggCrc crc;
    crc.add(page);
    Bytes sum;
    appendLittle(sum, crc.value(), 4);
    std::copy(sum.begin(), sum.end(), page.begin() + std::ptrdiff_t(crc_at));
    return page;
}

/// The two pages an Opus stream begins with.
inline Bytes opusHeads() {
    Bytes head;
    append(head, std::string_view("OpusHead\1\1\0\0", 12));
    appendLittle(head, 48000, 4);
    appendLittle(head, 0, 3);
    Bytes tags;
    append(tags, "OpusTags");
    appendLittle(tags, 0, 8);
    Bytes heads = oggPage({2, 0, 0}, head);
    append(heads, oggPage({0, 0, 1}, tags));
    return heads;
}

/// 20 ms of silence.
inline constexpr std::array kOpusSilence{std::byte{0xf8}, std::byte{0xff}, std::byte{0xfe}};

}  // namespace doubletalk::test
