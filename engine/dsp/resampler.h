// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::dsp {

/// Fixed-ratio resampler (speexdsp) for streams: real-time safe after prepare().
class Resampler {
public:
    Resampler();
    ~Resampler();
    Resampler(Resampler&&) noexcept;
    Resampler& operator=(Resampler&&) noexcept;
    /// Any pair of rates 4000..192000 Hz; quality 0..10.
    [[nodiscard]] Result<void> prepare(int from_hz, int to_hz, int quality = 5);
    /// Takes all of in; out must hold in.size() * to / from + 2 frames. Returns frames written.
    int process(std::span<const float> in, std::span<float> out) noexcept;
    /// Delay in output frames.
    [[nodiscard]] int lagFrames() const noexcept;
    void reset() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Whole signal at once, best quality, delay removed: out has round(n * to / from) samples.
/// Not real-time safe.
[[nodiscard]] Result<std::vector<float>> resampleAll(std::span<const float> in, int from_hz,
                                                     int to_hz);

}  // namespace doubletalk::dsp
