// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/room/two_clocks.h"

namespace doubletalk::room {

/// The loudspeaker: takes frames of the playback clock, limits them softly, holds them in the
/// device's buffers and gives what sounds at each capture frame. Equal clocks copy exactly, others
/// read between the samples with a windowed sinc. Thread: one at a time; put() and sound() are
/// real-time safe.
class Loudspeaker {
public:
    /// delay_frames: device buffers, in playback frames.
    void prepare(const TwoClocks& clocks, int delay_frames, int max_block_frames);
    /// Soft limit [dBFS peak]; 0: off.
    void setClip(double clip_dbfs) noexcept;
    void put(std::span<const float> played) noexcept;
    /// What sounds from capture frame first on; the frames for it must have been put.
    void sound(std::int64_t first, std::span<float> out) noexcept;

private:
    [[nodiscard]] float at(std::int64_t frame) const noexcept;
    [[nodiscard]] float limited(float x) const noexcept;

    TwoClocks clocks_;
    std::int64_t delay_frames_ = 0;
    std::int64_t put_frames_ = 0;
    double limit_ = 0.0;  // amplitude; 0: off
    std::vector<float> ring_;
};

}  // namespace doubletalk::room
