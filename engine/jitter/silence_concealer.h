// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/jitter/concealer.h"

namespace doubletalk::jitter {

/// Silence for every missing frame, cut hard: the floor to compare the others with.
class SilenceConcealer final : public Concealer {
public:
    [[nodiscard]] std::string_view name() const override { return "silence"; }
    [[nodiscard]] Result<void> prepare(const StreamFormat& format,
                                       const LossParams& params) override;
    void process(std::span<const float> in, std::span<float> out) noexcept override;
    void reset() override {}
    void setParams(const LossParams&) noexcept override {}
};

}  // namespace doubletalk::jitter
