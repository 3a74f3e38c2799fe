// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

namespace doubletalk::dsp {

/// Resamples by any ratio near 1 that may change at every block, without clicks: windowed-sinc,
/// 32 taps, table of 256 phases with linear interpolation. With ratio 1 from the start it is an
/// exact delay. Ref: Smith & Gossett 1984. Thread: one at a time. process() is real-time safe.
class AsyncResampler {
public:
    static constexpr int kLagFrames = 16;  ///< input frames of delay

    AsyncResampler();
    ~AsyncResampler();
    AsyncResampler(AsyncResampler&&) noexcept;
    AsyncResampler& operator=(AsyncResampler&&) noexcept;
    /// Output frames per input frame, 0.5..2.
    void setRatio(double ratio) noexcept;
    /// Takes all of in; returns frames written (out must hold in.size() * ratio + 2).
    int process(std::span<const float> in, std::span<float> out) noexcept;
    /// Input frame (counted from the start or reset()) that the next output sample shows; negative
    /// while the silence before the start comes out. For provenance.
    [[nodiscard]] double inputPositionOfNextOutput() const noexcept;
    void reset() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::dsp
