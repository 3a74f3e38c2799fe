// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "engine/codec/av_io.h"
#include "engine/codec/decoder.h"

namespace doubletalk::codec {

/// What is known of a file once it is open.
struct MediaInfo {
    std::string format;                  ///< libavformat's name: "mp3", "ogg"
    std::string codec;                   ///< libavcodec's name: "mp3float", "pcm_s16le"
    int rate_hz = 0;                     ///< [Hz] of what comes out
    int channels = 0;                    ///< of what comes out
    int bits = 16;                       ///< a sample, where the codec keeps them; 32: float
    std::optional<std::int64_t> frames;  ///< [frames] of what comes out, as the file states it
};

struct MediaReaderOptions {
    int rate_hz = 0;        ///< [Hz] of what comes out; 0: the file's (Opus: what was put in)
    int channels = 0;       ///< 1 (the mean), 2 (the downmix), copies of one; 0: the file's
    int chunk_samples = 0;  ///< [frames] of every chunk but the last; 0: as they come
};

/// Reads an audio file piece by piece: MP3, AAC in ADTS or M4A, Opus in Ogg, FLAC, WAV, of any rate
/// and channel count. Codec delay and padding are cut where the file states them. Thread: user; it
/// allocates and waits for the source, so never rt or worker.
class MediaReader {
public:
    /// Errors: not_found, io, format (no such file, damaged), unsupported (codec, channels).
    [[nodiscard]] static Result<MediaReader> open(const std::filesystem::path& file,
                                                  const MediaReaderOptions& options = {});
    /// From functions; where is what errors call it.
    [[nodiscard]] static Result<MediaReader> open(MediaSource source, const std::string& where,
                                                  const MediaReaderOptions& options = {});
    MediaReader(MediaReader&&) noexcept;
    MediaReader& operator=(MediaReader&&) noexcept;
    ~MediaReader();

    [[nodiscard]] const MediaInfo& info() const;
    /// packet: a chunk; end: all were given. Errors: format (damaged, cut off: what could be read
    /// came before), io.
    [[nodiscard]] Result<Got> get(PcmChunk& chunk);
    /// 0..1, by bytes; 0 where the length of the source is not known.
    [[nodiscard]] double doneRatio() const;

private:
    struct Impl;
    explicit MediaReader(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::codec
