// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/material.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/core/random.h"

namespace doubletalk::bench {
namespace {

constexpr int kSeconds = 10;
constexpr double kResponseMs = 40.0;
constexpr double kEchoGain = 0.4;
constexpr double kNoise = 1e-4;

std::vector<std::int16_t> toPcm(const std::vector<float>& frames) {
    std::vector<std::int16_t> pcm(frames.size());
    std::ranges::transform(frames, pcm.begin(), [](float v) {
        return static_cast<std::int16_t>(std::lround(std::clamp(v, -1.0F, 1.0F) * 32767.0F));
    });
    return pcm;
}

/// Syllables at 4 Hz in phrases of 2 s, each followed by half a second of silence.
double envelopeAt(double time_s) {
    if (std::fmod(time_s, 2.5) > 2.0) return 0.0;
    return 0.15 * (1.0 - std::cos(2.0 * std::numbers::pi * 4.0 * time_s));
}

}  // namespace

Material::Material(SampleRate rate) : rate_(rate) {
    Random random(20260101);
    const auto frames = static_cast<std::size_t>(rate.hz) * kSeconds;
    far_.resize(frames);
    for (std::size_t i = 0; i < frames; ++i) {
        far_[i] = static_cast<float>(envelopeAt(double(i) / rate.hz) * random.normal() * 0.5);
    }
    // Sixty random reflections are an echo path; a full convolution would only take time.
    near_.assign(frames, 0.0F);
    for (int tap = 0; tap < 60; ++tap) {
        const double at_ms = random.uniform() * kResponseMs;
        const auto lag = static_cast<std::size_t>(rate.framesOf(at_ms));
        const auto gain =
            static_cast<float>(kEchoGain * random.normal() * std::exp(-at_ms / 10.0) / 5.0);
        for (std::size_t i = lag; i < frames; ++i) near_[i] += gain * far_[i - lag];
    }
    for (float& frame : near_) frame += static_cast<float>(kNoise * random.normal());
    far16_ = toPcm(far_);
    near16_ = toPcm(near_);
}

}  // namespace doubletalk::bench
