// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace doubletalk::dsp {

/// Periodic Hann window: shifted by half its length it adds up to exactly 1.
void fillHann(std::span<float> window) noexcept;
/// Kaiser window at x in -1..1 (0 = middle), 0 outside. Ref: Kaiser 1974.
[[nodiscard]] double kaiser(double x, double beta) noexcept;

}  // namespace doubletalk::dsp
