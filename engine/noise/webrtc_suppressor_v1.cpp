// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <modules/audio_processing/include/audio_processing.h>

#include "engine/noise/webrtc_suppressor_stage.h"

namespace doubletalk::noise {

/// webrtc-audio-processing 1.x.
Result<std::unique_ptr<WebrtcSuppressor>> WebrtcSuppressor::create(SampleRate rate) {
    using webrtc::AudioProcessing;
    using Pointer = rtc::scoped_refptr<AudioProcessing>;
    constexpr int kLag8kFrames = 72;
    AudioProcessing::Config config;
    config.noise_suppression.enabled = true;
    config.noise_suppression.level = AudioProcessing::Config::NoiseSuppression::kVeryHigh;
    config.residual_echo_detector.enabled = false;
    Pointer apm(webrtc::AudioProcessingBuilder().Create());
    if (apm == nullptr) return suppressorRefused("Create");
    apm->ApplyConfig(config);
    return SuppressorStage<Pointer, webrtc::StreamConfig, webrtc::ProcessingConfig>::create(
        std::move(apm), rate, kLag8kFrames);
}

}  // namespace doubletalk::noise
