// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "engine/core/packet.h"
#include "engine/core/result.h"
#include "engine/jitter/jitter_params.h"

namespace doubletalk::jitter {

/// Packet-loss concealment at the stream's own rate. Thread: worker. process() is real-time safe.
class Concealer {
public:
    virtual ~Concealer() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual Result<void> prepare(const StreamFormat& format,
                                               const LossParams& params) = 0;
    /// One frame. in: the decoded frame, or empty when it is missing; out: format.frameFrames()
    /// samples. in and out may be the same memory.
    virtual void process(std::span<const float> in, std::span<float> out) noexcept = 0;
    virtual void reset() = 0;
    virtual void setParams(const LossParams& params) noexcept = 0;
};

}  // namespace doubletalk::jitter
