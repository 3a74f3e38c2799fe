// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/jitter/sequenced_buffer.h"

namespace doubletalk::jitter {

/// Plays everything at one delay: the first packet of a talk spurt target_ms after its arrival
/// (rounded up to the next slot), the rest behind it; what comes later than its slot is late.
class FixedBuffer final : public SequencedBuffer {
public:
    [[nodiscard]] std::string_view name() const override { return "fixed"; }
    Slot get(std::int64_t slot_ns) noexcept override;
    void stretched(int) noexcept override {}
    [[nodiscard]] JitterState state() const noexcept override;

protected:
    void onArrival(const Arrival&) noexcept override {}
    [[nodiscard]] double startDelayMs() const noexcept override { return params_.target_ms; }
};

}  // namespace doubletalk::jitter
