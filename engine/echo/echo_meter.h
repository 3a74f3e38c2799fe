// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/dsp/level.h"

namespace doubletalk::echo {

/// One 10 ms block of every tap a meter looks at. far is the reference delayed by the echo delay;
/// near_for_linear / near_for_out (and the truth) are the microphone delayed by the lag of the
/// linear / final output, so that all of one ratio are aligned. Truth is empty on devices.
struct EchoMeterBlock {
    std::span<const float> far;
    std::span<const float> near;    ///< microphone, not delayed
    std::span<const float> linear;  ///< empty: this engine has none
    std::span<const float> near_for_linear;
    std::span<const float> out;
    std::span<const float> near_for_out;
    std::span<const float> echo, speech, noise;  ///< y, s, n, not delayed
    bool near_silent = false;                    ///< devices: no voice on the output for 300 ms
};

/// Values after the last block; NaN when gated or missing.
struct EchoMeterValues {
    double erl_db, erle_linear_db, erle_db, erle_ceiling_db, residual_dbfs, divergence_ratio;
    bool far_active = false;
    bool gate_open = false;
};

/// First 250 ms trailing window of gated blocks with 10 / 20 dB, from far-end onset; NaN: not yet.
struct Convergence {
    double linear_10_ms, linear_20_ms, final_10_ms, final_20_ms;
};

/// ERL, ERLE, ceiling, residual, divergence and convergence as METRICS defines them, from our own
/// taps. Thread: worker. process() is real-time safe.
class EchoMeter {
public:
    void prepare(SampleRate rate, bool truth);
    void process(const EchoMeterBlock& block) noexcept;
    /// Convergence counts anew from here (echo path changed, filter cleared).
    void pathChanged() noexcept;
    void reset() noexcept;
    [[nodiscard]] const EchoMeterValues& values() const noexcept { return values_; }
    [[nodiscard]] const Convergence& convergence() const noexcept { return convergence_; }

private:
    static constexpr int kWindowBlocks = 25;       // 250 ms
    static constexpr int kDivergenceBlocks = 100;  // gated blocks the ratio rests on
    static constexpr int kFloorBlocks = 300;       // 3 s

    void watchGate(const EchoMeterBlock& block) noexcept;
    void converge(double before, double linear_before, double linear, double out,
                  bool has_linear) noexcept;

    bool truth_ = false;
    dsp::SmoothedPower far_, near_, near_linear_, linear_, near_out_, out_, echo_, noise_, speech_;
    std::array<double, kFloorBlocks> floor_{};
    std::array<bool, kDivergenceBlocks> worse_{};
    std::array<double, kWindowBlocks> w_near_out_{}, w_out_{}, w_near_linear_{}, w_linear_{};
    std::int64_t blocks_ = 0;
    std::int64_t gated_ = 0;
    int window_fill_ = 0;
    int speech_quiet_blocks_ = 30;
    std::int64_t onset_block_ = -1;
    EchoMeterValues values_{};
    Convergence convergence_{};
};

}  // namespace doubletalk::echo
