// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <webrtc/modules/audio_processing/include/audio_processing.h>

#include "engine/noise/webrtc_suppressor_stage.h"

namespace doubletalk::noise {

/// webrtc-audio-processing 0.3.
Result<std::unique_ptr<WebrtcSuppressor>> WebrtcSuppressor::create(SampleRate rate) {
    using Pointer = std::unique_ptr<webrtc::AudioProcessing>;
    constexpr int kLag8kFrames = 48;
    Pointer apm(webrtc::AudioProcessing::Create());
    if (apm == nullptr) return suppressorRefused("Create");
    auto* suppression = apm->noise_suppression();
    auto stage = SuppressorStage<Pointer, webrtc::StreamConfig, webrtc::ProcessingConfig>::create(
        std::move(apm), rate, kLag8kFrames);
    if (!stage) return stage;
    if (suppression->set_level(webrtc::NoiseSuppression::kVeryHigh) != 0 ||
        suppression->Enable(true) != 0) {
        return suppressorRefused("NoiseSuppression::Enable");
    }
    return stage;
}

}  // namespace doubletalk::noise
