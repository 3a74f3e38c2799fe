// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "engine/noise/webrtc_suppressor.h"

namespace doubletalk::noise {

[[nodiscard]] inline auto suppressorRefused(const char* what) {
    return fail(ErrorKind::internal,
                std::string("noise reducer 'webrtc': the library failed in ") + what);
}

/// What both generations do with an instance of the library, whose headers the including file
/// brings. Pointer: its owning pointer.
template <class Pointer, class StreamConfig, class ProcessingConfig>
class SuppressorStage final : public WebrtcSuppressor {
public:
    /// Prepares the instance for one channel at rate. lag_8k_frames: the generations differ there.
    [[nodiscard]] static Result<std::unique_ptr<WebrtcSuppressor>> create(Pointer apm,
                                                                          SampleRate rate,
                                                                          int lag_8k_frames) {
        ProcessingConfig streams;
        for (auto& stream : streams.streams) stream = StreamConfig(rate.hz, 1);
        if (apm->Initialize(streams) != 0) return suppressorRefused("Initialize");
        return std::unique_ptr<WebrtcSuppressor>(
            new SuppressorStage(std::move(apm), rate, lag_8k_frames));
    }

    void process(std::span<const float> in, std::span<float> out) noexcept override {
        const float* in_channel = in.data();
        float* out_channel = out.data();
        if (apm_->ProcessStream(&in_channel, config_, config_, &out_channel) != 0) {
            std::ranges::copy(in, out.begin());
        }
    }

    [[nodiscard]] int lagFrames() const noexcept override { return lag_frames_; }

private:
    SuppressorStage(Pointer apm, SampleRate rate, int lag_8k_frames)
        : apm_(std::move(apm)),
          config_(rate.hz, 1),
          lag_frames_(rate.hz == 8000    ? lag_8k_frames
                      : rate.hz == 16000 ? 96
                      : rate.hz == 32000 ? 196
                                         : 334) {}

    Pointer apm_;
    StreamConfig config_;
    int lag_frames_;
};

}  // namespace doubletalk::noise
