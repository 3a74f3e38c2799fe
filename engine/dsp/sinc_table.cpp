// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/sinc_table.h"

#include <cmath>
#include <numbers>

#include "engine/dsp/windows.h"

namespace doubletalk::dsp {
namespace {

constexpr double kBeta = 9.0;  ///< about 90 dB of image rejection

double sinc(double x) noexcept {
    if (x == 0.0) return 1.0;
    return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

}  // namespace

SincTable::SincTable() {
    for (int phase = 0; phase <= kPhases; ++phase) {
        auto& row = rows_[std::size_t(phase)];
        const double t = double(phase) / kPhases;
        double weight[kTaps];
        double sum = 0.0;
        for (int k = 0; k < kTaps; ++k) {
            const double x = t + kBefore - k;
            weight[k] = sinc(x) * kaiser(x / (kTaps / 2), kBeta);
            sum += weight[k];
        }
        // The same gain at DC for every phase: otherwise DC would turn into a tone.
        for (int k = 0; k < kTaps; ++k) row[std::size_t(k)] = float(weight[k] / sum);
    }
    rows_.front().fill(0.0F);
    rows_.front()[kBefore] = 1.0F;
    rows_.back().fill(0.0F);
    rows_.back()[kBefore + 1] = 1.0F;
}

const SincTable& SincTable::instance() {
    static const SincTable table;
    return table;
}

float SincTable::at(const float* x, double fraction) const noexcept {
    if (fraction == 0.0) return x[kBefore];
    const double position = fraction * kPhases;
    const auto phase = std::size_t(position);
    const auto weight = float(position - double(phase));
    const float* a = rows_[phase].data();
    const float* b = rows_[phase + 1].data();
    // Eight sums, always in the same order: the compiler may use vector registers, the bits stay.
    float sum[8] = {};
    for (int k = 0; k < kTaps; k += 8) {
        for (int i = 0; i < 8; ++i)
            sum[i] += x[k + i] * (a[k + i] + weight * (b[k + i] - a[k + i]));
    }
    return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

}  // namespace doubletalk::dsp
