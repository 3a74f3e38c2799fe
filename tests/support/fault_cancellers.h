// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <limits>

#include "engine/echo/canceller.h"

namespace doubletalk::test {

/// Engines with one fault each: every check of echo cancellation must fail on its own.
enum class CancellerFault {
    silent,        ///< output is silence → near-end loss, SI-SDR
    pass_through,  ///< microphone passed on → ERLE, convergence
    loud,          ///< output 40 dB too loud → the switch's watch
    not_a_number,  ///< output is NaN from the given block on → the switch's watch
    unprepared     ///< prepare() fails → fallback
};

class FaultCanceller final : public echo::Canceller {
public:
    explicit FaultCanceller(CancellerFault fault, BlockIndex from_block = 0)
        : fault_(fault), from_block_(from_block) {}

    [[nodiscard]] echo::CancellerTraits traits() const override {
        return {.name = "fault",
                .finds_delay = false,
                .lead_frames = 0,
                .linear_output = true,
                .decomposes = false};
    }
    [[nodiscard]] Result<void> prepare(SampleRate, const echo::EchoParams&) override {
        if (fault_ != CancellerFault::unprepared) return {};
        return fail(ErrorKind::internal, "made to fail");
    }
    void process(std::span<const float>, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out, const echo::BlockInfo&) noexcept override {
        const bool on = block_++ >= from_block_;
        std::ranges::transform(near, out.begin(), [&](float x) {
            if (!on) return x;
            if (fault_ == CancellerFault::silent) return 0.0F;
            if (fault_ == CancellerFault::loud) return 100.0F * x;
            if (fault_ == CancellerFault::not_a_number) {
                return std::numeric_limits<float>::quiet_NaN();
            }
            return x;
        });
        std::copy_n(out.begin(), linear_out.size(), linear_out.begin());
    }
    void reset() override { block_ = 0; }
    void setParams(const echo::EchoParams&) noexcept override {}
    [[nodiscard]] echo::CancellerState state() const noexcept override { return {}; }

private:
    CancellerFault fault_;
    BlockIndex from_block_;
    BlockIndex block_ = 0;
};

}  // namespace doubletalk::test
