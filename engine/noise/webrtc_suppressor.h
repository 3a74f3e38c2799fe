// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk::noise {

/// What the two generations of the WebRTC library have in common: noise suppression at its highest
/// level and nothing else. One source file each, one is built.
class WebrtcSuppressor {
public:
    virtual ~WebrtcSuppressor() = default;
    /// Errors: internal (the library refused).
    [[nodiscard]] static Result<std::unique_ptr<WebrtcSuppressor>> create(SampleRate rate);
    /// Samples within ±1. Real-time safe but for the library's uncontended locks.
    virtual void process(std::span<const float> in, std::span<float> out) noexcept = 0;
    /// What overlapping windows, band splitting and resampling delay, measured with noise.
    [[nodiscard]] virtual int lagFrames() const noexcept = 0;
};

}  // namespace doubletalk::noise
