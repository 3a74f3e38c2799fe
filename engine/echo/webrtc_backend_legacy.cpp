// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <webrtc/modules/audio_processing/include/audio_processing.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/echo/webrtc_backend.h"

namespace doubletalk::echo {
namespace {

using webrtc::AudioProcessing;

/// Microphone → output with a silent far end, measured with noise; above 16 kHz the band splitting
/// adds to it.
int lagAt(SampleRate rate) noexcept {
    switch (rate.hz) {
        case 8000:
        case 16000:
            return 112;
        case 32000:
            return 228;
        default:
            return 382;
    }
}

/// webrtc-audio-processing 0.3.
class LegacyBackend final : public WebrtcBackend {
public:
    LegacyBackend(std::unique_ptr<AudioProcessing> apm, SampleRate rate, double lead_ms)
        : apm_(std::move(apm)),
          rate_(rate),
          config_(rate.hz, 1),
          lead_ms_(int(lead_ms)),
          far_(std::size_t(rate.blockFrames())) {}

    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float>) noexcept override {
        std::ranges::copy(far, far_.begin());
        float* far_channel = far_.data();
        apm_->ProcessReverseStream(&far_channel, config_, config_, &far_channel);
        // Needed before every block, or the echo is not touched.
        apm_->set_stream_delay_ms(lead_ms_);
        const float* near_channel = near.data();
        float* out_channel = out.data();
        if (apm_->ProcessStream(&near_channel, config_, config_, &out_channel) != 0) {
            std::ranges::copy(near, out.begin());
        }
    }

    [[nodiscard]] int lagFrames() const noexcept override { return lagAt(rate_); }
    [[nodiscard]] std::optional<int> linearLagFrames() const noexcept override { return {}; }

    [[nodiscard]] std::optional<double> delayMs() const noexcept override {
        int median_ms = -1;
        int deviation_ms = -1;
        float poor_ratio = 0.0F;
        const int status =
            apm_->echo_cancellation()->GetDelayMetrics(&median_ms, &deviation_ms, &poor_ratio);
        if (status != 0 || median_ms < 0) return {};
        return double(median_ms);
    }

private:
    std::unique_ptr<AudioProcessing> apm_;
    SampleRate rate_;
    webrtc::StreamConfig config_;
    int lead_ms_;
    std::vector<float> far_;
};

}  // namespace

Result<std::unique_ptr<WebrtcBackend>> WebrtcBackend::create(SampleRate rate, double lead_ms) {
    const auto refused = [](const char* what) {
        return fail(ErrorKind::internal,
                    std::string("echo canceller 'webrtc': the library failed in ") + what);
    };
    std::unique_ptr<AudioProcessing> apm(AudioProcessing::Create());
    if (apm == nullptr) return refused("Create");
    webrtc::Config options;
    options.Set<webrtc::DelayAgnostic>(new webrtc::DelayAgnostic(true));
    options.Set<webrtc::ExtendedFilter>(new webrtc::ExtendedFilter(true));
    apm->SetExtraOptions(options);
    webrtc::ProcessingConfig streams;
    for (auto& stream : streams.streams) stream = webrtc::StreamConfig(rate.hz, 1);
    if (apm->Initialize(streams) != 0) return refused("Initialize");
    // A microphone with an offset of 0.05 costs the canceller 20 dB without this.
    if (apm->high_pass_filter()->Enable(true) != 0) return refused("HighPassFilter::Enable");
    auto* echo = apm->echo_cancellation();
    if (echo->enable_delay_logging(true) != 0 || echo->Enable(true) != 0) {
        return refused("EchoCancellation::Enable");
    }
    return std::make_unique<LegacyBackend>(std::move(apm), rate, lead_ms);
}

}  // namespace doubletalk::echo
