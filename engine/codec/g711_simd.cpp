// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <bit>

#include "engine/codec/g711_kernels.h"

namespace doubletalk::codec {
namespace {

constexpr int kLargest = 0x7fff;

/// A float's exponent is the segment and its fraction begins with the step, so converting a sample
/// does the search. No branch, no table: compilers turn the loops into vector code.
template <G711Law kLaw>
void encode(const std::int16_t* pcm, std::byte* codes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const int sign = pcm[i] >> 15;
        const int magnitude = pcm[i] ^ sign;
        int code = 0;
        if constexpr (kLaw == G711Law::mu) {
            const int biased =
                magnitude + kMuLawBias < kLargest ? magnitude + kMuLawBias : kLargest;
            code = (std::bit_cast<std::int32_t>(float(biased)) >> kG711FloatShift) - kG711FloatBase;
        } else {
            // Segment 0 is linear. There the float's code is the smaller one, elsewhere the larger.
            const int linear = magnitude >> 4 < 15 ? magnitude >> 4 : 15;
            const int steps =
                (std::bit_cast<std::int32_t>(float(magnitude)) >> kG711FloatShift) - kG711FloatBase;
            code = steps > linear ? steps : linear;
        }
        codes[i] = std::byte(code ^ g711Inversion(kLaw) ^ (sign & 0x80));
    }
}

template <G711Law kLaw>
void decode(const std::byte* codes, std::int16_t* pcm, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const int bits = int(codes[i]) ^ g711Inversion(kLaw);  // bit 7: negative
        const int code = bits & 0x7f;
        // The same float, with one more bit for the middle of the step.
        const int middle = 2 * (code + kG711FloatBase) + 1;
        int magnitude = int(std::bit_cast<float>(middle << (kG711FloatShift - 1)));
        if constexpr (kLaw == G711Law::mu) {
            magnitude -= kMuLawBias;
        } else {
            magnitude = code < 16 ? code * 16 + 8 : magnitude;
        }
        const int sign = -(bits >> 7);
        pcm[i] = std::int16_t((magnitude ^ sign) - sign);
    }
}

struct Kernels {
    std::array<const G711Kernel*, 5> rows{};
    std::size_t count = 0;
};

Kernels findKernels() noexcept {
    Kernels found;
    for (const G711Kernel* kernel :
         {&kG711Portable, g711Neon(), g711Sse2(), g711Avx2(), g711Avx512()}) {
        if (kernel != nullptr) found.rows[found.count++] = kernel;
    }
    return found;
}

}  // namespace

const G711Kernel kG711Portable{"portable",
                               "vector code (portable)",
                               {encode<G711Law::mu>, encode<G711Law::a>},
                               {decode<G711Law::mu>, decode<G711Law::a>}};

std::span<const G711Kernel* const> g711SimdKernels() noexcept {
    static const Kernels found = findKernels();
    return std::span(found.rows).first(found.count);
}

}  // namespace doubletalk::codec
