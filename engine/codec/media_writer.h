// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "engine/codec/av_io.h"
#include "engine/codec/media_kind.h"

namespace doubletalk::codec {

inline constexpr int kMinWrittenRateHz = 8000;
inline constexpr int kMaxWrittenRateHz = 192'000;

struct MediaWriterOptions {
    const MediaKind* kind = nullptr;  ///< nothing: by the ending of the file's name
    int rate_hz = 16000;              ///< [Hz] of what is put in
    int channels = 1;                 ///< 1 or 2; WAV and FLAC up to 8
    int bitrate_bps = 128'000;        ///< [bit/s] for the lossy codecs
    int bits = 16;                    ///< of WAV (16, 24, 32: float) and FLAC (16, 24)
    int chunk_samples = 0;            ///< [frames] of a coded frame; 0: the codec's own
};

/// Writes an audio file piece by piece: WAV, FLAC, MP3 with its length tag, AAC in ADTS or M4A,
/// Opus in Ogg. A file replaces the one before it whole, in finish(), or not at all. Thread: user;
/// it allocates and waits for the disk, so never rt or worker.
class MediaWriter {
public:
    /// Errors: usage (ending, rate, channels, bit rate, chunk size), io, unsupported.
    [[nodiscard]] static Result<MediaWriter> open(const std::filesystem::path& file,
                                                  const MediaWriterOptions& options);
    /// Into functions; options.kind is needed. Without seek the length is not written into WAV,
    /// FLAC and MP3, and M4A is kept in memory until finish().
    [[nodiscard]] static Result<MediaWriter> open(MediaSink sink, const std::string& where,
                                                  const MediaWriterOptions& options);
    MediaWriter(MediaWriter&&) noexcept;
    MediaWriter& operator=(MediaWriter&&) noexcept;
    /// Without finish() no file appears.
    ~MediaWriter();

    /// Interleaved. Errors: usage (no whole frames), io, state (after finish).
    [[nodiscard]] Result<void> put(std::span<const float> interleaved);
    /// Errors: io; usage (nothing was put).
    [[nodiscard]] Result<void> finish();

    [[nodiscard]] int codedRateHz() const;
    [[nodiscard]] std::int64_t bytesWritten() const;

private:
    struct Impl;
    explicit MediaWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::codec
