// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/echo/canceller.h"

namespace doubletalk::echo {

/// Passes the microphone through: the yardstick of every comparison and the last fallback.
/// Thread: worker.
class NoneCanceller final : public Canceller {
public:
    [[nodiscard]] CancellerTraits traits() const override;
    [[nodiscard]] Result<void> prepare(SampleRate rate, const EchoParams& params) override;
    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out, const BlockInfo& info) noexcept override;
    void reset() override {}
    void setParams(const EchoParams&) noexcept override {}
    [[nodiscard]] CancellerState state() const noexcept override { return {}; }
};

}  // namespace doubletalk::echo
