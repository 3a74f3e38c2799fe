// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace doubletalk::dsp {

/// Delays a stream by a whole number of samples, to line up taps of engines with different lags.
/// Starts with silence. Thread: one at a time. process() is real-time safe.
class DelayLine {
public:
    /// Allocates; blocks of up to max_block_frames can be processed.
    void prepare(int max_delay_frames, int max_block_frames);
    /// Limited to 0..max_delay_frames. The past is kept: a longer delay repeats what was heard, a
    /// shorter one skips. Real-time safe.
    void setDelay(int delay_frames) noexcept;
    [[nodiscard]] int delayFrames() const noexcept { return delay_; }
    /// out[i] = in[i - delay]; both of one length, may be the same memory.
    void process(std::span<const float> in, std::span<float> out) noexcept;
    void reset() noexcept;

private:
    std::vector<float> ring_;
    std::size_t write_ = 0;
    int max_delay_ = 0;
    int delay_ = 0;
};

}  // namespace doubletalk::dsp
