// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/noise/dry_mix.h"

#include <algorithm>

namespace doubletalk::noise {

void DryMix::prepare(SampleRate rate, int lag_frames, float wet_share) {
    lag_frames_ = lag_frames;
    wanted_ = wet_share;
    line_.resize(std::size_t(lag_frames + rate.blockFrames()));
    reset();
}

void DryMix::reset() noexcept {
    share_ = wanted_;
    std::ranges::fill(line_, 0.0F);
}

void DryMix::process(std::span<const float> in, std::span<float> wet) noexcept {
    std::ranges::copy(in, line_.begin() + lag_frames_);
    const float step = (wanted_ - share_) / float(wet.size());
    for (std::size_t i = 0; i < wet.size(); ++i) {
        const float share = share_ + step * float(i + 1);
        wet[i] = (1.0F - share) * line_[i] + share * wet[i];
    }
    share_ = wanted_;
    std::copy(line_.end() - lag_frames_, line_.end(), line_.begin());
}

}  // namespace doubletalk::noise
