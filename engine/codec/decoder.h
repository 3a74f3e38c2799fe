// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/codec/encoder.h"

namespace doubletalk::codec {

/// Decoded audio, interleaved.
template <class Sample>
struct Chunk {
    std::vector<Sample> samples;
    int rate_hz = 0;
    int channels = 0;
    std::int64_t first_frame = 0;  ///< counted from the beginning of what came out
};
using PcmChunk = Chunk<float>;
using Pcm16Chunk = Chunk<std::int16_t>;

struct DecoderOptions {
    std::optional<CodecId> codec;   ///< nothing: found out from the first bytes of a stream
    std::vector<std::byte> header;  ///< for packets: Encoder::header()
    int packet_rate_hz = 0;         ///< [Hz] for packets of PCM and Opus: Encoder::codedRateHz()
    int packet_channels = 0;        ///< for packets of PCM and Opus: the encoder's
    int rate_hz = 0;                ///< [Hz] of what comes out, up to 48000; 0: as coded
    int channels = 0;       ///< what comes out: 1 (mean), 2 (downmix), copies of one; 0: as coded
    int chunk_samples = 0;  ///< [frames] of every chunk but the last; 0: as they come
};

/// Coded packets, or a stream of bytes in pieces of any size, in; PCM out, without the codec's
/// delay and padding where the packets or the stream tell them. Streams: MP3 (with its length tag),
/// AAC in ADTS, Opus in Ogg, FLAC, WAV. Thread: user, one at a time; never rt (the library
/// allocates).
class Decoder {
public:
    /// Errors: usage (rate, channels, chunk size), unsupported (the library was built without it).
    [[nodiscard]] static Result<Decoder> open(const DecoderOptions& options);
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;
    ~Decoder();

    /// One packet of an Encoder; what it holds behind its frames is dropped. Errors: format
    /// (damaged; the next packet may be put), usage (options say too little of packets), state.
    [[nodiscard]] Result<void> put(const CodedPacket& packet);
    /// A piece of a stream. Not to be mixed with packets. Errors: format (damaged, not this kind of
    /// stream): everything that could be read is there, and pieces that follow may be put; state.
    /// A piece that holds millions of samples is decoded in parts as these are taken; what is
    /// damaged in the later parts is told in place of end.
    [[nodiscard]] Result<void> put(std::span<const std::byte> piece);
    /// force: nothing more comes; gives the rest, then end. A stream that was cut off gives all it
    /// has, then an error (format) in place of end.
    [[nodiscard]] Result<Got> get(PcmChunk& chunk, bool force = false);
    [[nodiscard]] Result<Got> get(Pcm16Chunk& chunk, bool force = false);

private:
    struct Impl;
    explicit Decoder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::codec
