// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/delay_line.h"

#include <algorithm>

namespace doubletalk::dsp {

void DelayLine::prepare(int max_delay_frames, int max_block_frames) {
    max_delay_ = std::max(0, max_delay_frames);
    ring_.assign(std::size_t(max_delay_ + std::max(1, max_block_frames)), 0.0F);
    write_ = 0;
    delay_ = std::min(delay_, max_delay_);
}

void DelayLine::setDelay(int delay_frames) noexcept {
    delay_ = std::clamp(delay_frames, 0, max_delay_);
}

void DelayLine::process(std::span<const float> in, std::span<float> out) noexcept {
    const std::size_t size = ring_.size();
    const std::size_t n = std::min(in.size(), out.size());
    // Sample by sample: in and out may be the same memory.
    std::size_t read = (write_ + size - std::size_t(delay_)) % size;
    for (std::size_t i = 0; i < n; ++i) {
        ring_[write_] = in[i];
        out[i] = ring_[read];
        write_ = write_ + 1 == size ? 0 : write_ + 1;
        read = read + 1 == size ? 0 : read + 1;
    }
}

void DelayLine::reset() noexcept {
    std::ranges::fill(ring_, 0.0F);
    write_ = 0;
}

}  // namespace doubletalk::dsp
