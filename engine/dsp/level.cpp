// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/level.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::dsp {

double meanSquare(std::span<const float> x) noexcept {
    if (x.empty()) return 0.0;
    // Four sums at once: the order is fixed, so the bits are, and the processor need not wait.
    double sums[4] = {0.0, 0.0, 0.0, 0.0};
    const std::size_t whole = x.size() / 4 * 4;
    for (std::size_t i = 0; i < whole; i += 4) {
        for (std::size_t k = 0; k < 4; ++k) sums[k] += double(x[i + k]) * double(x[i + k]);
    }
    double sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    for (std::size_t i = whole; i < x.size(); ++i) sum += double(x[i]) * double(x[i]);
    return sum / double(x.size());
}

float peak(std::span<const float> x) noexcept {
    float top = 0.0F;
    for (const float v : x) top = std::max(top, std::abs(v));
    return top;
}

double powerDb(double power) noexcept {
    // Also catches NaN, which compares false.
    return power > 1e-20 ? 10.0 * std::log10(power) : kSilenceDb;
}

double levelDbfs(std::span<const float> x) noexcept { return powerDb(meanSquare(x)); }
double dbToGain(double db) noexcept { return std::pow(10.0, db / 20.0); }
double dbToPower(double db) noexcept { return std::pow(10.0, db / 10.0); }

double SmoothedPower::add(double block_power) noexcept {
    if (!std::isfinite(block_power)) return value_;  // one bad block must not spoil all later ones
    constexpr double a = 0.90483741803595957;        // exp(-0.1)
    value_ = started_ ? a * value_ + (1.0 - a) * block_power : block_power;
    started_ = true;
    return value_;
}

}  // namespace doubletalk::dsp
