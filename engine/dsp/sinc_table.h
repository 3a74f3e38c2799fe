// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>

namespace doubletalk::dsp {

/// Windowed sinc for reading a signal between its samples: 32 taps, 256 phases, linear in between;
/// flat to 0.8 of half the rate, images below -85 dB there. Whole positions are exact copies.
/// One table for the whole program. Thread: any. Ref: Smith & Gossett 1984.
class SincTable {
public:
    static constexpr int kTaps = 32;
    static constexpr int kBefore = kTaps / 2 - 1;  ///< taps before the sample at or left of t
    static constexpr int kAfter = kTaps / 2;       ///< taps after it

    /// First call builds it: make it in prepare().
    [[nodiscard]] static const SincTable& instance();

    /// Value at t = (index of x[kBefore]) + fraction, fraction in [0, 1). Reads x[0..kTaps - 1].
    [[nodiscard]] float at(const float* x, double fraction) const noexcept;

private:
    static constexpr int kPhases = 256;
    SincTable();
    std::array<std::array<float, std::size_t(kTaps)>, std::size_t(kPhases + 1)> rows_{};
};

}  // namespace doubletalk::dsp
