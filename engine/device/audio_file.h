// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::device {

/// A whole file in memory, interleaved, float ±1.0.
struct AudioData {
    int rate_hz = 0;
    int channels = 0;
    std::vector<float> samples;
    [[nodiscard]] std::int64_t frames() const {
        return channels > 0 ? std::int64_t(samples.size()) / channels : 0;
    }
};

/// Reads WAV / RF64 / FLAC, and by the ending MP3, AAC, M4A, Opus (codec::readableEndings()), of
/// any rate and channel count; .raw is 16 kHz 16-bit mono little endian. NaN, infinite and denormal
/// samples become 0, finite ones are kept within ±1000. Errors: missing, empty, truncated, unknown
/// format, larger than max_frames; each says what to do.
[[nodiscard]] Result<AudioData> readAudio(const std::filesystem::path& file,
                                          std::int64_t max_frames = std::int64_t(1) << 31);
/// The mean of all channels at rate_hz.
[[nodiscard]] Result<std::vector<float>> readMono(const std::filesystem::path& file, int rate_hz);
/// Writes by the ending: WAV (16-bit or 32-bit float), FLAC, MP3, AAC, M4A, Opus; replaces the file
/// whole or not at all. Errors: usage (another ending), io.
[[nodiscard]] Result<void> writeAudio(const std::filesystem::path& file, const AudioData& audio,
                                      bool float_samples = false);

}  // namespace doubletalk::device
