// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>

namespace doubletalk::codec {

/// What the header of a WAV, RF64 or W64 file promises, whether or not it is there.
struct RiffHeader {
    int frame_bytes = 0;                      ///< bytes of one frame
    bool compressed = false;                  ///< the frames hold more than one sample a channel
    std::optional<std::uint64_t> data_bytes;  ///< nothing: the writer never filled it in
    /// [samples a channel] Nothing: it does not say.
    [[nodiscard]] std::optional<std::int64_t> frames() const;
};

/// Bytes from a position in the file; says how many there are.
using ReadAt = std::function<std::size_t(std::uint64_t position, std::span<std::byte> to)>;

/// Walks the chunks up to "data". Nothing when this is no RIFF, RF64 or W64 file with a format
/// chunk. Ref: Microsoft & IBM, Multimedia Programming Interface 1.0 (1991); EBU Tech 3306; Sony
/// Pictures Digital, Wave64 file format.
[[nodiscard]] std::optional<RiffHeader> readRiffHeader(const ReadAt& read);
[[nodiscard]] std::optional<RiffHeader> readRiffHeader(const std::filesystem::path& file);

}  // namespace doubletalk::codec
