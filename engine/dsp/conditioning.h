// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace doubletalk::dsp {

/// Makes a block harmless: NaN, infinities and denormals become 0, magnitudes above 8 (18 dB over
/// full scale, no converter does that) are limited to 8. Returns how many NaN or infinite samples
/// there were. Real-time safe.
int sanitize(std::span<float> x) noexcept;

/// First-order high-pass that takes DC away: -3 dB at about 20 Hz at 16 kHz (and scaled with the
/// rate). Phase and low bass change: for detectors, not for what is heard. Real-time safe.
class DcBlocker {
public:
    void process(std::span<float> x) noexcept;
    void reset() noexcept { *this = {}; }

private:
    float last_in_ = 0.0F;
    float last_out_ = 0.0F;
};

}  // namespace doubletalk::dsp
