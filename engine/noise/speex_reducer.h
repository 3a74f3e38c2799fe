// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/noise/reducer.h"

namespace doubletalk::noise {

/// SpeexDSP's preprocessor as a noise reducer: strength 1 lets it take up to 30 dB. Lags one block.
/// Ref: Ephraim & Malah (1984), log-spectral amplitude estimator. Thread: worker.
class SpeexReducer final : public NoiseReducer {
public:
    SpeexReducer();
    ~SpeexReducer() override;

    [[nodiscard]] std::string_view name() const override { return "speex"; }
    [[nodiscard]] Result<void> prepare(SampleRate rate, const NoiseParams& params) override;
    void process(std::span<const float> in, std::span<float> out) noexcept override;
    void reset() override;
    void setParams(const NoiseParams& params) noexcept override;
    [[nodiscard]] int lagFrames() const noexcept override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::noise
