// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/wav_framer.h"

#include <algorithm>
#include <array>

#include "engine/codec/av_decoder.h"

namespace doubletalk::codec {
namespace {

constexpr std::size_t kRiffBytes = 12;
constexpr std::size_t kChunkHeadBytes = 8;
constexpr std::size_t kMaxFormatBytes = 1024;
constexpr std::size_t kMaxBlockBytes = 1 << 16;  // given at once
constexpr std::uint64_t kNoLength = 0xffffffffU;
constexpr unsigned kExtensible = 0xfffe;

struct SampleRow {
    unsigned tag;
    unsigned bits;
    const char* decoder;
};
constexpr std::array kSamples{
    SampleRow{1, 8, "pcm_u8"},     SampleRow{1, 16, "pcm_s16le"}, SampleRow{1, 24, "pcm_s24le"},
    SampleRow{1, 32, "pcm_s32le"}, SampleRow{3, 32, "pcm_f32le"}, SampleRow{3, 64, "pcm_f64le"},
    SampleRow{6, 8, "pcm_alaw"},   SampleRow{7, 8, "pcm_mulaw"},
};

}  // namespace

tl::unexpected<Error> WavFramer::broken(const std::string& what) {
    state_ = State::failed;
    return fail(ErrorKind::format, what, "WAV stream", "give an undamaged WAV file");
}

Result<bool> WavFramer::takeRiff() {
    const auto bytes = queue_.bytes();
    if (bytes.size() < kRiffBytes) return false;
    if ((!startsWith(bytes, "RIFF") && !startsWith(bytes, "RF64")) ||
        !startsWith(bytes.subspan(8), "WAVE")) {
        return broken("this does not begin as WAV does");
    }
    queue_.drop(kRiffBytes);
    state_ = State::chunks;
    return true;
}

Result<void> WavFramer::takeFormat(std::span<const std::byte> chunk) {
    if (chunk.size() < 16) return broken("the format chunk is too short");
    auto tag = unsigned(littleEndian(chunk.first(2)));
    if (tag == kExtensible && chunk.size() >= 26)
        tag = unsigned(littleEndian(chunk.subspan(24, 2)));
    const auto channels = littleEndian(chunk.subspan(2, 2));
    const auto rate = littleEndian(chunk.subspan(4, 4));
    const auto bits = unsigned(littleEndian(chunk.subspan(14, 2)));
    const auto row = std::find_if(kSamples.begin(), kSamples.end(), [&](const SampleRow& sample) {
        return sample.tag == tag && sample.bits == bits;
    });
    if (row == kSamples.end()) {
        state_ = State::failed;
        return fail(
            ErrorKind::unsupported,
            "WAV samples of kind " + std::to_string(tag) + ", " + std::to_string(bits) + " bits",
            "WAV stream", "give PCM, float, A-law or mu-law");
    }
    if (channels < 1 || channels > 64 || rate < 1 || rate > 768'000) {
        return broken("impossible rate or number of channels");
    }
    decoder_ = row->decoder;
    channels_ = int(channels);
    rate_hz_ = int(rate);
    frame_bytes_ = std::size_t(channels) * bits / 8;
    return {};
}

Result<bool> WavFramer::takeChunk() {
    const auto bytes = queue_.bytes();
    if (bytes.size() < kChunkHeadBytes) return false;
    const auto size = littleEndian(bytes.subspan(4, 4));
    if (startsWith(bytes, "data")) {
        if (frame_bytes_ == 0) return broken("the data come before their format");
        open_end_ = size == 0 || (size == kNoLength && long_data_bytes_ == 0);
        data_left_ = size == kNoLength ? long_data_bytes_ : size;
        queue_.drop(kChunkHeadBytes);
        state_ = State::data;
        return true;
    }
    const bool format = startsWith(bytes, "fmt ");
    const bool lengths = startsWith(bytes, "ds64");
    if (format || lengths) {
        if (size > kMaxFormatBytes) return broken("a head chunk is too long");
        if (bytes.size() < kChunkHeadBytes + size) return false;
        const auto chunk = bytes.subspan(kChunkHeadBytes, std::size_t(size));
        if (lengths && size >= 16) long_data_bytes_ = littleEndian(chunk.subspan(8, 8));
        if (format) {
            if (auto taken = takeFormat(chunk); !taken) return tl::unexpected(taken.error());
        }
    }
    queue_.drop(kChunkHeadBytes);
    pending_drop_ = size + size % 2;
    return true;
}

Result<bool> WavFramer::next(FoundFrame& frame) {
    while (state_ == State::riff || state_ == State::chunks) {
        const auto n = std::min<std::uint64_t>(pending_drop_, queue_.size());
        queue_.drop(std::size_t(n));
        pending_drop_ -= n;
        if (pending_drop_ > 0) return false;
        const auto taken = state_ == State::riff ? takeRiff() : takeChunk();
        if (!taken || !*taken) return taken;
    }
    if (state_ != State::data) {
        queue_.drop(queue_.size());
        return false;
    }
    const auto bytes = queue_.bytes();
    std::size_t size = std::min(bytes.size(), std::max(kMaxBlockBytes, frame_bytes_));
    if (!open_end_) size = std::size_t(std::min<std::uint64_t>(size, data_left_));
    size -= size % frame_bytes_;
    if (size == 0) {
        if (!open_end_ && data_left_ < frame_bytes_) state_ = State::end;
        return false;
    }
    frame = {bytes.first(size), int(size / frame_bytes_), 0, 0};
    queue_.drop(size);
    data_left_ -= open_end_ ? 0 : size;
    return true;
}

Result<void> WavFramer::checkEnd() const {
    const auto cut = [](const std::string& what) {
        return fail(ErrorKind::format, what, "WAV stream", "give a whole one");
    };
    if (state_ == State::failed || state_ == State::end) return {};
    if (state_ != State::data) return cut("the stream ends before its audio");
    if (!open_end_ && data_left_ >= frame_bytes_) {
        return cut("the stream is cut off, " + std::to_string(data_left_) + " bytes are missing");
    }
    if (open_end_ && queue_.size() > 0) return cut("the stream is cut off in a frame");
    return {};
}

AvDecoderOptions WavFramer::decoder() const {
    return {.name = decoder_, .rate_hz = rate_hz_, .channels = channels_};
}

}  // namespace doubletalk::codec
