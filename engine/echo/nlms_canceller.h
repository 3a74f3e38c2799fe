// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/echo/canceller.h"

namespace doubletalk::echo {

/// Normalised least mean squares in the time domain: 1024 taps at every rate, μ 0.1, ε 1e-6.
/// Adaptation rests while the reference is silent, and on blocks that were made up or clipped.
/// It has no double-talk detector: the textbook one (Geigel) needs an echo 6 dB below the
/// reference, which a loudspeaker near the microphone does not keep.
/// Ref: Haykin, Adaptive Filter Theory, ch. 6. Thread: worker.
class NlmsCanceller final : public Canceller {
public:
    static constexpr int kTaps = 1024;

    [[nodiscard]] CancellerTraits traits() const override;
    [[nodiscard]] Result<void> prepare(SampleRate rate, const EchoParams& params) override;
    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out, const BlockInfo& info) noexcept override;
    void reset() override;
    void setParams(const EchoParams&) noexcept override {}
    [[nodiscard]] CancellerState state() const noexcept override;

private:
    void shift(int samples) noexcept;
    void filter(std::span<const float> near, bool adapt) noexcept;
    void writeOutputs(std::span<const float> near, std::span<float> out,
                      std::span<float> linear_out, const BlockInfo& info) const noexcept;

    SampleRate rate_;
    std::vector<float> weights_;   ///< oldest sample's weight first, as the history lies
    std::vector<float> history_;   ///< kTaps of the past, then the block
    std::vector<float> estimate_;  ///< this block's echo
    std::vector<float> near_;
    mutable std::vector<float> response_;
};

}  // namespace doubletalk::echo
