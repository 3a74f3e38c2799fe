// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/codec_list.h"

#include <array>
#include <string>

namespace doubletalk::codec {
namespace {

constexpr std::array kCodecs{
    CodecRow{CodecId::pcm, "pcm", "PCM, 16 bit", "", 320, true},
    CodecRow{CodecId::mp3, "mp3", "MP3", "audio/mpeg", 1152, false},
    CodecRow{CodecId::aac, "aac", "AAC", "audio/aac", 1024, false},
    CodecRow{CodecId::opus, "opus", "Opus", "", 960, false},
    CodecRow{CodecId::flac, "flac", "FLAC", "", 4096, true},
};

}  // namespace

std::span<const CodecRow> codecs() { return kCodecs; }

const CodecRow& rowOf(CodecId id) { return kCodecs.at(std::size_t(id)); }

Result<CodecId> codecNamed(std::string_view name) {
    std::string known;
    for (const auto& row : kCodecs) {
        if (row.name == name) return row.id;
        known += (known.empty() ? "" : ", ") + std::string(row.name);
    }
    return fail(ErrorKind::usage, "there is no codec '" + std::string(name) + "'", "codec",
                "one of " + known);
}

}  // namespace doubletalk::codec
