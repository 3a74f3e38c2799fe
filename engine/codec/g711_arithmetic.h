// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/codec/g711.h"

namespace doubletalk::codec {

/// Segments are doubling ranges of magnitude, cut into 16 equal steps each. Samples are 14 bit in
/// mu-law (13 in A-law), left-justified in 16. A negative one is complemented, not negated, so that
/// -1 falls into the same step as 0. Ref: ITU-T G.711 tables 1a to 2b.
[[nodiscard]] constexpr std::uint8_t muLawCode(std::int16_t sample) noexcept {
    const int magnitude = (sample < 0 ? ~sample : sample) >> 2;
    const int biased = magnitude + 33 < 0x1fff ? magnitude + 33 : 0x1fff;
    int segment = 0;
    while (biased >> (segment + 6) != 0) ++segment;
    const int step = (biased >> (segment + 1)) & 15;
    return std::uint8_t(~(segment << 4 | step) & (sample < 0 ? 0x7f : 0xff));
}

[[nodiscard]] constexpr std::int16_t muLawSample(std::uint8_t code) noexcept {
    const int bits = ~code;
    const int segment = (bits >> 4) & 7;
    const int step = bits & 15;
    // Middle of the step: (step + 16.5) * 2^segment, less the bias, at 14 bit.
    const int magnitude = ((2 * step + 33) << segment) - 33;
    return std::int16_t(4 * (code < 0x80 ? -magnitude : magnitude));
}

[[nodiscard]] constexpr std::uint8_t aLawCode(std::int16_t sample) noexcept {
    const int magnitude = (sample < 0 ? ~sample : sample) >> 4;
    int segment = 0;
    while (magnitude >> (segment + 4) != 0) ++segment;
    // Segments 0 and 1 have the same step.
    const int step = magnitude >> (segment > 0 ? segment - 1 : 0) & 15;
    return std::uint8_t((segment << 4 | step | (sample < 0 ? 0 : 0x80)) ^ 0x55);
}

[[nodiscard]] constexpr std::int16_t aLawSample(std::uint8_t code) noexcept {
    const int bits = code ^ 0x55;
    const int segment = (bits >> 4) & 7;
    const int step = (bits & 15) + (segment > 0 ? 16 : 0);
    const int magnitude = (2 * step + 1) << (segment > 0 ? segment + 2 : 3);
    return std::int16_t(code < 0x80 ? -magnitude : magnitude);
}

template <G711Law kLaw>
[[nodiscard]] constexpr std::uint8_t g711Code(std::int16_t sample) noexcept {
    return kLaw == G711Law::mu ? muLawCode(sample) : aLawCode(sample);
}
template <G711Law kLaw>
[[nodiscard]] constexpr std::int16_t g711Sample(std::uint8_t code) noexcept {
    return kLaw == G711Law::mu ? muLawSample(code) : aLawSample(code);
}

}  // namespace doubletalk::codec
