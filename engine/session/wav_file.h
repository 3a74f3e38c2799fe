// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/session/output_file.h"

namespace doubletalk::session {

/// A growing 32-bit float WAV (RF64 above 4 GiB, no PEAK chunk). Thread: disk.
class WavWriter {
public:
    /// Errors: not writable, impossible rate or channel count.
    [[nodiscard]] static Result<WavWriter> create(const std::filesystem::path& path, int rate_hz,
                                                  int channels);
    /// Whole frames, interleaved. Errors: disk full.
    [[nodiscard]] Result<void> write(std::span<const float> interleaved);
    /// Makes the header say what was written, so that a kill leaves a readable file.
    [[nodiscard]] Result<void> updateHeader();
    [[nodiscard]] Result<void> close();
    [[nodiscard]] std::int64_t frames() const { return frames_; }
    [[nodiscard]] int channels() const { return channels_; }

private:
    OutputFile file_;
    int rate_hz_ = 0;
    int channels_ = 0;
    std::int64_t frames_ = 0;
};

/// A WAV read piece by piece.
class WavReader {
public:
    /// Errors: missing, no WAV. channels 0: any.
    [[nodiscard]] static Result<WavReader> open(const std::filesystem::path& path, int channels);
    /// Fills out (interleaved) with whole frames; returns the frames got, 0 at the end.
    [[nodiscard]] std::int64_t read(std::span<float> interleaved);
    [[nodiscard]] int rateHz() const { return rate_hz_; }
    [[nodiscard]] int channels() const { return channels_; }
    /// As the header says, at most what the file can hold.
    [[nodiscard]] std::int64_t frames() const { return frames_; }

private:
    struct Close {
        void operator()(void* file) const noexcept;
    };
    std::unique_ptr<void, Close> file_;
    int rate_hz_ = 0;
    int channels_ = 0;
    std::int64_t frames_ = 0;
};

/// One whole file with one channel, written at once. Errors: exists, disk full.
[[nodiscard]] Result<void> writeMonoWav(const std::filesystem::path& path, int rate_hz,
                                        std::span<const float> samples);
/// One vector a channel, at most max_samples in all. rate_hz is set. Errors: missing, no WAV,
/// larger.
[[nodiscard]] Result<std::vector<std::vector<float>>> readWav(const std::filesystem::path& path,
                                                              int channels,
                                                              std::int64_t max_samples,
                                                              int& rate_hz);

}  // namespace doubletalk::session
