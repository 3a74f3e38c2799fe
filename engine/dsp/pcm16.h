// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace doubletalk::dsp {

/// Float ±1.0 → 16-bit: rounded, saturated, NaN becomes 0. Sizes must be equal. Real-time safe.
inline void toPcm16(std::span<const float> in, std::span<std::int16_t> out) noexcept {
    for (std::size_t i = 0; i < in.size(); ++i) {
        // Written so that the compiler makes vector code of it: no branch, no call.
        float x = in[i] * 32768.0F;
        x = x == x ? x : 0.0F;
        x = x < 32767.0F ? x : 32767.0F;
        x = x > -32768.0F ? x : -32768.0F;
        out[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(x + std::copysign(0.5F, x)));
    }
}

inline void fromPcm16(std::span<const std::int16_t> in, std::span<float> out) noexcept {
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<float>(in[i]) * 0x1.0p-15F;
}

/// Copies; NaN and infinity become 0, values are limited to ±1.0, and what is too small to matter
/// (below -300 dBFS) becomes 0 so that no denormal slows a filter down. Real-time safe.
inline void copySanitized(std::span<const float> in, std::span<float> out) noexcept {
    for (std::size_t i = 0; i < in.size(); ++i) {
        float x = in[i];
        const float size = x < 0.0F ? -x : x;
        x = size > 1e-15F && size < 1e30F ? x : 0.0F;
        x = x < 1.0F ? x : 1.0F;
        out[i] = x > -1.0F ? x : -1.0F;
    }
}

}  // namespace doubletalk::dsp
