// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "engine/core/random.h"

namespace doubletalk::test {

/// Noise below about 1500 Hz: codecs follow its waveform, and it lies on itself at one lag only.
/// Every channel another one.
inline std::vector<float> codecSignal(int frames, int channels, int rate_hz) {
    Random random(5);
    const double keep = 1.0 - std::exp(-2.0 * 3.14159265358979 * 1500.0 / rate_hz);
    std::vector<float> signal(std::size_t(frames) * std::size_t(channels));
    std::vector<double> state(std::size_t(channels) * 3, 0.0);
    for (std::size_t i = 0; i < signal.size(); ++i) {
        double x = 2.0 * random.uniform() - 1.0;
        double* s = state.data() + (i % std::size_t(channels)) * 3;
        for (int pole = 0; pole < 3; ++pole) x = s[pole] += keep * (x - s[pole]);
        signal[i] = float(0.8 * x);
    }
    return signal;
}

struct Fit {
    int lag = 0;  ///< [frames] of the second signal behind the first
    double correlation = 0.0;
};

/// Where the first channel of b lies on that of a, within most frames to both sides.
inline Fit fitOf(std::span<const float> a, std::span<const float> b, int channels, int most) {
    const int frames = int(std::min(a.size(), b.size())) / channels;
    Fit best{0, -2.0};
    for (int lag = -most; lag <= most; ++lag) {
        double ab = 0.0, aa = 1e-20, bb = 1e-20;
        for (int i = most; i + most < frames; ++i) {
            const double x = a[std::size_t(i * channels)];
            const double y = b[std::size_t((i + lag) * channels)];
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        const double r = ab / std::sqrt(aa * bb);
        if (r > best.correlation) best = {lag, r};
    }
    return best;
}

}  // namespace doubletalk::test
