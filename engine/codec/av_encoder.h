// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "engine/codec/av_handles.h"
#include "engine/codec/codec_list.h"

namespace doubletalk::codec {

struct AvEncoderOptions {
    CodecId codec = CodecId::mp3;
    int rate_hz = 16000;         ///< one the codec knows: codedRate()
    int channels = 1;            ///< 1 or 2; lossless codecs: up to 8
    int bitrate_bps = 128'000;   ///< [bit/s] for the lossy ones
    int frame_samples = 0;       ///< wish; 0: the codec's own. What it became: frameSamples()
    int bits = 16;               ///< 16 or 24; pcm also 32: float
    bool self_contained = true;  ///< MP3: no frame needs the one before it (no bit reservoir)
};

/// The rate a codec is run at for audio of rate_hz: that rate, or the next higher one it knows.
[[nodiscard]] int codedRate(CodecId codec, int rate_hz);

/// One coded frame and where it lies. Position 0 is the codec's first output frame; the input
/// begins at delayFrames().
struct AvCoded {
    PacketPtr packet;
    std::int64_t position = 0;  ///< [frames]
    int frames = 0;
    int skip_frames = 0;     ///< at its start
    int discard_frames = 0;  ///< at its end
};

/// One encoder of libavcodec: whole frames in, coded frames out, delay and padding accounted for.
/// Thread: user.
class AvEncoder {
public:
    /// Errors: usage (bit rate, bits), unsupported (not in this build of the library).
    [[nodiscard]] static Result<AvEncoder> open(const AvEncoderOptions& options);

    /// frameSamples() frames, interleaved; fewer only once, at the end. Errors: internal.
    [[nodiscard]] Result<void> send(std::span<const float> interleaved);
    /// Tells that everything was sent: from now on send() silence is made here.
    void finish();
    /// False: nothing before more is sent, or (after finish()) nothing ever again.
    [[nodiscard]] Result<bool> receive(AvCoded& coded);
    /// After the last frame: what the library tells at its very end (FLAC: the checksum). May be
    /// empty.
    [[nodiscard]] std::vector<std::byte> closingSetup();

    [[nodiscard]] const AVCodecContext& context() const { return *context_; }
    [[nodiscard]] int rateHz() const { return options_.rate_hz; }
    [[nodiscard]] int channels() const { return options_.channels; }
    [[nodiscard]] int frameSamples() const { return frame_samples_; }
    [[nodiscard]] int delayFrames() const;
    /// The codec's own set-up bytes, as a container holds them.
    [[nodiscard]] std::span<const std::byte> setup() const;

private:
    AvEncoder(const AvEncoderOptions& options, CodecContextPtr context, int frame_samples);
    [[nodiscard]] Result<void> sendFrame(std::span<const float> interleaved);
    [[nodiscard]] Result<bool> receiveOne(AvCoded& coded);

    AvEncoderOptions options_;
    CodecContextPtr context_;
    int frame_samples_;
    bool short_last_;       ///< the codec takes a short last frame
    std::deque<int> sent_;  ///< [frames] of each frame whose packet has not come yet
    std::int64_t frames_in_ = 0;
    std::int64_t frames_sent_ = 0;
    std::int64_t position_ = 0;
    bool finished_ = false;
};

}  // namespace doubletalk::codec
