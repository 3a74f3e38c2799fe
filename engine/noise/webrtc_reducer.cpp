// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/noise/webrtc_reducer.h"

#include <cmath>

#include "engine/core/engine_rate.h"
#include "engine/dsp/pcm16.h"
#include "engine/noise/webrtc_suppressor.h"

namespace doubletalk::noise {
namespace {

constexpr double kMaxSuppressionDb = 20.0;

/// The share of the suppressed signal at which steady noise loses strength * 20 dB.
float wetShare(double strength_ratio) {
    const double floor = std::pow(10.0, -kMaxSuppressionDb / 20.0);
    const double gain = std::pow(10.0, -kMaxSuppressionDb * strength_ratio / 20.0);
    return static_cast<float>((1.0 - gain) / (1.0 - floor));
}

}  // namespace

WebrtcReducer::WebrtcReducer() = default;
WebrtcReducer::~WebrtcReducer() = default;

Result<void> WebrtcReducer::prepare(SampleRate rate, const NoiseParams& params) {
    if (auto checked = checkEngineRate(rate, "noise reducer 'webrtc'"); !checked) return checked;
    auto suppressor = WebrtcSuppressor::create(rate);
    if (!suppressor) return tl::unexpected(suppressor.error());
    suppressor_ = std::move(*suppressor);
    rate_ = rate;
    in_.assign(std::size_t(rate.blockFrames()), 0.0F);
    mix_.prepare(rate, suppressor_->lagFrames(), wetShare(params.strength_ratio));
    return {};
}

void WebrtcReducer::process(std::span<const float> in, std::span<float> out) noexcept {
    dsp::copySanitized(in, in_);
    suppressor_->process(in_, out);
    mix_.process(in_, out);
}

void WebrtcReducer::reset() {
    if (suppressor_ == nullptr) return;
    // The old one stays when the library cannot make another.
    if (auto suppressor = WebrtcSuppressor::create(rate_)) suppressor_ = std::move(*suppressor);
    mix_.reset();
}

void WebrtcReducer::setParams(const NoiseParams& params) noexcept {
    mix_.setWetShare(wetShare(params.strength_ratio));
}

int WebrtcReducer::lagFrames() const noexcept {
    return suppressor_ != nullptr ? suppressor_->lagFrames() : 0;
}

}  // namespace doubletalk::noise
