// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/noise/noise_params.h"

namespace doubletalk::noise {

/// A noise reducer. Thread: worker (prepare: any). process() is real-time safe.
class NoiseReducer {
public:
    virtual ~NoiseReducer() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual Result<void> prepare(SampleRate rate, const NoiseParams& params) = 0;
    /// One 10 ms block; in and out may be the same memory.
    virtual void process(std::span<const float> in, std::span<float> out) noexcept = 0;
    virtual void reset() = 0;
    virtual void setParams(const NoiseParams& params) noexcept = 0;
    /// Algorithmic delay.
    [[nodiscard]] virtual int lagFrames() const noexcept = 0;
};

}  // namespace doubletalk::noise
