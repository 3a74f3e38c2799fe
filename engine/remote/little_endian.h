// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/dsp/pcm16.h"

namespace doubletalk::remote {

static_assert(std::endian::native == std::endian::little, "samples are copied as they lie");

inline void appendFloat32(std::span<const float> samples, std::string& bytes) {
    bytes.append(reinterpret_cast<const char*>(samples.data()), samples.size_bytes());
}

/// Rounded and saturated.
inline void appendPcm16(std::span<const float> samples, std::string& bytes) {
    std::vector<std::int16_t> words(samples.size());
    dsp::toPcm16(samples, words);
    bytes.append(reinterpret_cast<const char*>(words.data()), words.size() * sizeof(words[0]));
}

/// Whole samples only; what is no number becomes 0, the rest is limited to ±1.0.
inline void appendFromFloat32(std::string_view bytes, std::vector<float>& samples) {
    const auto before = samples.size();
    samples.resize(before + bytes.size() / sizeof(float));
    const std::span added = std::span(samples).subspan(before);
    if (added.empty()) return;
    std::memcpy(added.data(), bytes.data(), added.size_bytes());
    dsp::copySanitized(added, added);
}

inline void appendFromPcm16(std::string_view bytes, std::vector<float>& samples) {
    std::vector<std::int16_t> words(bytes.size() / sizeof(std::int16_t));
    if (words.empty()) return;
    std::memcpy(words.data(), bytes.data(), words.size() * sizeof(words[0]));
    const auto before = samples.size();
    samples.resize(before + words.size());
    dsp::fromPcm16(words, std::span(samples).subspan(before));
}

}  // namespace doubletalk::remote
