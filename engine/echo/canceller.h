// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/echo/echo_params.h"

namespace doubletalk::echo {

/// What an engine is and needs; constant after prepare().
struct CancellerTraits {
    std::string_view name;
    bool finds_delay = false;    ///< searches the delay itself; alignment only brings it into range
    int lead_frames = 0;         ///< far end must come this much before its echo
    bool linear_output = false;  ///< fills linear_out at this rate
    bool decomposes = false;     ///< applies its filter and gains to the probes
};

/// Known parts of the microphone signal (virtual room): what became of each comes back.
/// Empty spans are skipped. Engines that do not decompose leave the outputs alone.
struct Probes {
    std::span<const float> echo, near, noise;        ///< y, s, n of this block
    std::span<float> echo_out, near_out, noise_out;  ///< after the block's filter and gains
};

/// What is known about one block.
struct BlockInfo {
    bool lost = false;       ///< microphone block was made up (silence)
    bool concealed = false;  ///< far end was concealed
    bool clipped = false;    ///< microphone reached full scale
    int far_shift_samples = 0;  ///< alignment moved since the last block: > 0 = far end is later now
    double far_ratio = 1.0;     ///< resampling ratio that maps the far end to this clock
    Probes probes;
};

/// What an engine says about itself; spans live until the next call.
struct CancellerState {
    int lag_frames = 0;         ///< algorithmic delay microphone → out
    int linear_lag_frames = 0;  ///< microphone → linear_out
    std::span<const float> impulse_response;  ///< estimated echo path at the engine's rate
    std::optional<double> delay_ms;
    std::optional<double> drift_ppm;
    std::optional<double> drift_variance;
    std::optional<bool> converged;
};

/// An acoustic echo canceller: five verbs and a description.
/// Thread: worker (prepare: any, before the first process). process() neither allocates, locks,
/// logs nor throws.
class Canceller {
public:
    virtual ~Canceller() = default;
    [[nodiscard]] virtual CancellerTraits traits() const = 0;
    /// rate must be an engine rate. Errors: unsupported rate, library failure.
    [[nodiscard]] virtual Result<void> prepare(SampleRate rate, const EchoParams& params) = 0;
    /// One 10 ms block each, all of rate.blockFrames() samples; linear_out may be empty.
    virtual void process(std::span<const float> far, std::span<const float> near,
                         std::span<float> out, std::span<float> linear_out,
                         const BlockInfo& info) noexcept = 0;
    /// Back to the state after prepare(), bit for bit where the engine can. May allocate: not in rt.
    virtual void reset() = 0;
    /// Takes what can change live; a changed tail_ms needs a new instance.
    virtual void setParams(const EchoParams& params) noexcept = 0;
    [[nodiscard]] virtual CancellerState state() const noexcept = 0;
};

}  // namespace doubletalk::echo
