// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/conditioning.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace doubletalk::dsp {

int sanitize(std::span<float> x) noexcept {
    constexpr float kLimit = 8.0F;
    int broken = 0;
    for (float& v : x) {
        if (!std::isfinite(v)) {
            v = 0.0F;
            ++broken;
        } else if (std::abs(v) < std::numeric_limits<float>::min()) {
            v = 0.0F;
        } else {
            v = std::clamp(v, -kLimit, kLimit);
        }
    }
    return broken;
}

void DcBlocker::process(std::span<float> x) noexcept {
    constexpr float kPole = 0.992F;
    for (float& v : x) {
        const float in = v;
        last_out_ = in - last_in_ + kPole * last_out_;
        if (std::abs(last_out_) < 1e-20F) last_out_ = 0.0F;
        last_in_ = in;
        v = last_out_;
    }
}

}  // namespace doubletalk::dsp
