// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/g711_kernels.h"

#if defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>

namespace doubletalk::codec {
namespace {

constexpr std::size_t kWidth = 16;  // samples a step

/// Eight samples to 7-bit codes, not yet inverted. Leading zeros say the segment.
template <G711Law kLaw>
inline uint8x8_t codesOf(int16x8_t pcm) noexcept {
    int16x8_t magnitude = vmaxq_s16(pcm, vmvnq_s16(pcm));
    if constexpr (kLaw == G711Law::mu) magnitude = vqaddq_s16(magnitude, vdupq_n_s16(kMuLawBias));
    // 8 - segment for what is above the smallest segment.
    const int16x8_t zeros = vclzq_s16(vorrq_s16(magnitude, vdupq_n_s16(0x80)));
    constexpr int kSmallestShift = kLaw == G711Law::mu ? 3 : 4;
    const int16x8_t shift =
        vmaxq_s16(vsubq_s16(vdupq_n_s16(11), zeros), vdupq_n_s16(kSmallestShift));
    const int16x8_t shifted = vshlq_s16(magnitude, vnegq_s16(shift));
    const int16x8_t segment = vshlq_n_s16(vsubq_s16(shift, vdupq_n_s16(4)), 4);
    return vmovn_u16(vreinterpretq_u16_s16(vaddq_s16(shifted, segment)));
}

template <G711Law kLaw>
inline void encodeStep(const std::int16_t* pcm, std::uint8_t* codes) noexcept {
    const int16x8_t first = vld1q_s16(pcm);
    const int16x8_t second = vld1q_s16(pcm + 8);
    const uint8x16_t packed = vcombine_u8(codesOf<kLaw>(first), codesOf<kLaw>(second));
    const int8x16_t upper = vcombine_s8(vshrn_n_s16(first, 8), vshrn_n_s16(second, 8));
    const uint8x16_t signs = vandq_u8(vreinterpretq_u8_s8(upper), vdupq_n_u8(0x80));
    const uint8x16_t inversion = vdupq_n_u8(std::uint8_t(g711Inversion(kLaw)));
    vst1q_u8(codes, veorq_u8(veorq_u8(packed, inversion), signs));
}

/// Eight codes, inversion taken back; bit 7: negative.
template <G711Law kLaw>
inline int16x8_t samplesOf(uint8x8_t bits) noexcept {
    const int16x8_t wide = vreinterpretq_s16_u16(vmovl_u8(bits));
    const int16x8_t segment = vandq_s16(vshrq_n_s16(wide, 4), vdupq_n_s16(7));
    const int16x8_t step = vandq_s16(wide, vdupq_n_s16(15));
    int16x8_t magnitude;
    if constexpr (kLaw == G711Law::mu) {
        const int16x8_t first = vaddq_s16(vshlq_n_s16(step, 3), vdupq_n_s16(kMuLawBias));
        magnitude = vsubq_s16(vshlq_s16(first, segment), vdupq_n_s16(kMuLawBias));
    } else {
        const int16x8_t first = vaddq_s16(vshlq_n_s16(step, 4), vdupq_n_s16(8));
        const int16x8_t above = vminq_s16(segment, vdupq_n_s16(1));
        magnitude = vshlq_s16(vaddq_s16(first, vshlq_n_s16(above, 8)), vsubq_s16(segment, above));
    }
    const int16x8_t sign = vshrq_n_s16(vshlq_n_s16(wide, 8), 15);
    return vsubq_s16(veorq_s16(magnitude, sign), sign);
}

template <G711Law kLaw>
inline void decodeStep(const std::uint8_t* codes, std::int16_t* pcm) noexcept {
    const uint8x16_t bits =
        veorq_u8(vld1q_u8(codes), vdupq_n_u8(std::uint8_t(g711Inversion(kLaw))));
    vst1q_s16(pcm, samplesOf<kLaw>(vget_low_u8(bits)));
    vst1q_s16(pcm + 8, samplesOf<kLaw>(vget_high_u8(bits)));
}

template <G711Law kLaw>
void encode(const std::int16_t* pcm, std::byte* codes, std::size_t n) noexcept {
    std::size_t i = 0;
    auto* bytes = reinterpret_cast<std::uint8_t*>(codes);
    for (; i + kWidth <= n; i += kWidth) encodeStep<kLaw>(pcm + i, bytes + i);
    kG711Portable.encode[int(kLaw)](pcm + i, codes + i, n - i);
}

template <G711Law kLaw>
void decode(const std::byte* codes, std::int16_t* pcm, std::size_t n) noexcept {
    std::size_t i = 0;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(codes);
    for (; i + kWidth <= n; i += kWidth) decodeStep<kLaw>(bytes + i, pcm + i);
    kG711Portable.decode[int(kLaw)](codes + i, pcm + i, n - i);
}

const G711Kernel kKernel{"neon",
                         "vector code (NEON)",
                         {encode<G711Law::mu>, encode<G711Law::a>},
                         {decode<G711Law::mu>, decode<G711Law::a>}};

}  // namespace

const G711Kernel* g711Neon() noexcept { return &kKernel; }

}  // namespace doubletalk::codec
#else
namespace doubletalk::codec {
const G711Kernel* g711Neon() noexcept { return nullptr; }
}  // namespace doubletalk::codec
#endif
