// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "engine/codec/codec_list.h"

namespace doubletalk::codec {

/// One kind of audio file that can be read and written.
struct MediaKind {
    std::string_view name;   ///< "m4a": its ending, and what --codec takes for it
    std::string_view label;  ///< "AAC in M4A"
    std::string_view muxer;  ///< libavformat's name
    CodecId codec;
    bool exact_length;  ///< gives back exactly the frames that were written
};

[[nodiscard]] std::span<const MediaKind> mediaKinds();
/// By the name of the kind. Errors: usage (the message lists those there are).
[[nodiscard]] Result<const MediaKind*> mediaKindNamed(std::string_view name);
/// By the ending of a file to be written, in any case. Errors: usage.
[[nodiscard]] Result<const MediaKind*> mediaKindOf(const std::filesystem::path& file);

/// Endings of all files that can be read, without the dot: for filters of file dialogs.
[[nodiscard]] std::span<const std::string_view> readableEndings();
/// True: the ending is one of these, in any case.
[[nodiscard]] bool hasReadableEnding(const std::filesystem::path& file);

}  // namespace doubletalk::codec
