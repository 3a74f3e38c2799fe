// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "engine/core/frames.h"

namespace doubletalk::noise {

/// Mixes a reducer's output with its own input, delayed by the reducer's lag, so that a strength is
/// continuous, 0 is exactly the input, and a change never clicks (it ramps over one block).
/// Thread: worker. Real-time safe after prepare().
class DryMix {
public:
    void prepare(SampleRate rate, int lag_frames, float wet_share);
    void reset() noexcept;
    /// 0: input only, 1: reducer only.
    void setWetShare(float share) noexcept { wanted_ = share; }
    /// in: the reducer's input; wet: its output, mixed in place.
    void process(std::span<const float> in, std::span<float> wet) noexcept;

private:
    int lag_frames_ = 0;
    float wanted_ = 1.0F;
    float share_ = 1.0F;
    std::vector<float> line_;  ///< lag_frames_ of the past, then the block
};

}  // namespace doubletalk::noise
