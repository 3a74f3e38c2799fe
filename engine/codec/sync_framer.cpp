// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/sync_framer.h"

#include <algorithm>
#include <string>

#include "engine/codec/adts.h"
#include "engine/codec/av_decoder.h"

namespace doubletalk::codec {
namespace {

constexpr std::uint64_t kMaxSearchBytes = 1 << 20;  // further away there is no stream
constexpr std::size_t kTagBytes = 10;               // enough to know one by; APE needs its head

}  // namespace

tl::unexpected<Error> SyncFramer::damaged(std::string_view what) const {
    return fail(ErrorKind::format, std::string(what) + " at byte " + std::to_string(position_),
                std::string(label_) + " stream", "give an undamaged one");
}

void SyncFramer::pass(std::size_t bytes) {
    const std::size_t n = std::min(bytes, queue_.size());
    queue_.drop(n);
    position_ += n;
    pending_drop_ = bytes - n;
}

/// Tags stand before, between and behind the frames.
bool SyncFramer::passTag() {
    const auto bytes = queue_.bytes();
    if (const std::size_t id3 = id3Bytes(bytes); id3 > 0) {
        pass(id3);
        return true;
    }
    const std::size_t closing = closingTagBytes(bytes);
    if (closing > 0) pass(closing);
    return closing > 0;
}

/// True: what begins here is a tag of a length that is not known yet.
bool SyncFramer::tagIsPartial() const {
    return !finished_ && startsWith(queue_.bytes(), "APETAGEX") && queue_.size() < kApeHeadBytes;
}

SyncFramer::Sync SyncFramer::looksLikeFrame() const {
    const auto bytes = queue_.bytes();
    const auto head = parse(bytes);
    if (!head) return Sync::no;
    const auto size = std::size_t(head->frame_bytes);
    if (bytes.size() < size + headBytes()) {
        if (!finished_) return Sync::unknown;
        return bytes.size() >= size ? Sync::yes : Sync::no;
    }
    const auto following = bytes.subspan(size);
    const auto second = parse(following);
    const bool tag = startsWith(following, "TAG") || startsWith(following, "APE") ||
                     startsWith(following, "ID3");
    return tag || (second && second->rate_hz == head->rate_hz) ? Sync::yes : Sync::no;
}

/// True: a frame begins at the front.
bool SyncFramer::search() {
    while (queue_.size() >= std::max(headBytes(), finished_ ? 0 : kTagBytes)) {
        if (tagIsPartial()) return false;
        if (passTag()) continue;
        const Sync sync = looksLikeFrame();
        if (sync == Sync::yes) return true;
        if (sync == Sync::unknown) return false;
        pass(1);
        ++searched_;
    }
    return false;
}

Result<bool> SyncFramer::next(FoundFrame& frame) {
    for (;;) {
        if (pending_drop_ > 0) pass(pending_drop_);
        if (!synced_) {
            synced_ = search();
            if (!synced_ && searched_ > kMaxSearchBytes) {
                searched_ = 0;
                return damaged("no frame found in a mebibyte");
            }
            if (!synced_) return false;
            searched_ = 0;
        }
        const auto bytes = queue_.bytes();
        if (bytes.size() < std::max(headBytes(), finished_ ? 0 : kTagBytes)) return false;
        const auto head = parse(bytes);
        if (!head) {
            if (tagIsPartial()) return false;
            if (passTag()) continue;
            synced_ = false;
            return damaged("something that is no frame stands");
        }
        const auto size = std::size_t(head->frame_bytes);
        if (bytes.size() < size) return false;
        frame = {bytes.first(size), head->frames, 0, 0};
        queue_.drop(size);
        position_ += size;
        if (take(frame)) {
            ++found_;
            return true;
        }
    }
}

Result<void> SyncFramer::checkEnd() const {
    if (found_ == 0) return damaged("the stream ends without a whole frame");
    if (queue_.size() > 0) return damaged("the stream is cut off in a frame");
    return {};
}

std::optional<SyncFramer::Head> Mp3Framer::parse(std::span<const std::byte> bytes) const {
    const auto header = parseMpeg(bytes);
    if (!header) return std::nullopt;
    return Head{header->frame_bytes, header->frames, header->rate_hz};
}

std::size_t Mp3Framer::headBytes() const { return kMpegHeadBytes; }
AvDecoderOptions Mp3Framer::decoder() const { return {.name = "mp3float"}; }

std::int64_t Mp3Framer::missingFrames() const {
    return missing_before_ + std::max<std::int64_t>(frame_count_.value_or(0) - frames_taken_, 0);
}

void Mp3Framer::begin(const MpegTag& tag, int frame_samples) {
    missing_before_ = missingFrames();
    position_ = 0;
    frames_taken_ = 0;
    frame_count_ = tag.frame_count;
    begin_ = tag.has_delays ? tag.delay_frames + kMpegDecoderDelay : 0;
    end_.reset();
    if (tag.has_delays && tag.frame_count) {
        end_ = *tag.frame_count * frame_samples - tag.padding_frames + kMpegDecoderDelay;
    }
}

bool Mp3Framer::take(FoundFrame& frame) {
    const auto header = parseMpeg(frame.bytes);
    if (const auto tag = header ? parseMpegTag(*header, frame.bytes) : std::nullopt) {
        begin(*tag, frame.frames);
        return false;
    }
    ++frames_taken_;
    frame.skip_frames = int(std::clamp<std::int64_t>(begin_ - position_, 0, frame.frames));
    position_ += frame.frames;
    if (end_ && frames_taken_ <= *frame_count_) {  // what follows belongs to another file
        frame.discard_frames =
            int(std::clamp<std::int64_t>(position_ - *end_, 0, frame.frames - frame.skip_frames));
    }
    return true;
}

Result<void> Mp3Framer::checkEnd() const {
    if (auto checked = SyncFramer::checkEnd(); !checked) return checked;
    const std::int64_t missing = missingFrames();
    if (missing == 0) return {};
    return fail(ErrorKind::format,
                "the stream is cut off: " + std::to_string(missing) + " of its frames are missing",
                "MP3 stream", "give a whole one");
}

std::optional<SyncFramer::Head> AdtsFramer::parse(std::span<const std::byte> bytes) const {
    const auto header = parseAdts(bytes);
    if (!header) return std::nullopt;
    return Head{header->frame_bytes, header->frames, header->rate_hz};
}

std::size_t AdtsFramer::headBytes() const { return kAdtsBytes; }
AvDecoderOptions AdtsFramer::decoder() const { return {.name = "aac"}; }

bool AdtsFramer::take(FoundFrame& frame) {
    frame.frames = 0;  // with spectral band replication twice as many come out as the head says
    return true;
}

}  // namespace doubletalk::codec
