// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/duplex/scene_run.h"
#include "engine/flow/runner.h"

namespace doubletalk::duplex {

/// An audio file as the engine takes it: mono, at an engine rate.
struct OfflineInput {
    std::vector<float> samples;
    SampleRate rate;
    int file_rate_hz = 0;
    int file_channels = 0;
    std::int64_t file_frames = 0;
};

/// Rates of the engine itself, the best one for files of another rate first.
inline constexpr std::array kEngineRatesHz{16000, 8000, 32000, 48000};

/// Reads a file and converts it: its own rate when rates_hz has it, else the first of them; the
/// mean of its channels. What was converted is told in notes.
/// Errors: those of device::readAudio; format (no audio in it). Thread: user.
[[nodiscard]] Result<OfflineInput> readForEngine(const std::filesystem::path& file,
                                                 std::span<const int> rates_hz,
                                                 std::vector<std::string>& notes);

/// Writes samples (at like.rate, as long as like.samples) with the rate and exactly the length of
/// the file like was read from; mono. Replaces the file whole or not at all.
/// Errors: io, those of device::writeAudio. Thread: user.
[[nodiscard]] Result<void> writeLike(const std::filesystem::path& file,
                                     std::span<const float> samples, const OfflineInput& like);
/// Fails early when file cannot be written: a folder or a device in its place, no folder around it,
/// an ending that says no kind of audio file. Errors: io, usage (the ending).
[[nodiscard]] Result<void> checkWritable(const std::filesystem::path& file);
/// What to answer when memory ran out over this input.
[[nodiscard]] tl::unexpected<Error> outOfMemory(const std::filesystem::path& file);

/// Carries everything from reader over the middle to writer and times it. Gives back the processor
/// time in seconds. Errors: those of flow::Runner; state "cancelled" when progress asked for the
/// end.
[[nodiscard]] Result<double> runOffline(flow::Node& reader, flow::Node& middle, flow::Node& writer,
                                        std::int64_t frames, const Progress& progress);

/// samples with lag_frames cut off at the start, cut or filled with silence to frames.
[[nodiscard]] std::vector<float> withoutLag(std::span<const float> samples, std::int64_t lag_frames,
                                            std::int64_t frames);

}  // namespace doubletalk::duplex
