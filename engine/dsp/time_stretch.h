// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "engine/core/frames.h"

namespace doubletalk::dsp {

/// Makes single frames of speech a little longer or shorter without changing the pitch: one period
/// of the signal is repeated or left out inside the frame and both edges are cross-faded. No delay
/// of its own; the input passes bit-exactly when nothing is wished.
/// Thread: one at a time. process() is real-time safe.
/// Ref: Verhelst & Roelands, WSOLA (ICASSP 1993); Liang, Faerber & Girod (IEEE Trans. MM 2003).
class TimeStretch {
public:
    /// Takes all memory for frames of up to max_frame_frames.
    void prepare(SampleRate rate, int max_frame_frames);
    void reset() noexcept;
    /// Writes in, lengthened (wish_frames > 0) or shortened (< 0) by about wish_frames, never by
    /// more, to out (at least in.size() + maxInsertFrames()). Returns what was really inserted (>
    /// 0) or removed (< 0): 0 when no good splice was found (try again with the next frame).
    int process(std::span<const float> in, int wish_frames, std::span<float> out) noexcept;
    /// The most that process() can insert into one frame.
    [[nodiscard]] int maxInsertFrames() const noexcept { return max_lag_; }

private:
    struct Splice {
        int lag = 0;
        float similarity = 0.0F;
    };
    [[nodiscard]] Splice best(const float* at, int way, int max_lag) const noexcept;
    void remember(int frames) noexcept;

    int min_lag_ = 0;
    int max_lag_ = 0;
    int fade_ = 0;             ///< [samples] cross-fade
    int step_ = 1;             ///< coarse search: correlation looks at each step-th sample
    int filled_ = 0;           ///< valid samples of history
    std::vector<float> work_;  ///< history (max_lag_), then the current frame
};

}  // namespace doubletalk::dsp
