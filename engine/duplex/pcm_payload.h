// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/dsp/pcm16.h"

namespace doubletalk::duplex {

/// Samples as the payload of a pcm16 packet (little endian). Allocates.
[[nodiscard]] inline std::vector<std::byte> toPcm16Payload(std::span<const float> samples) {
    std::vector<std::int16_t> words(samples.size());
    dsp::toPcm16(samples, words);
    std::vector<std::byte> bytes;
    bytes.reserve(words.size() * 2);
    for (const auto word : words) {
        const auto bits = static_cast<std::uint16_t>(word);
        bytes.push_back(std::byte(bits & 0xff));
        bytes.push_back(std::byte(bits >> 8));
    }
    return bytes;
}

}  // namespace doubletalk::duplex
