// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk::echo {

/// What the two generations of the library have in common; one source file each, one is built.
class WebrtcBackend {
public:
    virtual ~WebrtcBackend() = default;
    /// Errors: internal (the library refused).
    [[nodiscard]] static Result<std::unique_ptr<WebrtcBackend>> create(SampleRate rate,
                                                                       double lead_ms);
    /// Samples within ±1; linear_out may be empty. Real-time safe but for the library's locks.
    virtual void process(std::span<const float> far, std::span<const float> near,
                         std::span<float> out, std::span<float> linear_out) noexcept = 0;
    [[nodiscard]] virtual int lagFrames() const noexcept = 0;
    /// Empty: there is no linear output at this rate.
    [[nodiscard]] virtual std::optional<int> linearLagFrames() const noexcept = 0;
    /// Echo after reference as the library found it, empty before.
    [[nodiscard]] virtual std::optional<double> delayMs() const noexcept = 0;
};

}  // namespace doubletalk::echo
