// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/noise/dry_mix.h"
#include "engine/noise/reducer.h"

namespace doubletalk::noise {

class WebrtcSuppressor;

/// Noise suppression of the WebRTC audio processing library (0.3 or 1.x, whichever the build
/// found) at its highest level, up to 20 dB, mixed with its input for less: both generations then
/// take a change of strength live, which 1.x itself cannot without allocating.
/// The library takes uncontended locks in process(). Thread: worker.
class WebrtcReducer final : public NoiseReducer {
public:
    WebrtcReducer();
    ~WebrtcReducer() override;

    [[nodiscard]] std::string_view name() const override { return "webrtc"; }
    [[nodiscard]] Result<void> prepare(SampleRate rate, const NoiseParams& params) override;
    void process(std::span<const float> in, std::span<float> out) noexcept override;
    void reset() override;
    void setParams(const NoiseParams& params) noexcept override;
    [[nodiscard]] int lagFrames() const noexcept override;

private:
    SampleRate rate_;
    std::unique_ptr<WebrtcSuppressor> suppressor_;
    std::vector<float> in_;
    DryMix mix_;
};

}  // namespace doubletalk::noise
