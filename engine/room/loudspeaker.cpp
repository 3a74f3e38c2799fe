// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/loudspeaker.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "engine/dsp/sinc_table.h"

namespace doubletalk::room {

using dsp::SincTable;

void Loudspeaker::prepare(const TwoClocks& clocks, int delay_frames, int max_block_frames) {
    clocks_ = clocks;
    delay_frames_ = delay_frames;
    put_frames_ = 0;
    const auto frames = std::size_t(delay_frames + 2 * max_block_frames + 2 * SincTable::kTaps);
    ring_.assign(std::bit_ceil(frames), 0.0F);
    static_cast<void>(SincTable::instance());  // built now, not in sound()
}

void Loudspeaker::setClip(double clip_dbfs) noexcept {
    limit_ = clip_dbfs < 0.0 ? std::pow(10.0, clip_dbfs / 20.0) : 0.0;
}

/// x / (1 + (x / limit)^4)^(1/4): straight for small signals, never beyond the limit. Square roots
/// only, which round the same everywhere.
float Loudspeaker::limited(float x) const noexcept {
    if (!std::isfinite(x)) return 0.0F;
    if (limit_ <= 0.0) return x;
    const double r = double(x) / limit_;
    const double r2 = r * r;
    return float(double(x) / std::sqrt(std::sqrt(1.0 + r2 * r2)));
}

void Loudspeaker::put(std::span<const float> played) noexcept {
    for (const float x : played) {
        ring_[std::size_t(put_frames_++) & (ring_.size() - 1)] = limited(x);
    }
}

float Loudspeaker::at(std::int64_t frame) const noexcept {
    if (frame < 0 || frame >= put_frames_) return 0.0F;
    return ring_[std::size_t(frame) & (ring_.size() - 1)];
}

void Loudspeaker::sound(std::int64_t first, std::span<float> out) noexcept {
    if (clocks_.agree()) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = at(first + std::int64_t(i) - delay_frames_);
        }
        return;
    }
    const SincTable& sinc = SincTable::instance();
    std::array<float, SincTable::kTaps> near{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double position =
            clocks_.playbackAt(double(first + std::int64_t(i))) - double(delay_frames_);
        const double whole = std::floor(position);
        const std::int64_t start = std::int64_t(whole) - SincTable::kBefore;
        for (int k = 0; k < SincTable::kTaps; ++k) near[std::size_t(k)] = at(start + k);
        out[i] = sinc.at(near.data(), position - whole);
    }
}

}  // namespace doubletalk::room
