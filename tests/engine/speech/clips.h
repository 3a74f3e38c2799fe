// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/dsp/level.h"

namespace doubletalk::test {

/// A real talker of pocketsphinx-testdata: 16 kHz, 16-bit, mono, no header. Empty when the package
/// is not installed.
inline std::vector<float> realClip(const std::string& name) {
    std::ifstream file("/usr/share/pocketsphinx/test/data/" + name, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    std::vector<float> samples(bytes.size() / 2);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const auto low = std::uint16_t(std::uint8_t(bytes[2 * i]));
        const auto high = std::uint16_t(std::uint8_t(bytes[2 * i + 1]));
        samples[i] = float(std::int16_t(std::uint16_t(low | high << 8))) / 32768.0F;
    }
    return samples;
}

inline std::vector<float> noise(std::size_t frames, double level_dbfs, std::uint64_t seed) {
    Random random(seed);
    const double gain = dsp::dbToGain(level_dbfs);
    std::vector<float> x(frames);
    for (float& sample : x) sample = float(gain * random.normal());
    return x;
}

/// Adds clip scaled to a level (mean square over the whole clip) into x from frame at on.
inline void addAt(std::vector<float>& x, std::size_t at, std::span<const float> clip,
                  double level_dbfs) {
    const double gain = dsp::dbToGain(level_dbfs - dsp::levelDbfs(clip));
    for (std::size_t i = 0; i < clip.size() && at + i < x.size(); ++i) {
        x[at + i] += float(gain * clip[i]);
    }
}

/// First frame of the clip whose 10 ms reach within 20 dB of its loudest: its acoustic onset.
inline std::size_t onsetOf(std::span<const float> clip) {
    double loudest = 0.0;
    for (std::size_t at = 0; at + 160 <= clip.size(); at += 160) {
        loudest = std::max(loudest, dsp::meanSquare(clip.subspan(at, 160)));
    }
    std::size_t at = 0;
    while (at + 160 <= clip.size() && dsp::meanSquare(clip.subspan(at, 160)) < 0.01 * loudest) {
        at += 160;
    }
    return at;
}

}  // namespace doubletalk::test
