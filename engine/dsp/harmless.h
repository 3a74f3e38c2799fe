// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace doubletalk::dsp {

inline constexpr float kLargestSample = 1000.0F;  ///< squares and sums of it stay finite

/// What later stages cannot digest becomes harmless: NaN, infinite and denormal samples are 0,
/// others are kept within ±largest. Real-time safe.
inline float harmless(float x, float largest = kLargestSample) noexcept {
    const float size = std::fabs(x);
    if (!(size <= std::numeric_limits<float>::max())) return 0.0F;
    if (size < std::numeric_limits<float>::min()) return 0.0F;
    return std::clamp(x, -largest, largest);
}

}  // namespace doubletalk::dsp
