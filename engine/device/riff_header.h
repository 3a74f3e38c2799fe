// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace doubletalk::device {

/// What the header of a WAV or RF64 file promises, whether or not it is there.
struct RiffHeader {
    int frame_bytes = 0;                      ///< bytes of one frame
    std::optional<std::uint64_t> data_bytes;  ///< nothing: the writer never filled it in
};

/// Walks the chunks up to "data". Nothing when this is no RIFF or RF64 file with a format chunk.
/// Ref: Microsoft & IBM, Multimedia Programming Interface 1.0 (1991); EBU Tech 3306.
[[nodiscard]] std::optional<RiffHeader> readRiffHeader(const std::filesystem::path& file);

}  // namespace doubletalk::device
