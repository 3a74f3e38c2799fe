// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/ogg_framer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/codec/av_decoder.h"
#include "engine/codec/checksums.h"

namespace doubletalk::codec {
namespace {

constexpr std::size_t kPageHeadBytes = 27;
constexpr std::size_t kCrcAt = 22;
constexpr std::size_t kMaxPacketBytes = 1 << 16;  // 120 ms in 255 channels is more, nobody has it
constexpr std::size_t kOpusHeadBytes = 19;
constexpr int kOpusRateHz = 48000;
constexpr int kMaxPacketFrames = 5760;  // 120 ms

tl::unexpected<Error> broken(const std::string& what) {
    return fail(ErrorKind::format, what, "Ogg stream", "give an undamaged Ogg file with Opus");
}

/// [samples at 48 kHz] of one Opus packet; 0: no valid one. Ref: RFC 6716 section 3.1.
int opusFrames(std::span<const std::byte> packet) {
    if (packet.empty()) return 0;
    const auto toc = std::to_integer<unsigned>(packet[0]);
    const unsigned config = toc >> 3;
    int frame = 0;
    if (config < 12) {
        frame = config % 4 == 3 ? 2880 : 480 << (config % 4);
    } else if (config < 16) {
        frame = 480 << (config % 2);
    } else {
        frame = 120 << (config % 4);
    }
    int count = (toc & 3) == 0 ? 1 : 2;
    if ((toc & 3) == 3) {
        count = packet.size() > 1 ? std::to_integer<int>(packet[1]) & 0x3f : 0;
    }
    return frame * count <= kMaxPacketFrames ? frame * count : 0;
}

std::uint32_t pageCrc(std::span<const std::byte> page) {
    OggCrc crc;
    crc.add(page.first(kCrcAt));
    for (int i = 0; i < 4; ++i) crc.add(std::byte{0});
    crc.add(page.subspan(kCrcAt + 4));
    return crc.value();
}

}  // namespace

Result<bool> OggFramer::findPage(Page& page) {
    const auto bytes = queue_.bytes();
    if (bytes.size() < kPageHeadBytes) return false;
    const auto segments = std::to_integer<std::size_t>(bytes[26]);
    if (!startsWith(bytes, "OggS")) {
        const auto next = std::find(bytes.begin() + 1, bytes.end(), std::byte('O'));
        queue_.drop(std::size_t(next - bytes.begin()));
        return broken("no page where one has to be");
    }
    if (bytes.size() < kPageHeadBytes + segments) return false;
    page.segments = bytes.subspan(kPageHeadBytes, segments);
    std::size_t body = 0;
    for (const std::byte segment : page.segments) body += std::to_integer<std::size_t>(segment);
    const std::size_t size = kPageHeadBytes + segments + body;
    if (bytes.size() < size) return false;
    if (pageCrc(bytes.first(size)) != littleEndian(bytes.subspan(kCrcAt, 4))) {
        queue_.drop(1);
        return broken("the checksum of a page is wrong");
    }
    const auto flags = std::to_integer<unsigned>(bytes[5]);
    page.continued = (flags & 1) != 0;
    page.first = (flags & 2) != 0;
    page.last = (flags & 4) != 0;
    page.granule = std::int64_t(littleEndian(bytes.subspan(6, 8)));
    page.serial = std::uint32_t(littleEndian(bytes.subspan(14, 4)));
    page.number = std::uint32_t(littleEndian(bytes.subspan(18, 4)));
    page.body = bytes.subspan(kPageHeadBytes + segments, body);
    queue_.drop(size);  // the bytes stay until the next put()
    return true;
}

Result<void> OggFramer::takePacket() {
    const auto bytes = std::exchange(partial_, {});
    const bool kept = !std::exchange(oversize_, false);
    const std::int64_t number = packets_++;
    if (number == 0) {
        if (!startsWith(bytes, "OpusHead") || bytes.size() < kOpusHeadBytes) {
            in_stream_ = false;
            return fail(ErrorKind::unsupported, "the Ogg stream holds something that is not Opus",
                        "Ogg stream", "give Opus, or the file by its name");
        }
        if (!setup_.empty() && setup_[9] != bytes[9]) {
            in_stream_ = false;
            return broken("the number of channels changes on the way");
        }
        setup_ = bytes;
        to_skip_ = std::int64_t(littleEndian(std::span(bytes).subspan(10, 2)));
        return {};
    }
    if (number == 1) return {};  // OpusTags
    const int frames = opusFrames(bytes);
    if (!kept || frames == 0) return broken("an Opus packet is damaged");
    Packet packet{bytes, frames, 0, 0};
    packet.skip = int(std::min<std::int64_t>(to_skip_, frames));
    to_skip_ -= packet.skip;
    ready_.push_back(std::move(packet));
    position_ += frames;
    return {};
}

/// The position a page states is that of its last whole packet's end.
void OggFramer::trim(const Page& page, std::size_t before) {
    if (page.granule < 0 || ready_.size() == before) return;
    if (!positioned_) {
        // A stream cut out of a longer one does not begin at 0; at its end only the length counts.
        if (!page.last || page.granule > position_) position_ = page.granule;
        positioned_ = true;
    }
    std::int64_t over = page.last ? std::max<std::int64_t>(position_ - page.granule, 0) : 0;
    for (std::size_t i = ready_.size(); i-- > before && over > 0;) {
        Packet& packet = ready_[i];
        packet.discard = int(std::min<std::int64_t>(over, packet.frames - packet.skip));
        over -= packet.discard;
    }
    position_ = page.granule;
}

Result<void> OggFramer::takePage(const Page& page) {
    if (page.first && !in_stream_) {
        in_stream_ = true;
        serial_ = page.serial;
        next_number_ = page.number;
        packets_ = 0;
        position_ = 0;
        positioned_ = false;
        partial_.clear();
    }
    if (!in_stream_ || page.serial != serial_) return {};
    Result<void> result;
    const bool missing = page.number != std::exchange(next_number_, page.number + 1);
    if (missing) {
        partial_.clear();
        result = broken("a page is missing");
    }
    const std::size_t before = ready_.size();
    bool headless = page.continued && partial_.empty() && !oversize_;  // its beginning is lost
    std::size_t at = 0;
    for (const std::byte segment : page.segments) {
        const auto size = std::to_integer<std::size_t>(segment);
        const auto part = page.body.subspan(at, size);
        at += size;
        oversize_ = oversize_ || partial_.size() + size > kMaxPacketBytes;
        if (!oversize_) partial_.insert(partial_.end(), part.begin(), part.end());
        if (size == 255) continue;
        if (std::exchange(headless, false)) {
            partial_.clear();
            continue;
        }
        if (auto taken = takePacket(); !taken && result) result = taken;
        if (!in_stream_) return result;
    }
    trim(page, before);
    if (page.last) in_stream_ = false;
    return result;
}

Result<bool> OggFramer::next(FoundFrame& frame) {
    while (ready_.empty()) {
        Page page;
        const auto found = findPage(page);
        if (!found || !*found) return found;
        if (auto taken = takePage(page); !taken) return tl::unexpected(taken.error());
    }
    given_ = std::move(ready_.front());
    ready_.pop_front();
    frame = {given_.bytes, given_.frames, given_.skip, given_.discard};
    return true;
}

Result<void> OggFramer::checkEnd() const {
    if (setup_.empty()) return broken("the stream ends without Opus in it");
    if (in_stream_ || queue_.size() > 0) return broken("the stream is cut off");
    return {};
}

AvDecoderOptions OggFramer::decoder() const {
    return {.name = "libopus", .rate_hz = kOpusRateHz, .channels = 0, .setup = setup_};
}

}  // namespace doubletalk::codec
