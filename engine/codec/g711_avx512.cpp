// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711_kernels.h"

#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>

#include <array>

#include "engine/codec/g711_arithmetic.h"

namespace doubletalk::codec {
namespace {

#define DT_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi")))
constexpr std::size_t kWidth = 64;  // samples a step

/// By the upper byte of a (biased) magnitude: how far to shift so that the step remains. Segment
/// and step are then shifted + 16 * (shift - 4), for both laws and all segments.
template <G711Law kLaw>
constexpr auto makeShifts() {
    std::array<std::uint8_t, 128> table{};
    for (int i = 0; i < 128; ++i) {
        int segment = 0;
        while (i >> segment != 0) ++segment;
        const int smallest = kLaw == G711Law::mu ? 3 : 4;
        table[std::size_t(i)] = std::uint8_t(segment + 3 > smallest ? segment + 3 : smallest);
    }
    return table;
}

/// One byte of the sample of every code, so that a shuffle of 128 bytes gives it.
template <G711Law kLaw>
constexpr auto makeBytes(int shift) {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        table[i] = std::uint8_t(std::uint16_t(g711Sample<kLaw>(std::uint8_t(i))) >> shift);
    }
    return table;
}

template <G711Law kLaw>
alignas(64) constexpr auto kShifts = makeShifts<kLaw>();
template <G711Law kLaw>
alignas(64) constexpr auto kLowBytes = makeBytes<kLaw>(0);
template <G711Law kLaw>
alignas(64) constexpr auto kHighBytes = makeBytes<kLaw>(8);

/// Every other byte of two vectors, from the given one on.
constexpr auto makeEvery(int first) {
    std::array<std::uint8_t, 64> indices{};
    for (int i = 0; i < 64; ++i) indices[std::size_t(i)] = std::uint8_t(2 * i + first);
    return indices;
}
alignas(64) constexpr auto kLowOf = makeEvery(0);
alignas(64) constexpr auto kHighOf = makeEvery(1);
/// Eights of bytes so that interleaving inside 128 bits gives the order of the input.
alignas(64) constexpr std::array<std::uint64_t, 8> kSpread{0, 4, 1, 5, 2, 6, 3, 7};

template <class Table>
DT_AVX512 inline __m512i load(const Table& table, std::size_t at = 0) noexcept {
    return _mm512_load_si512(table.data() + at);
}

/// 32 samples to 7-bit codes in the low bytes, plus 64.
template <G711Law kLaw>
DT_AVX512 inline __m512i codesOf(__m512i pcm) noexcept {
    __m512i magnitude = _mm512_xor_si512(pcm, _mm512_srai_epi16(pcm, 15));
    if constexpr (kLaw == G711Law::mu) {
        magnitude = _mm512_adds_epi16(magnitude, _mm512_set1_epi16(kMuLawBias));
    }
    const __m512i upper = _mm512_srli_epi16(magnitude, 8);
    const __m512i shift = _mm512_maskz_permutex2var_epi8(0x5555555555555555, load(kShifts<kLaw>),
                                                         upper, load(kShifts<kLaw>, 64));
    return _mm512_add_epi16(_mm512_srlv_epi16(magnitude, shift), _mm512_slli_epi16(shift, 4));
}

template <G711Law kLaw>
DT_AVX512 inline void encodeStep(const std::int16_t* pcm, std::byte* codes) noexcept {
    const __m512i first = _mm512_loadu_si512(pcm);
    const __m512i second = _mm512_loadu_si512(pcm + 32);
    const __m512i packed = _mm512_sub_epi8(
        _mm512_permutex2var_epi8(codesOf<kLaw>(first), load(kLowOf), codesOf<kLaw>(second)),
        _mm512_set1_epi8(64));
    const __m512i signs = _mm512_permutex2var_epi8(first, load(kHighOf), second);
    constexpr int kAndXor = 0x78;  // a ^ (b & c)
    const __m512i signed_codes =
        _mm512_ternarylogic_epi64(packed, signs, _mm512_set1_epi8(char(0x80)), kAndXor);
    _mm512_storeu_si512(
        codes, _mm512_xor_si512(signed_codes, _mm512_set1_epi8(char(g711Inversion(kLaw)))));
}

/// One byte of 64 samples.
DT_AVX512 inline __m512i bytesOf(const std::array<std::uint8_t, 256>& table, __m512i codes,
                                 __mmask64 upper_half) noexcept {
    const __m512i lower = _mm512_permutex2var_epi8(load(table), codes, load(table, 64));
    const __m512i upper = _mm512_permutex2var_epi8(load(table, 128), codes, load(table, 192));
    return _mm512_mask_mov_epi8(lower, upper_half, upper);
}

template <G711Law kLaw>
DT_AVX512 inline void decodeStep(const std::byte* codes, std::int16_t* pcm) noexcept {
    const __m512i loaded =
        _mm512_maskz_permutexvar_epi64(0xff, load(kSpread), _mm512_loadu_si512(codes));
    const __mmask64 upper_half = _mm512_movepi8_mask(loaded);
    const __m512i low = bytesOf(kLowBytes<kLaw>, loaded, upper_half);
    const __m512i high = bytesOf(kHighBytes<kLaw>, loaded, upper_half);
    _mm512_storeu_si512(pcm, _mm512_unpacklo_epi8(low, high));
    _mm512_storeu_si512(pcm + 32, _mm512_unpackhi_epi8(low, high));
}

template <G711Law kLaw>
DT_AVX512 void encode(const std::int16_t* pcm, std::byte* codes, std::size_t n) noexcept {
    std::size_t i = 0;
    for (; i + kWidth <= n; i += kWidth) encodeStep<kLaw>(pcm + i, codes + i);
    kG711Portable.encode[int(kLaw)](pcm + i, codes + i, n - i);
}

template <G711Law kLaw>
DT_AVX512 void decode(const std::byte* codes, std::int16_t* pcm, std::size_t n) noexcept {
    std::size_t i = 0;
    for (; i + kWidth <= n; i += kWidth) decodeStep<kLaw>(codes + i, pcm + i);
    kG711Portable.decode[int(kLaw)](codes + i, pcm + i, n - i);
}

const G711Kernel kKernel{"avx512",
                         "vector code (AVX-512 VBMI)",
                         {encode<G711Law::mu>, encode<G711Law::a>},
                         {decode<G711Law::mu>, decode<G711Law::a>}};

}  // namespace

const G711Kernel* g711Avx512() noexcept {
    const bool offered = __builtin_cpu_supports("avx512bw") != 0 &&
                         __builtin_cpu_supports("avx512vl") != 0 &&
                         __builtin_cpu_supports("avx512vbmi") != 0;
    return offered ? &kKernel : nullptr;
}

}  // namespace doubletalk::codec
#else
namespace doubletalk::codec {
const G711Kernel* g711Avx512() noexcept { return nullptr; }
}  // namespace doubletalk::codec
#endif
