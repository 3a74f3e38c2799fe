// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <modules/audio_processing/include/audio_processing.h>

#include <algorithm>
#include <string>

#include "engine/noise/webrtc_suppressor.h"

namespace doubletalk::noise {
namespace {

using webrtc::AudioProcessing;

int lagAt(SampleRate rate) noexcept {
    switch (rate.hz) {
        case 8000:
            return 72;
        case 16000:
            return 96;
        case 32000:
            return 196;
        default:
            return 334;
    }
}

/// webrtc-audio-processing 1.x.
class SuppressorV1 final : public WebrtcSuppressor {
public:
    SuppressorV1(rtc::scoped_refptr<AudioProcessing> apm, SampleRate rate)
        : apm_(std::move(apm)), rate_(rate), config_(rate.hz, 1) {}

    void process(std::span<const float> in, std::span<float> out) noexcept override {
        const float* in_channel = in.data();
        float* out_channel = out.data();
        if (apm_->ProcessStream(&in_channel, config_, config_, &out_channel) != 0) {
            std::ranges::copy(in, out.begin());
        }
    }

    [[nodiscard]] int lagFrames() const noexcept override { return lagAt(rate_); }

private:
    rtc::scoped_refptr<AudioProcessing> apm_;
    SampleRate rate_;
    webrtc::StreamConfig config_;
};

}  // namespace

Result<std::unique_ptr<WebrtcSuppressor>> WebrtcSuppressor::create(SampleRate rate) {
    const auto refused = [](const char* what) {
        return fail(ErrorKind::internal,
                    std::string("noise reducer 'webrtc': the library failed in ") + what);
    };
    AudioProcessing::Config config;
    config.noise_suppression.enabled = true;
    config.noise_suppression.level = AudioProcessing::Config::NoiseSuppression::kVeryHigh;
    config.residual_echo_detector.enabled = false;
    rtc::scoped_refptr<AudioProcessing> apm(webrtc::AudioProcessingBuilder().Create());
    if (apm == nullptr) return refused("Create");
    apm->ApplyConfig(config);
    webrtc::ProcessingConfig streams;
    for (auto& stream : streams.streams) stream = webrtc::StreamConfig(rate.hz, 1);
    if (apm->Initialize(streams) != 0) return refused("Initialize");
    return std::make_unique<SuppressorV1>(std::move(apm), rate);
}

}  // namespace doubletalk::noise
