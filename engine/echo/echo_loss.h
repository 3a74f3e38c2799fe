// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/core/frames.h"

namespace doubletalk::echo {

/// Loss from the reference to what is sent back, weighted over the logarithm of frequency from 300
/// to 6700 Hz (3400 Hz at 8 kHz). The powers of both are averaged over all frames first, in bands
/// of a twelfth of an octave. Ref: ITU-T G.122 Annex B.4 (trapezoidal rule) as 3GPP TS 26.132 uses
/// it. Thread: any; allocates.
class EchoLoss {
public:
    explicit EchoLoss(SampleRate rate);
    ~EchoLoss();
    /// Samples for one spectrum; consecutive ones may overlap by half.
    [[nodiscard]] int frameSamples() const noexcept;
    /// One frame of each, not necessarily aligned: only long averages count.
    void add(std::span<const float> far, std::span<const float> out);
    /// NaN without frames or where the reference has nothing.
    [[nodiscard]] double db() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::echo
