// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/windows.h"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace doubletalk::dsp {
namespace {

/// Modified Bessel function of the first kind, order 0, by its power series. Not std::cyl_bessel_i:
/// not every C++ library has it.
double besselI0(double x) noexcept {
    double sum = 1.0;
    double term = 1.0;
    for (int k = 1; k < 64 && term > 1e-17 * sum; ++k) {
        const double half = x / (2.0 * k);
        term *= half * half;
        sum += term;
    }
    return sum;
}

}  // namespace

void fillHann(std::span<float> window) noexcept {
    const double step = 2.0 * std::numbers::pi / double(window.size());
    for (std::size_t i = 0; i < window.size(); ++i) {
        window[i] = float(0.5 - 0.5 * std::cos(step * double(i)));
    }
}

double kaiser(double x, double beta) noexcept {
    if (x < -1.0 || x > 1.0) return 0.0;
    return besselI0(beta * std::sqrt(1.0 - x * x)) / besselI0(beta);
}

}  // namespace doubletalk::dsp
