// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/echo/canceller.h"

namespace doubletalk::echo {

/// SpeexDSP's multi-delay block-frequency filter in 10 ms blocks, and its preprocessor for what is
/// left. linear_out is the filter's output; out lags one block while residual suppression is on.
/// residual_suppression may change live (the output fades over within one block); tail_ms needs a
/// new instance. The library cannot move its weights: after far_shift_samples it learns anew.
/// Ref: Valin, "On adjusting the learning rate in frequency domain echo cancellation" (2007);
/// Soo & Pang, MDF (1990). Thread: worker.
class SpeexdspCanceller final : public Canceller {
public:
    SpeexdspCanceller();
    ~SpeexdspCanceller() override;

    [[nodiscard]] CancellerTraits traits() const override;
    [[nodiscard]] Result<void> prepare(SampleRate rate, const EchoParams& params) override;
    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out, const BlockInfo& info) noexcept override;
    void reset() override;
    void setParams(const EchoParams& params) noexcept override;
    /// The impulse response is read out of the library at most every tenth block.
    [[nodiscard]] CancellerState state() const noexcept override;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::echo
