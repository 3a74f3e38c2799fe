// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/result.h"

namespace doubletalk::codec {

enum class CodecId : std::uint8_t { pcm, mp3, aac, opus, flac };

/// One coding: what people call it and what it needs when nothing is said.
struct CodecRow {
    CodecId id;
    std::string_view name;       ///< "mp3"; also what --codec takes
    std::string_view label;      ///< "MP3"
    std::string_view mime_type;  ///< of the bare stream, "audio/mpeg"; empty: not for browsers
    int chunk_samples;           ///< default frames of one packet
    bool lossless;
};

/// One row per codec, in the order of the enum.
[[nodiscard]] std::span<const CodecRow> codecs();
[[nodiscard]] const CodecRow& rowOf(CodecId id);
/// Errors: usage (an unknown name; the message lists those there are).
[[nodiscard]] Result<CodecId> codecNamed(std::string_view name);

}  // namespace doubletalk::codec
