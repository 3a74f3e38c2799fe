// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "engine/codec/g711_kernels.h"

namespace doubletalk::codec {

/// Decoding with tables of 16 bytes, as byte shuffles have them: a sample is
///   (step * scale + base * base_scale) << kShift
/// where the low half of the code gives step, the upper half (sign and segment) the rest.
template <G711Law kLaw>
struct G711Nibbles {
    static constexpr int kShift = kLaw == G711Law::mu ? 2 : 3;

    using Table = std::array<std::uint8_t, 16>;
    Table step{};        ///< by the low half, without the sample's sign
    Table scale{};       ///< by the upper half, 1..128
    Table base_scale{};  ///< likewise; may be 0
    Table base{};        ///< likewise, signed; its sign belongs to step too

    constexpr G711Nibbles() {
        const int inversion = g711Inversion(kLaw);
        for (int i = 0; i < 16; ++i) {
            const int low = (i ^ inversion) & 15;
            const int segment = (i ^ inversion >> 4) & 7;
            const int sign = i < 8 ? -1 : 1;
            auto& first = step[std::size_t(i)];
            if constexpr (kLaw == G711Law::mu) {
                // sign * ((2 low + 33) * 2^segment - 33): base has the other sign.
                first = std::uint8_t(-(2 * low + 33));
                scale[std::size_t(i)] = std::uint8_t(1 << segment);
                base_scale[std::size_t(i)] = 1;
                base[std::size_t(i)] = std::uint8_t(-33 * sign);
            } else {
                // sign * (2 low + 1 + 32 but in segment 0) * 2^(segment - 1 but in segment 0)
                first = std::uint8_t(2 * low + 1);
                scale[std::size_t(i)] = std::uint8_t(segment > 0 ? 1 << (segment - 1) : 1);
                base_scale[std::size_t(i)] = std::uint8_t(segment > 0 ? 1 << (segment - 1) : 0);
                base[std::size_t(i)] = std::uint8_t(32 * sign);
            }
        }
    }
};

template <G711Law kLaw>
inline constexpr G711Nibbles<kLaw> kG711Nibbles{};

}  // namespace doubletalk::codec
