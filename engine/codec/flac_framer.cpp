// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/flac_framer.h"

#include <algorithm>
#include <string>

#include "engine/codec/av_decoder.h"
#include "engine/codec/checksums.h"

namespace doubletalk::codec {
namespace {

constexpr std::size_t kMarkerBytes = 4;
constexpr std::size_t kBlockHeadBytes = 4;
constexpr std::size_t kInfoBytes = 34;
constexpr std::size_t kMaxHeadBytes = 16;
constexpr std::size_t kMaxFrameBytes = 4 << 20;  // 65,535 samples of 8 channels, not compressed
constexpr std::size_t kMinFrameBytes = 10;

tl::unexpected<Error> broken(const std::string& what) {
    return fail(ErrorKind::format, what, "FLAC stream", "give an undamaged FLAC file");
}

/// [samples] of the frame whose head stands at the front; 0: none does. Ref: RFC 9639 section 9.1.
int frameSamples(std::span<const std::byte> bytes) {
    if (bytes.size() < 6) return 0;
    const auto at = [&](std::size_t i) { return std::to_integer<unsigned>(bytes[i]); };
    if (at(0) != 0xff || (at(1) & 0xfe) != 0xf8 || (at(3) & 1) != 0) return 0;
    const unsigned size_code = at(2) >> 4;
    const unsigned rate_code = at(2) & 15;
    if (size_code == 0 || rate_code == 15 || at(3) >> 4 > 10 || (at(3) >> 1 & 7) == 3) return 0;
    std::size_t n = 4;  // the number of the frame or sample, coded like UTF-8
    std::size_t more = 0;
    while (more < 7 && (at(n) << more & 0x80) != 0) ++more;
    if (more == 1 || more == 8) return 0;
    n += more == 0 ? 1 : more;
    const std::size_t size_bytes = size_code == 6 ? 1 : size_code == 7 ? 2 : 0;
    const std::size_t rate_bytes = rate_code == 12 ? 1 : rate_code > 12 ? 2 : 0;
    if (bytes.size() < n + size_bytes + rate_bytes + 1) return 0;
    int samples = 0;
    if (size_bytes > 0) samples = int(bigEndian(bytes.subspan(n, size_bytes))) + 1;
    if (size_code == 1) samples = 192;
    if (size_code >= 2 && size_code <= 5) samples = 144 << size_code;
    if (size_code >= 8) samples = 1 << size_code;
    n += size_bytes + rate_bytes;
    Crc8 crc;
    crc.add(bytes.first(n + 1));  // with its checksum behind it the remainder is 0
    return crc.value() == 0 ? samples : 0;
}

}  // namespace

/// False: not everything to be passed over is there.
bool FlacFramer::dropPending() {
    const auto n = std::min<std::uint64_t>(pending_drop_, queue_.size());
    queue_.drop(std::size_t(n));
    pending_drop_ -= n;
    return pending_drop_ == 0;
}

Result<bool> FlacFramer::passMetadata() {
    if (!marker_) {
        if (const std::size_t id3 = id3Bytes(queue_.bytes()); id3 > 0) pending_drop_ = id3;
        if (pending_drop_ == 0 && queue_.size() < std::max(kMarkerBytes, std::size_t{10})) {
            return false;
        }
        if (pending_drop_ == 0 && !startsWith(queue_.bytes(), "fLaC")) {
            failed_ = true;
            return broken("this does not begin as FLAC does");
        }
        if (pending_drop_ == 0) {
            queue_.drop(kMarkerBytes);
            marker_ = true;
        }
    }
    if (!dropPending()) return false;
    if (!marker_) return true;
    const auto bytes = queue_.bytes();
    if (bytes.size() < kBlockHeadBytes) return false;
    const auto head = std::to_integer<unsigned>(bytes[0]);
    const auto size = std::size_t(bigEndian(bytes.subspan(1, 3)));
    if (setup_.empty()) {
        if ((head & 0x7f) != 0 || size != kInfoBytes) {
            failed_ = true;
            return broken("the first metadata block is not STREAMINFO");
        }
        if (bytes.size() < kBlockHeadBytes + kInfoBytes) return false;
        const auto info = bytes.subspan(kBlockHeadBytes, kInfoBytes);
        setup_.assign(info.begin(), info.end());
        total_ = std::int64_t(bigEndian(info.subspan(13, 5)) & 0xfffffffffULL);
    }
    queue_.drop(kBlockHeadBytes);
    pending_drop_ = size;
    in_frames_ = (head & 0x80) != 0;
    return true;
}

/// ID3v1 behind the last frame is no damage.
bool FlacFramer::tagStands(std::span<const std::byte> bytes, std::int64_t position) const {
    return startsWith(bytes, "TAG") && (total_ == 0 || position >= total_);
}

/// [bytes] of the frame of so many samples at the front; 0: its end is not there yet.
std::size_t FlacFramer::frameEnd(int samples) {
    const auto bytes = queue_.bytes();
    const std::size_t reserve = finished_ ? 0 : kMaxHeadBytes;
    if (bytes.size() < reserve) return 0;
    // A remainder of 0 says that the frame with its checksum ends here.
    Crc16 crc(crc_);
    for (; scanned_ + reserve < bytes.size(); ++scanned_) {
        if (scanned_ >= kMinFrameBytes && crc.value() == 0) {
            const auto behind = bytes.subspan(scanned_);
            if (frameSamples(behind) > 0 || tagStands(behind, position_ + samples)) {
                crc_ = 0;
                return scanned_;
            }
        }
        crc.add(bytes[scanned_]);
    }
    crc_ = crc.value();
    return finished_ && crc_ == 0 && scanned_ >= kMinFrameBytes ? scanned_ : 0;
}

/// True: so many bytes that a frame's head is whole, and neither metadata nor a tag before them.
Result<bool> FlacFramer::reachFrame() {
    while (!in_frames_) {
        const auto passed = passMetadata();
        if (!passed || !*passed) return passed;
    }
    for (;;) {
        if (!dropPending()) return false;
        const auto bytes = queue_.bytes();
        if (bytes.empty() || (bytes.size() < kMaxHeadBytes && !finished_)) return false;
        if (!tagStands(bytes, position_)) return true;
        pending_drop_ = kId3v1Bytes;
    }
}

Result<bool> FlacFramer::next(FoundFrame& frame) {
    if (failed_) {
        queue_.drop(queue_.size());
        return false;
    }
    const auto reached = reachFrame();
    if (!reached || !*reached) return reached;
    const auto bytes = queue_.bytes();
    const int samples = frameSamples(bytes);
    if (samples == 0) {
        failed_ = true;
        return broken("no frame where one has to be, " + std::to_string(position_) + " samples in");
    }
    const std::size_t size = frameEnd(samples);
    if (size == 0) {
        if (bytes.size() <= kMaxFrameBytes) return false;
        failed_ = true;
        return broken("a frame has no end, " + std::to_string(position_) + " samples in");
    }
    frame = {bytes.first(size), samples, 0, 0};
    queue_.drop(size);
    scanned_ = 0;
    crc_ = 0;
    position_ += samples;
    return true;
}

Result<void> FlacFramer::checkEnd() const {
    if (failed_) return {};  // told already
    if (setup_.empty()) return broken("the stream ends before its audio");
    if (queue_.size() > 0 || !in_frames_) return broken("the stream is cut off in a frame");
    if (total_ > 0 && position_ < total_) {
        return broken("the stream is cut off: " + std::to_string(position_) + " of " +
                      std::to_string(total_) + " samples");
    }
    return {};
}

AvDecoderOptions FlacFramer::decoder() const { return {.name = "flac", .setup = setup_}; }

}  // namespace doubletalk::codec
