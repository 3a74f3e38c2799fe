// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/listen_source.h"

#include <cmath>
#include <numbers>

#include "engine/core/clock.h"

namespace doubletalk::net {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr double kSinePeak = 0.25;

}  // namespace

Fed PacedSource::read(PcmBlock& block) noexcept {
    const auto now_ns = SteadyClock().nowNs();
    if (start_ns_ == 0) start_ns_ = now_ns;
    const auto frames = rate_hz_ * kBlockMs / 1000;
    const auto timeOf = [&](std::int64_t frame) {
        return start_ns_ + frame / rate_hz_ * kSecondNs + frame % rate_hz_ * kSecondNs / rate_hz_;
    };
    const auto due_ns = timeOf(given_frames_ + frames);
    if (due_ns > now_ns) return Fed::nothing;
    if (now_ns - due_ns > kSecondNs) start_ns_ += now_ns - due_ns;
    block.rate_hz = rate_hz_;
    block.channels = channels_;
    block.samples = frames * channels_;
    fill(given_frames_, std::span(block.interleaved).first(std::size_t(block.samples)));
    given_frames_ += frames;
    block.entered_ns = timeOf(given_frames_);
    return Fed::block;
}

void SineSource::fill(std::int64_t first_frame, std::span<float> interleaved) noexcept {
    const double cycles_per_frame = frequency_hz_ / rate_hz_;
    for (std::size_t i = 0; i < interleaved.size(); ++i) {
        const auto frame = first_frame + std::int64_t(i) / channels_;
        const double cycles = std::fmod(double(frame) * cycles_per_frame, 1.0);
        interleaved[i] = float(kSinePeak * std::sin(2.0 * std::numbers::pi * cycles));
    }
}

void ClipSource::fill(std::int64_t first_frame, std::span<float> interleaved) noexcept {
    auto at = std::size_t(first_frame * channels_) % interleaved_.size();
    for (auto& sample : interleaved) {
        sample = interleaved_[at];
        if (++at == interleaved_.size()) at = 0;
    }
}

}  // namespace doubletalk::net
