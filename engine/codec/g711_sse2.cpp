// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711_kernels.h"

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#include <emmintrin.h>

namespace doubletalk::codec {
namespace {

#define DT_SSE2 __attribute__((target("sse2")))
constexpr std::size_t kWidth = 16;  // samples a step

/// Eight samples to 7-bit codes, not yet inverted.
template <G711Law kLaw>
DT_SSE2 inline __m128i codesOf(__m128i pcm) noexcept {
    __m128i magnitude = _mm_xor_si128(pcm, _mm_srai_epi16(pcm, 15));
    if constexpr (kLaw == G711Law::mu) {
        magnitude = _mm_adds_epi16(magnitude, _mm_set1_epi16(kMuLawBias));
    }
    const __m128i zero = _mm_setzero_si128();
    const __m128i low = _mm_castps_si128(_mm_cvtepi32_ps(_mm_unpacklo_epi16(magnitude, zero)));
    const __m128i high = _mm_castps_si128(_mm_cvtepi32_ps(_mm_unpackhi_epi16(magnitude, zero)));
    const __m128i bits = _mm_packs_epi32(_mm_srli_epi32(low, kG711FloatShift),
                                         _mm_srli_epi32(high, kG711FloatShift));
    const __m128i steps = _mm_sub_epi16(bits, _mm_set1_epi16(kG711FloatBase));
    if constexpr (kLaw == G711Law::mu) return steps;
    const __m128i linear = _mm_min_epi16(_mm_srli_epi16(magnitude, 4), _mm_set1_epi16(15));
    return _mm_max_epi16(steps, linear);
}

template <G711Law kLaw>
DT_SSE2 inline void encodeStep(const std::int16_t* pcm, std::byte* codes) noexcept {
    const __m128i first = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pcm));
    const __m128i second = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pcm + 8));
    const __m128i packed = _mm_packus_epi16(codesOf<kLaw>(first), codesOf<kLaw>(second));
    const __m128i signs = _mm_and_si128(_mm_packs_epi16(first, second), _mm_set1_epi8(char(0x80)));
    const __m128i inversion = _mm_set1_epi8(char(g711Inversion(kLaw)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(codes),
                     _mm_xor_si128(_mm_xor_si128(packed, inversion), signs));
}

/// Four 7-bit codes in 32 bits each, to magnitudes: the float made whole again.
template <G711Law kLaw>
DT_SSE2 inline __m128i magnitudesOf(__m128i codes) noexcept {
    const __m128i middle = _mm_set1_epi32((2 * kG711FloatBase + 1) << (kG711FloatShift - 1));
    const __m128i bits = _mm_add_epi32(_mm_slli_epi32(codes, kG711FloatShift), middle);
    return _mm_cvttps_epi32(_mm_castsi128_ps(bits));
}

/// Eight codes in 16 bits each, inversion taken back; bit 7: negative.
template <G711Law kLaw>
DT_SSE2 inline __m128i samplesOf(__m128i bits) noexcept {
    const __m128i zero = _mm_setzero_si128();
    const __m128i codes = _mm_and_si128(bits, _mm_set1_epi16(0x7f));
    __m128i magnitude = _mm_packs_epi32(magnitudesOf<kLaw>(_mm_unpacklo_epi16(codes, zero)),
                                        magnitudesOf<kLaw>(_mm_unpackhi_epi16(codes, zero)));
    if constexpr (kLaw == G711Law::mu) {
        magnitude = _mm_sub_epi16(magnitude, _mm_set1_epi16(kMuLawBias));
    } else {
        // Segment 0 is linear.
        const __m128i linear = _mm_add_epi16(_mm_slli_epi16(codes, 4), _mm_set1_epi16(8));
        const __m128i in_first = _mm_cmplt_epi16(codes, _mm_set1_epi16(16));
        magnitude =
            _mm_or_si128(_mm_and_si128(in_first, linear), _mm_andnot_si128(in_first, magnitude));
    }
    const __m128i sign = _mm_srai_epi16(_mm_slli_epi16(bits, 8), 15);
    return _mm_sub_epi16(_mm_xor_si128(magnitude, sign), sign);
}

template <G711Law kLaw>
DT_SSE2 inline void decodeStep(const std::byte* codes, std::int16_t* pcm) noexcept {
    const __m128i zero = _mm_setzero_si128();
    const __m128i bits = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(codes)),
                                       _mm_set1_epi8(char(g711Inversion(kLaw))));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(pcm),
                     samplesOf<kLaw>(_mm_unpacklo_epi8(bits, zero)));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(pcm + 8),
                     samplesOf<kLaw>(_mm_unpackhi_epi8(bits, zero)));
}

template <G711Law kLaw>
DT_SSE2 void encode(const std::int16_t* pcm, std::byte* codes, std::size_t n) noexcept {
    std::size_t i = 0;
    for (; i + kWidth <= n; i += kWidth) encodeStep<kLaw>(pcm + i, codes + i);
    kG711Portable.encode[int(kLaw)](pcm + i, codes + i, n - i);
}

template <G711Law kLaw>
DT_SSE2 void decode(const std::byte* codes, std::int16_t* pcm, std::size_t n) noexcept {
    std::size_t i = 0;
    for (; i + kWidth <= n; i += kWidth) decodeStep<kLaw>(codes + i, pcm + i);
    kG711Portable.decode[int(kLaw)](codes + i, pcm + i, n - i);
}

const G711Kernel kKernel{"sse2",
                         "vector code (SSE2)",
                         {encode<G711Law::mu>, encode<G711Law::a>},
                         {decode<G711Law::mu>, decode<G711Law::a>}};

}  // namespace

const G711Kernel* g711Sse2() noexcept {
    return __builtin_cpu_supports("sse2") != 0 ? &kKernel : nullptr;
}

}  // namespace doubletalk::codec
#else
namespace doubletalk::codec {
const G711Kernel* g711Sse2() noexcept { return nullptr; }
}  // namespace doubletalk::codec
#endif
