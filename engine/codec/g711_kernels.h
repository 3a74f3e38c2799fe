// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/codec/g711.h"

namespace doubletalk::codec {

/// Magnitude codes out of a float: the exponent and the first four bits of the fraction, less this,
/// are segment and step. Holds for both laws, in A-law from segment 1 on.
inline constexpr int kG711FloatShift = 19;
inline constexpr int kG711FloatBase = 134 << 4;
inline constexpr int kMuLawBias = 132;  ///< 33 at 14 bit
/// Added to both the ends of a code: the line's inversion, for positive samples.
[[nodiscard]] constexpr int g711Inversion(G711Law law) { return law == G711Law::mu ? 0xff : 0xd5; }

/// One implementation of both laws. in and out may not overlap.
struct G711Kernel {
    using Encode = void (*)(const std::int16_t* pcm, std::byte* codes, std::size_t n) noexcept;
    using Decode = void (*)(const std::byte* codes, std::int16_t* pcm, std::size_t n) noexcept;

    std::string_view name;
    std::string_view detail;
    Encode encode[2];  ///< [law]
    Decode decode[2];
};

/// Straight from the Recommendation: the reference of all others.
extern const G711Kernel kG711Scalar;
/// 16-KiB (mu) and 4-KiB (A) tables for encoding, 512 bytes for decoding.
extern const G711Kernel kG711Table;
/// Written so that a compiler makes vector code of it for whatever it builds for.
extern const G711Kernel kG711Portable;

/// Vector kernels for special processors: null when not built for, or not offered by this one.
[[nodiscard]] const G711Kernel* g711Sse2() noexcept;
[[nodiscard]] const G711Kernel* g711Avx2() noexcept;
[[nodiscard]] const G711Kernel* g711Avx512() noexcept;
[[nodiscard]] const G711Kernel* g711Neon() noexcept;

/// The vector kernels that run here, slowest first; never empty.
[[nodiscard]] std::span<const G711Kernel* const> g711SimdKernels() noexcept;

}  // namespace doubletalk::codec
