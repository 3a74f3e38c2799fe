// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/codec/av_handles.h"

struct AVCodecParameters;

namespace doubletalk::codec {

/// Names libavcodec's decoder and what it has to know before the first frame.
struct AvDecoderOptions {
    std::string name;  ///< "mp3float", "pcm_s16le"
    int rate_hz = 0;   ///< 0: the frames say it
    int channels = 0;
    int bits = 0;  ///< a sample, where frames do not say
    std::vector<std::byte> setup;
};

/// One decoder of libavcodec: coded frames in, interleaved floats out. Skips nothing by itself.
/// Thread: user.
class AvDecoder {
public:
    /// Errors: unsupported (not in this build), format (set-up bytes).
    [[nodiscard]] static Result<AvDecoder> open(const AvDecoderOptions& options);
    /// For a stream of a file.
    [[nodiscard]] static Result<AvDecoder> open(const AVCodecParameters& parameters);
    /// Appends what one coded frame holds. Errors: format (damaged), unsupported.
    [[nodiscard]] Result<void> decode(std::span<const std::byte> coded, std::vector<float>& out);
    /// The same for a packet of a file; nullptr: what the decoder still holds.
    [[nodiscard]] Result<void> decode(const AVPacket* packet, std::vector<float>& out);
    /// Forgets what came before: another stream begins.
    void restart();
    /// Of what came last; 0 before the first frame.
    [[nodiscard]] int rateHz() const { return rate_hz_; }
    [[nodiscard]] int channels() const { return channels_; }
    /// Which channels these are, as libavutil numbers them; 0: nobody says.
    [[nodiscard]] std::uint64_t speakers() const { return speakers_; }

private:
    explicit AvDecoder(CodecContextPtr context);
    CodecContextPtr context_;
    FramePtr frame_;
    int rate_hz_ = 0;
    int channels_ = 0;
    std::uint64_t speakers_ = 0;
};

}  // namespace doubletalk::codec
