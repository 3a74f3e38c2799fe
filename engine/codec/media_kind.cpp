// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/media_kind.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace doubletalk::codec {
namespace {

constexpr std::array kKinds{
    MediaKind{"wav", "WAV", "wav", CodecId::pcm, true},
    MediaKind{"flac", "FLAC", "flac", CodecId::flac, true},
    MediaKind{"mp3", "MP3", "mp3", CodecId::mp3, true},
    MediaKind{"aac", "AAC", "adts", CodecId::aac, false},
    MediaKind{"m4a", "AAC in M4A", "ipod", CodecId::aac, true},
    MediaKind{"opus", "Opus in Ogg", "ogg", CodecId::opus, true},
};
constexpr std::array<std::string_view, 10> kReadable{"wav", "flac", "mp3", "aac", "m4a",
                                                     "mp4", "opus", "ogg", "oga", "adts"};

std::string endingOf(const std::filesystem::path& file) {
    std::string ending = file.extension().string();
    if (!ending.empty()) ending.erase(0, 1);
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return char(std::tolower(c)); });
    return ending;
}

const MediaKind* find(std::string_view name) {
    if (name == "pcm") name = "wav";
    if (name == "ogg" || name == "oga") name = "opus";
    if (name == "mp4") name = "m4a";
    if (name == "adts") name = "aac";
    const auto row = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](const MediaKind& kind) { return kind.name == name; });
    return row == kKinds.end() ? nullptr : &*row;
}

std::string known() {
    std::string names;
    for (const auto& kind : kKinds) {
        names += (names.empty() ? "" : ", ") + std::string(kind.name);
    }
    return names;
}

}  // namespace

std::span<const MediaKind> mediaKinds() { return kKinds; }

Result<const MediaKind*> mediaKindNamed(std::string_view name) {
    if (const auto* kind = find(name)) return kind;
    return fail(ErrorKind::usage,
                "there is no kind of audio file called '" + std::string(name) + "'", "codec",
                "one of " + known());
}

Result<const MediaKind*> mediaKindOf(const std::filesystem::path& file) {
    if (const auto* kind = find(endingOf(file))) return kind;
    return fail(ErrorKind::usage, "the ending of the name says no kind of audio file",
                file.string(), "end it in one of " + known());
}

std::span<const std::string_view> readableEndings() { return kReadable; }

bool hasReadableEnding(const std::filesystem::path& file) {
    return std::find(kReadable.begin(), kReadable.end(), endingOf(file)) != kReadable.end();
}

}  // namespace doubletalk::codec
