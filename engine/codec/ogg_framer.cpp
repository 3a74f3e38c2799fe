// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/ogg_framer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/codec/av_decoder.h"

namespace doubletalk::codec {
namespace {

constexpr std::size_t kMaxPacketBytes = 1 << 16;  // 120 ms in 255 channels is more, nobody has it
constexpr std::size_t kOpusHeadBytes = 19;
constexpr int kOpusRateHz = 48000;
constexpr int kMaxPacketFrames = 5760;                        // 120 ms
constexpr std::int64_t kMaxPosition = std::int64_t(1) << 62;  // three million years

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

}  // namespace

Result<bool> OggFramer::findPage(OggPage& page) {
    const auto position = std::to_string(pages_.position());
    switch (pages_.next(page)) {
        case OggFound::more:
            return false;
        case OggFound::damaged:
            return broken("the checksum of the page at byte " + position + " is wrong");
        case OggFound::foreign:
            return broken("no page where one has to be, at byte " + position);
        case OggFound::page:
            break;
    }
    return true;
}

void OggFramer::dropPartial() {
    partial_.clear();
    oversize_ = false;
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
void OggFramer::trim(const OggPage& page, std::size_t before) {
    if (page.granule < 0 || page.granule > kMaxPosition || ready_.size() == before) return;
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

Result<void> OggFramer::takePage(const OggPage& page) {
    if (page.first && !in_stream_) {
        in_stream_ = true;
        serial_ = page.serial;
        next_number_ = page.number;
        packets_ = 0;
        position_ = 0;
        positioned_ = false;
        dropPartial();
    }
    if (!in_stream_ || page.serial != serial_) return {};
    Result<void> result;
    const bool missing = page.number != std::exchange(next_number_, page.number + 1);
    if (missing) {
        dropPartial();
        result = broken("a page is missing");
    }
    if (page.granule > kMaxPosition) result = broken("a page has an impossible position");
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
            dropPartial();
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
        OggPage page;
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
    if (in_stream_ || !pages_.empty()) return broken("the stream is cut off");
    return {};
}

AvDecoderOptions OggFramer::decoder() const {
    return {.name = "libopus", .rate_hz = kOpusRateHz, .channels = 0, .setup = setup_};
}

}  // namespace doubletalk::codec
