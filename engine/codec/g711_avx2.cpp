// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711_kernels.h"

#if defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__))
#include <immintrin.h>

#include "engine/codec/g711_nibbles.h"

namespace doubletalk::codec {
namespace {

#define DT_AVX2 __attribute__((target("avx2")))
constexpr std::size_t kWidth = 32;       // samples a step
constexpr int kInOrder = 0b11'01'10'00;  // undoes what work in 128-bit halves does to the order

/// Magnitudes of sixteen samples, with the bias of mu-law.
template <G711Law kLaw>
DT_AVX2 inline __m256i magnitudesOf(__m256i pcm) noexcept {
    const __m256i magnitude = _mm256_max_epi16(pcm, _mm256_xor_si256(pcm, _mm256_set1_epi16(-1)));
    if constexpr (kLaw == G711Law::a) return magnitude;
    return _mm256_adds_epi16(magnitude, _mm256_set1_epi16(kMuLawBias));
}

/// Sixteen magnitudes to 7-bit codes; below 0 in A-law's segment 0.
DT_AVX2 inline __m256i stepsOf(__m256i magnitude) noexcept {
    // Odd samples stay where they are, 2^16 times as large: the even one below changes only bits
    // that no code depends on, and its own uppermost bit is 0, so rounding does not carry over.
    constexpr int kOddBase = kG711FloatBase + (16 << 4);
    const __m256i base = _mm256_set1_epi32(kOddBase << 16 | kG711FloatBase);
    const __m256i even = _mm256_and_si256(magnitude, _mm256_set1_epi32(0xffff));
    const __m256i even_bits = _mm256_castps_si256(_mm256_cvtepi32_ps(even));
    const __m256i odd_bits = _mm256_castps_si256(_mm256_cvtepi32_ps(magnitude));
    const __m256i bits =
        _mm256_blend_epi16(_mm256_srli_epi32(even_bits, kG711FloatShift),
                           _mm256_srli_epi32(odd_bits, kG711FloatShift - 16), 0b10101010);
    return _mm256_sub_epi16(bits, base);
}

template <G711Law kLaw>
DT_AVX2 inline void encodeStep(const std::int16_t* pcm, std::byte* codes) noexcept {
    const __m256i first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(pcm));
    const __m256i second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(pcm + 16));
    const __m256i first_magnitude = magnitudesOf<kLaw>(first);
    const __m256i second_magnitude = magnitudesOf<kLaw>(second);
    __m256i packed = _mm256_packus_epi16(stepsOf(first_magnitude), stepsOf(second_magnitude));
    if constexpr (kLaw == G711Law::a) {
        // Segment 0 is linear. There the float's code is the smaller one, elsewhere the larger.
        const __m256i linear = _mm256_packus_epi16(_mm256_srli_epi16(first_magnitude, 4),
                                                   _mm256_srli_epi16(second_magnitude, 4));
        packed = _mm256_max_epu8(packed, _mm256_min_epu8(linear, _mm256_set1_epi8(15)));
    }
    const __m256i signs =
        _mm256_and_si256(_mm256_packs_epi16(first, second), _mm256_set1_epi8(char(0x80)));
    const __m256i inverted = _mm256_xor_si256(packed, _mm256_set1_epi8(char(g711Inversion(kLaw))));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(codes),
                        _mm256_permute4x64_epi64(_mm256_xor_si256(inverted, signs), kInOrder));
}

DT_AVX2 inline __m256i twice(const std::array<std::uint8_t, 16>& table) noexcept {
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

/// Interleaved: scale and base_scale, step and base.
DT_AVX2 inline __m256i samplesOf(__m256i scales, __m256i values, int shift) noexcept {
    return _mm256_slli_epi16(_mm256_maddubs_epi16(scales, values), shift);
}

template <G711Law kLaw>
DT_AVX2 inline void decodeStep(const std::byte* codes, std::int16_t* pcm) noexcept {
    constexpr const auto& kTables = kG711Nibbles<kLaw>;
    const __m256i loaded = _mm256_permute4x64_epi64(
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(codes)), kInOrder);
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256i low = _mm256_and_si256(loaded, nibble);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(loaded, 4), nibble);
    const __m256i base = _mm256_shuffle_epi8(twice(kTables.base), high);
    const __m256i scale = _mm256_shuffle_epi8(twice(kTables.scale), high);
    const __m256i base_scale = kLaw == G711Law::mu
                                   ? _mm256_set1_epi8(1)
                                   : _mm256_shuffle_epi8(twice(kTables.base_scale), high);
    const __m256i step = _mm256_sign_epi8(_mm256_shuffle_epi8(twice(kTables.step), low), base);
    auto* out = reinterpret_cast<__m256i*>(pcm);
    _mm256_storeu_si256(out, samplesOf(_mm256_unpacklo_epi8(scale, base_scale),
                                       _mm256_unpacklo_epi8(step, base), kTables.kShift));
    _mm256_storeu_si256(out + 1, samplesOf(_mm256_unpackhi_epi8(scale, base_scale),
                                           _mm256_unpackhi_epi8(step, base), kTables.kShift));
}

template <G711Law kLaw>
DT_AVX2 void encode(const std::int16_t* pcm, std::byte* codes, std::size_t n) noexcept {
    std::size_t i = 0;
    for (; i + kWidth <= n; i += kWidth) encodeStep<kLaw>(pcm + i, codes + i);
    kG711Portable.encode[int(kLaw)](pcm + i, codes + i, n - i);
}

template <G711Law kLaw>
DT_AVX2 void decode(const std::byte* codes, std::int16_t* pcm, std::size_t n) noexcept {
    std::size_t i = 0;
    for (; i + kWidth <= n; i += kWidth) decodeStep<kLaw>(codes + i, pcm + i);
    kG711Portable.decode[int(kLaw)](codes + i, pcm + i, n - i);
}

const G711Kernel kKernel{"avx2",
                         "vector code (AVX2)",
                         {encode<G711Law::mu>, encode<G711Law::a>},
                         {decode<G711Law::mu>, decode<G711Law::a>}};

}  // namespace

const G711Kernel* g711Avx2() noexcept {
    return __builtin_cpu_supports("avx2") != 0 ? &kKernel : nullptr;
}

}  // namespace doubletalk::codec
#else
namespace doubletalk::codec {
const G711Kernel* g711Avx2() noexcept { return nullptr; }
}  // namespace doubletalk::codec
#endif
