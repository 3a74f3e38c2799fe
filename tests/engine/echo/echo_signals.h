// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/dsp/level.h"
#include "engine/dsp/partitioned_convolver.h"
#include "engine/dsp/resampler.h"

/// Signals for tests of echo: real talkers and simple rooms whose truth is known.
namespace doubletalk::test {

using Signal = std::vector<float>;

/// A clip of the pocketsphinx-testdata package (16 kHz, 16 bit, mono); empty when it is missing.
inline Signal librivox(const std::string& number) {
    std::ifstream file(
        "/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-" +
            number + ".wav",
        std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    Signal x;
    for (std::size_t i = 44; i + 1 < bytes.size(); i += 2) {
        std::int16_t v = 0;
        std::memcpy(&v, bytes.data() + i, 2);
        x.push_back(float(v) / 32768.0F);
    }
    return x;
}

inline Signal noise(std::size_t n, double dbfs, std::uint64_t seed) {
    Random random(seed);
    const double gain = dsp::dbToGain(dbfs);
    Signal x(n);
    for (float& v : x) v = float(gain * random.normal());
    return x;
}

/// Direct sound and a tail of noise that falls by 60 dB in rt60_s; the longer the tail the weaker
/// the direct sound against it: 0 dB at 0.15 s, -7 dB at 0.8 s (as 1 m away in rooms of one size).
inline Signal roomResponse(double rt60_s, std::uint64_t seed) {
    Random random(seed);
    Signal h(std::size_t(rt60_s * 16000.0));
    double energy = 0.0;
    for (std::size_t i = 32; i < h.size(); ++i) {
        h[i] = float(random.normal() * std::exp(-6.9078 * double(i) / (rt60_s * 16000.0)));
        energy += double(h[i]) * double(h[i]);
    }
    const auto scale = float(std::sqrt(rt60_s / 0.15 / energy));
    for (float& v : h) v *= scale;
    h[0] = 1.0F;
    return h;
}

inline Signal convolve(const Signal& x, const Signal& h) {
    dsp::PartitionedConvolver convolver;
    Signal y(x.size());
    if (!convolver.prepare(160, h)) return {};
    for (std::size_t i = 0; i + 160 <= x.size(); i += 160) {
        convolver.process(std::span(x).subspan(i, 160), std::span(y).subspan(i, 160));
    }
    return y;
}

/// x later by delay_ms (earlier when negative: the end is silence).
inline Signal shifted(const Signal& x, double delay_ms) {
    const auto by = std::int64_t(std::llround(delay_ms * 16.0));
    Signal y(x.size());
    for (std::int64_t i = 0; i < std::int64_t(x.size()); ++i) {
        const std::int64_t at = i - by;
        if (at >= 0 && at < std::int64_t(x.size())) y[std::size_t(i)] = x[std::size_t(at)];
    }
    return y;
}

/// The echo of far at 16 kHz with noise noise_db against the echo's own level.
inline Signal roomEcho(const Signal& far, double delay_ms, double rt60_s, double noise_db,
                       std::uint64_t seed) {
    Signal y = convolve(shifted(far, delay_ms), roomResponse(rt60_s, seed));
    for (float& v : y) v *= 0.5F;
    const Signal n = noise(y.size(), dsp::levelDbfs(y) + noise_db, seed + 100);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] += n[i];
    return y;
}

inline Signal atRate(const Signal& x, int rate_hz) { return *dsp::resampleAll(x, 16000, rate_hz); }

}  // namespace doubletalk::test
