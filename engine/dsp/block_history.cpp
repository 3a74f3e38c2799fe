// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/dsp/block_history.h"

#include <algorithm>
#include <cmath>

#include "engine/dsp/level.h"

namespace doubletalk::dsp {

void BlockHistory::prepare(int blocks, int block_frames) {
    frames_ = std::size_t(block_frames);
    samples_.assign(std::size_t(blocks) * frames_, 0);
    steps_.assign(std::size_t(blocks), 0.0F);
    clear();
}

void BlockHistory::push(std::span<const float> block) noexcept {
    const float step = peak(block) / 127.0F;
    const float scale = step > 1e-15F && std::isfinite(step) ? 1.0F / step : 0.0F;
    steps_[std::size_t(next_)] = scale > 0.0F ? step : 0.0F;
    const auto to = samples_.begin() + std::ptrdiff_t(std::size_t(next_) * frames_);
    std::ranges::transform(block, to, [scale](float x) {
        const float value = x * scale;
        return value == value ? std::int8_t(std::lrint(std::clamp(value, -127.0F, 127.0F)))
                              : std::int8_t(0);
    });
    next_ = next_ + 1 == int(steps_.size()) ? 0 : next_ + 1;
    blocks_ = std::min(blocks_ + 1, int(steps_.size()));
}

std::size_t BlockHistory::read(std::span<float> out) const noexcept {
    const auto whole = std::min(std::size_t(blocks_), frames_ > 0 ? out.size() / frames_ : 0);
    auto block = std::size_t(blocks_ == int(steps_.size()) ? next_ : 0);
    for (std::size_t k = 0; k < whole; ++k) {
        const auto from = std::span(samples_).subspan(block * frames_, frames_);
        const float step = steps_[block];
        std::ranges::transform(from, out.begin() + std::ptrdiff_t(k * frames_),
                               [step](std::int8_t x) { return step * float(x); });
        block = block + 1 == steps_.size() ? 0 : block + 1;
    }
    return whole * frames_;
}

}  // namespace doubletalk::dsp
