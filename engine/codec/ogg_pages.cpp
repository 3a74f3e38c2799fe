// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/ogg_pages.h"

#include <algorithm>
#include <string>

#include "engine/codec/checksums.h"

namespace doubletalk::codec {
namespace {

constexpr std::size_t kPageHeadBytes = 27;
constexpr std::size_t kCrcAt = 22;

std::uint32_t pageCrc(std::span<const std::byte> page) {
    OggCrc crc;
    crc.add(page.first(kCrcAt));
    for (int i = 0; i < 4; ++i) crc.add(std::byte{0});
    crc.add(page.subspan(kCrcAt + 4));
    return crc.value();
}

}  // namespace

void OggPageFinder::drop(std::size_t bytes) {
    queue_.drop(bytes);
    position_ += std::int64_t(bytes);
}

OggFound OggPageFinder::next(OggPage& page) {
    const auto bytes = queue_.bytes();
    if (bytes.size() < kPageHeadBytes) return OggFound::more;
    const auto segments = std::to_integer<std::size_t>(bytes[26]);
    if (!startsWith(bytes, "OggS")) {
        const auto next = std::find(bytes.begin() + 1, bytes.end(), std::byte('O'));
        drop(std::size_t(next - bytes.begin()));
        return OggFound::foreign;
    }
    if (bytes.size() < kPageHeadBytes + segments) return OggFound::more;
    page.segments = bytes.subspan(kPageHeadBytes, segments);
    std::size_t body = 0;
    for (const std::byte segment : page.segments) body += std::to_integer<std::size_t>(segment);
    const std::size_t size = kPageHeadBytes + segments + body;
    if (bytes.size() < size) return OggFound::more;
    if (pageCrc(bytes.first(size)) != littleEndian(bytes.subspan(kCrcAt, 4))) {
        drop(1);
        return OggFound::damaged;
    }
    const auto flags = std::to_integer<unsigned>(bytes[5]);
    page.position = position_;
    page.continued = (flags & 1) != 0;
    page.first = (flags & 2) != 0;
    page.last = (flags & 4) != 0;
    page.granule = std::int64_t(littleEndian(bytes.subspan(6, 8)));
    page.serial = std::uint32_t(littleEndian(bytes.subspan(14, 4)));
    page.number = std::uint32_t(littleEndian(bytes.subspan(18, 4)));
    page.body = bytes.subspan(kPageHeadBytes + segments, body);
    drop(size);  // the bytes stay until the next put()
    return OggFound::page;
}

/// False: pages are missing before this one.
bool OggCheck::follows(const OggPage& page) {
    began_ = true;
    ended_ = page.last;
    const auto known = next_number_.find(page.serial);
    const bool open = known != next_number_.end();
    if (open == page.first || (open && page.number != known->second)) return false;
    next_number_[page.serial] = page.number + 1;
    if (page.last) next_number_.erase(page.serial);
    return true;
}

void OggCheck::damagedAt(std::int64_t position, std::string_view what) {
    damage_position_ = position;
    damage_ = Error{ErrorKind::format, std::string(what) + " at byte " + std::to_string(position),
                    "Ogg stream", "give an undamaged Ogg file"};
}

void OggCheck::put(std::span<const std::byte> piece) {
    if (!damage_) finder_.put(piece);
    while (!damage_) {
        OggPage page;
        const std::int64_t position = finder_.position();
        switch (finder_.next(page)) {
            case OggFound::more:
                return;
            case OggFound::page:
                if (!follows(page)) damagedAt(position, "pages are missing before the one");
                break;
            case OggFound::damaged:
                damagedAt(position, "damaged: wrong checksum of the page");
                break;
            case OggFound::foreign:  // in front and behind other things may stand
                if (began_ && !ended_) damagedAt(position, "damaged: no page where one has to be,");
                break;
        }
    }
}

Result<void> OggCheck::checkEnd() const {
    if (damage_) return tl::unexpected(*damage_);
    if (began_ && ended_ && !finder_.insidePage()) return {};
    return fail(ErrorKind::format, "cut off at byte " + std::to_string(finder_.position()),
                "Ogg stream", "give a whole Ogg file");
}

}  // namespace doubletalk::codec
