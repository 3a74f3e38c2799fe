// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/noise/reducer.h"

namespace doubletalk::noise {

/// Passes through. Thread: worker.
class NoneReducer final : public NoiseReducer {
public:
    [[nodiscard]] std::string_view name() const override { return "none"; }
    [[nodiscard]] Result<void> prepare(SampleRate rate, const NoiseParams& params) override;
    void process(std::span<const float> in, std::span<float> out) noexcept override;
    void reset() override {}
    void setParams(const NoiseParams&) noexcept override {}
    [[nodiscard]] int lagFrames() const noexcept override { return 0; }
};

}  // namespace doubletalk::noise
