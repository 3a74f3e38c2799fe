// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/coding_stage.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/dsp/harmless.h"

namespace doubletalk::codec {
namespace {

// 18 dB above full scale: far above what decoding overshoots, far below where libavcodec's AAC
// encoder does not end any more (noise of 10^6) and LAME aborts (a sample of 10^9).
constexpr float kLargestLossy = 8.0F;

}  // namespace

Result<CodingStage> CodingStage::open(AvEncoderOptions options, int chunk) {
    const int in_hz = options.rate_hz;
    options.rate_hz = codedRate(options.codec, in_hz);
    auto av = AvEncoder::open(options);
    if (!av) return tl::unexpected(av.error());
    const float largest = rowOf(options.codec).lossless ? dsp::kLargestSample : kLargestLossy;
    CodingStage stage(std::move(*av), chunk, largest);
    if (stage.chunk_ == 0) {
        stage.chunk_ = options.codec == CodecId::opus ? stage.av_.frameSamples()
                                                      : rowOf(options.codec).chunk_samples;
    }
    if (options.rate_hz != in_hz) {
        auto converter = RateConverter::open(in_hz, options.rate_hz, options.channels);
        if (!converter) return tl::unexpected(converter.error());
        stage.converter_.emplace(std::move(*converter));
    }
    return stage;
}

std::size_t CodingStage::waitingFrames() const {
    return (fifo_.size() - head_) / std::size_t(av_.channels());
}

Result<void> CodingStage::put(std::span<const float> interleaved) {
    if (finished_) {
        return fail(ErrorKind::state, "the encoder was asked for its end already", "codec",
                    "open a new one");
    }
    if (interleaved.size() % std::size_t(av_.channels()) != 0) {
        return fail(ErrorKind::usage,
                    std::to_string(interleaved.size()) + " samples are no whole frames of " +
                        std::to_string(av_.channels()) + " channels",
                    "codec", "put whole frames");
    }
    fifo_.erase(fifo_.begin(), fifo_.begin() + std::ptrdiff_t(std::exchange(head_, 0)));
    clean_.resize(interleaved.size());
    std::transform(interleaved.begin(), interleaved.end(), clean_.begin(),
                   [this](float x) { return dsp::harmless(x, largest_); });
    if (converter_) return converter_->put(clean_, fifo_);
    fifo_.insert(fifo_.end(), clean_.begin(), clean_.end());
    return {};
}

Result<void> CodingStage::finish() {
    finished_ = true;
    if (converter_) {
        if (auto done = converter_->finish(fifo_); !done) return done;
    }
    released_frames_ = waitingFrames();
    if (released_frames_ == 0) av_.finish();
    return {};
}

Result<void> CodingStage::sendFrame(std::size_t frames) {
    const std::size_t samples = frames * std::size_t(av_.channels());
    auto sent = av_.send(std::span(fifo_).subspan(head_, samples));
    head_ += samples;
    return sent;
}

Result<bool> CodingStage::next(bool force, AvCoded& coded) {
    if (force && !finished_) {
        if (auto done = finish(); !done) return tl::unexpected(done.error());
    }
    const auto frame = std::size_t(av_.frameSamples());
    for (;;) {
        const auto got = av_.receive(coded);
        if (!got || *got) return got;
        if (!finished_ && released_frames_ < frame) {
            const std::size_t whole = (waitingFrames() - released_frames_) / std::size_t(chunk_);
            released_frames_ += whole * std::size_t(chunk_);
        }
        if (released_frames_ == 0 || (!finished_ && released_frames_ < frame)) return false;
        const std::size_t n = std::min(frame, released_frames_);
        released_frames_ -= n;
        if (auto sent = sendFrame(n); !sent) return tl::unexpected(sent.error());
        if (finished_ && released_frames_ == 0) av_.finish();
    }
}

}  // namespace doubletalk::codec
