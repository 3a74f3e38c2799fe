// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/dsp/level.h"
#include "engine/echo/convergence_watch.h"

namespace doubletalk::echo {

// METRICS: when the far end is active and the near end silent (room: P_s for the last 300 ms).
inline constexpr double kFarActiveDbfs = -50.0;
inline constexpr double kNearSilentDbfs = -70.0;
inline constexpr int kNearSilentBlocks = 30;

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

/// By erle_linear_db and erle_db.
struct Convergence {
    ConvergenceWatch linear, final;
};

/// ERL, ERLE, ceiling, residual, divergence and convergence as METRICS defines them, from our own
/// taps. Thread: worker. process() is real-time safe.
class EchoMeter {
public:
    void prepare(SampleRate rate, bool truth);
    void process(const EchoMeterBlock& block) noexcept;
    /// The echo path changed: reconvergence counts from here.
    void pathChanged() noexcept;
    void reset() noexcept;
    [[nodiscard]] const EchoMeterValues& values() const noexcept { return values_; }
    [[nodiscard]] const Convergence& convergence() const noexcept { return convergence_; }
    /// After the last change of the path.
    [[nodiscard]] const Convergence& reconvergence() const noexcept { return reconvergence_; }

private:
    static constexpr int kDivergenceBlocks = 100;  // gated blocks the ratio rests on
    static constexpr int kFloorBlocks = 300;       // 3 s

    void watchGate(const EchoMeterBlock& block) noexcept;

    bool truth_ = false;
    dsp::SmoothedPower far_, near_, near_linear_, linear_, near_out_, out_, echo_, noise_, speech_;
    std::array<double, kFloorBlocks> floor_{};
    double lowest_ = 0.0;  ///< of floor_
    std::array<bool, kDivergenceBlocks> worse_{};
    std::int64_t blocks_ = 0;
    std::int64_t gated_ = 0;
    int speech_quiet_blocks_ = kNearSilentBlocks;
    EchoMeterValues values_{};
    Convergence convergence_, reconvergence_;
    bool changed_ = false;  ///< reconvergence_ is what counts
};

}  // namespace doubletalk::echo
