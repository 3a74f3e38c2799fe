// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/codec/codec_list.h"
#include "engine/core/result.h"

namespace doubletalk::codec {

/// Unit of time stamps: num / den seconds.
struct TimeBase {
    int num = 0;  ///< 0: one sample of the coded rate
    int den = 0;
};

/// A coded frame that can be sent on its own (AAC: with its ADTS header, MP3: a whole frame).
struct CodedPacket {
    std::vector<std::byte> bytes;
    std::int64_t pts = 0;  ///< [time base] of its first sample, before the codec's delay is cut
    std::int64_t duration = 0;  ///< [time base]
    int frames = 0;             ///< [samples] at the coded rate
    int skip_frames = 0;        ///< at its start: codec delay a decoder has to drop
    int discard_frames = 0;     ///< at its end: padding a decoder has to drop
};

/// What came out: a packet, nothing before more is put in, or nothing ever again.
enum class Got : std::uint8_t { packet, again, end };

struct EncoderOptions {
    CodecId codec = CodecId::mp3;
    int rate_hz = 16000;        ///< [Hz] 8000..48000, of what is put in
    int channels = 1;           ///< 1 or 2
    int bitrate_bps = 128'000;  ///< [bit/s] for the lossy codecs; Opus below 32'000 a channel is a
                                ///< coder for speech, up to 50 us beside the stated delay
    int chunk_samples = 0;  ///< [frames] collected before a packet comes out; 0: the codec's own
    TimeBase time_base;
};

/// PCM in blocks of any size in, coded packets out. Thread: user, one at a time; never rt (the
/// library allocates).
class Encoder {
public:
    /// Resamples where a codec does not know the rate. Errors: usage (rate, channels, chunk size,
    /// bit rate), unsupported (the library was built without the codec).
    [[nodiscard]] static Result<Encoder> open(const EncoderOptions& options);
    Encoder(Encoder&&) noexcept;
    Encoder& operator=(Encoder&&) noexcept;
    ~Encoder();

    /// Interleaved frames; a length that is no multiple of the channels is an error (usage).
    [[nodiscard]] Result<void> put(std::span<const float> interleaved);
    [[nodiscard]] Result<void> put(std::span<const std::int16_t> interleaved);
    /// One span a channel, all of one length.
    [[nodiscard]] Result<void> putPlanar(std::span<const std::span<const float>> channels);
    [[nodiscard]] Result<void> putPlanar(std::span<const std::span<const std::int16_t>> channels);
    /// force: gives what is left below a whole chunk, then the codec's own delay, then end.
    [[nodiscard]] Result<Got> get(CodedPacket& packet, bool force = false);

    [[nodiscard]] int codedRateHz() const;   ///< may differ from what is put in
    [[nodiscard]] int chunkSamples() const;  ///< [frames] at the coded rate
    [[nodiscard]] int delayFrames() const;   ///< [frames] at the coded rate, of the codec itself
    [[nodiscard]] std::span<const std::byte> header() const;  ///< codec set-up bytes; may be empty

private:
    struct Impl;
    explicit Encoder(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::codec
