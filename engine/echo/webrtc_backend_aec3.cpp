// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <modules/audio_processing/include/audio_processing.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "engine/echo/webrtc_backend.h"
#ifdef DT_AEC3_LINEAR_OUTPUT
#include "engine/echo/aec3_linear_factory.h"
#endif

namespace doubletalk::echo {
namespace {

using webrtc::AudioProcessing;

/// The linear stage works on the band up to 8 kHz at 16 kHz, whatever the rate outside.
constexpr int kLinearRateHz = 16000;
constexpr int kLinearBlock = 160;

/// Microphone → output with a silent far end, measured with noise; at 8 kHz the library resamples,
/// above 16 kHz it splits bands.
int lagAt(SampleRate rate) noexcept {
    switch (rate.hz) {
        case 8000:
            return 88;
        case 16000:
            return 128;
        case 32000:
            return 260;
        default:
            return 430;
    }
}
constexpr int kLinearLag = 64;

bool hasLinearOutput([[maybe_unused]] SampleRate rate) noexcept {
#ifdef DT_AEC3_LINEAR_OUTPUT
    return rate.hz == kLinearRateHz;
#else
    return false;
#endif
}

/// webrtc-audio-processing 1.x.
class Aec3Backend final : public WebrtcBackend {
public:
    Aec3Backend(rtc::scoped_refptr<AudioProcessing> apm, SampleRate rate)
        : apm_(std::move(apm)),
          rate_(rate),
          config_(rate.hz, 1),
          far_(std::size_t(rate.blockFrames())) {}

    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out) noexcept override {
        const float* far_channel = far.data();
        float* far_out = far_.data();
        apm_->ProcessReverseStream(&far_channel, config_, config_, &far_out);
        const float* near_channel = near.data();
        float* out_channel = out.data();
        if (apm_->ProcessStream(&near_channel, config_, config_, &out_channel) != 0) {
            std::ranges::copy(near, out.begin());
        }
        if (!linear_out.empty() && hasLinearOutput(rate_)) readLinear(near, linear_out);
    }

    [[nodiscard]] int lagFrames() const noexcept override { return lagAt(rate_); }
    [[nodiscard]] std::optional<int> linearLagFrames() const noexcept override {
        return hasLinearOutput(rate_) ? std::optional<int>(kLinearLag) : std::nullopt;
    }
    [[nodiscard]] std::optional<double> delayMs() const noexcept override {
        const auto statistics = apm_->GetStatistics();
        if (!statistics.delay_ms) return {};
        return double(*statistics.delay_ms);
    }

private:
    /// The library gives ±32768 here, unlike everywhere else.
    void readLinear(std::span<const float> near, std::span<float> linear_out) noexcept {
        if (!apm_->GetLinearAecOutput({&linear_, 1})) {
            std::ranges::copy(near, linear_out.begin());
            return;
        }
        std::ranges::transform(linear_, linear_out.begin(), [](float x) { return x * 0x1.0p-15F; });
    }

    rtc::scoped_refptr<AudioProcessing> apm_;
    SampleRate rate_;
    webrtc::StreamConfig config_;
    std::vector<float> far_;
    std::array<float, kLinearBlock> linear_{};
};

}  // namespace

Result<std::unique_ptr<WebrtcBackend>> WebrtcBackend::create(SampleRate rate, double) {
    const auto refused = [](const char* what) {
        return fail(ErrorKind::internal,
                    std::string("echo canceller 'webrtc': the library failed in ") + what);
    };
    webrtc::AudioProcessingBuilder builder;
    AudioProcessing::Config config;
    config.echo_canceller.enabled = true;
    config.residual_echo_detector.enabled = false;
#ifdef DT_AEC3_LINEAR_OUTPUT
    if (hasLinearOutput(rate)) {
        builder.SetEchoControlFactory(makeAec3LinearFactory());
        config.echo_canceller.export_linear_aec_output = true;
    }
#endif
    rtc::scoped_refptr<AudioProcessing> apm(builder.Create());
    if (apm == nullptr) return refused("Create");
    apm->ApplyConfig(config);
    webrtc::ProcessingConfig streams;
    for (auto& stream : streams.streams) stream = webrtc::StreamConfig(rate.hz, 1);
    if (apm->Initialize(streams) != 0) return refused("Initialize");
    return std::make_unique<Aec3Backend>(std::move(apm), rate);
}

}  // namespace doubletalk::echo
