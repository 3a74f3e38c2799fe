// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "engine/codec/av_encoder.h"
#include "engine/codec/rate_converter.h"

namespace doubletalk::codec {

/// PCM of any block size at any rate in, coded frames out: resampling, the queue of samples in
/// front of the codec, the end. Thread: user.
class CodingStage {
public:
    /// options.rate_hz: of what is put in; the codec runs at codedRate() of it. chunk: [frames]
    /// collected before any is coded. Errors: those of AvEncoder::open().
    [[nodiscard]] static Result<CodingStage> open(AvEncoderOptions options, int chunk);
    /// Interleaved; NaN and infinity become 0, the rest is kept within what every encoder takes.
    /// Errors: usage (no whole frames), state (after force).
    [[nodiscard]] Result<void> put(std::span<const float> interleaved);
    /// False: more is needed, or (after force) there is nothing more.
    [[nodiscard]] Result<bool> next(bool force, AvCoded& coded);

    [[nodiscard]] bool finished() const { return finished_; }
    [[nodiscard]] int chunkSamples() const { return chunk_; }
    [[nodiscard]] AvEncoder& encoder() { return av_; }
    [[nodiscard]] const AvEncoder& encoder() const { return av_; }

private:
    CodingStage(AvEncoder av, int chunk, float largest)
        : av_(std::move(av)), chunk_(chunk), largest_(largest) {}
    [[nodiscard]] std::size_t waitingFrames() const;
    [[nodiscard]] Result<void> finish();
    [[nodiscard]] Result<void> sendFrame(std::size_t frames);

    AvEncoder av_;
    int chunk_;
    float largest_;  ///< no sample is larger
    std::optional<RateConverter> converter_;
    std::vector<float> clean_;  ///< what is put in, harmless
    std::vector<float> fifo_;   ///< interleaved, at the coded rate; before head_ it is used up
    std::size_t head_ = 0;
    std::size_t released_frames_ = 0;  ///< of the queue, in whole chunks: may be coded
    bool finished_ = false;
};

}  // namespace doubletalk::codec
