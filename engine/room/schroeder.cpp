// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/schroeder.h"

#include <cmath>
#include <limits>
#include <vector>

namespace doubletalk::room {
namespace {

constexpr int kMinPoints = 8;

}  // namespace

double schroederRt60Ms(std::span<const float> response, SampleRate rate, DecayRange range) {
    const double missing = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> energy(response.size());
    double sum = 0.0;
    for (std::size_t i = response.size(); i-- > 0;) {
        sum += double(response[i]) * response[i];
        energy[i] = sum;
    }
    if (!(sum > 0.0)) return missing;
    const double top = sum * std::pow(10.0, range.from_db / 10.0);
    const double bottom = sum * std::pow(10.0, range.to_db / 10.0);

    // Least squares of level over time; sums around the first point keep the digits.
    double n = 0.0, st = 0.0, sl = 0.0, stt = 0.0, stl = 0.0;
    bool reached = false;
    for (std::size_t i = 0; i < energy.size(); ++i) {
        if (energy[i] > top) continue;
        if (energy[i] < bottom) {
            reached = true;
            break;
        }
        const double level = 10.0 * std::log10(energy[i] / sum);
        const double t = n;
        n += 1.0;
        st += t;
        sl += level;
        stt += t * t;
        stl += t * level;
    }
    if (!reached || n < kMinPoints) return missing;
    const double slope = (n * stl - st * sl) / (n * stt - st * st);  // [dB] a frame
    return slope < 0.0 ? -60.0 / slope * 1000.0 / rate.hz : missing;
}

}  // namespace doubletalk::room
