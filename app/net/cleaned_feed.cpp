// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/cleaned_feed.h"

#include <algorithm>

namespace doubletalk::net {
namespace {

constexpr std::int64_t kCapacityBlocks = 1000;

}  // namespace

CleanedFeed::CleanedFeed() : ring_(kCapacityBlocks) {}

void CleanedFeed::push(std::span<const float> samples, BlockIndex block) noexcept {
    const int rate_hz = rate_hz_.load(std::memory_order_relaxed);
    std::int64_t first_frame = block * rate_hz * kBlockMs / 1000;
    while (!samples.empty()) {
        const auto frames = std::min(samples.size(), std::size_t(kMaxBlockFrames));
        auto room = ring_.prepareWrite(1);
        if (room.size() == 0) {
            dropped_frames_.fetch_add(std::int64_t(samples.size()), std::memory_order_relaxed);
            return;
        }
        Block& slot = room.first.front();
        slot.first_frame = first_frame;
        slot.rate_hz = rate_hz;
        slot.frames = int(frames);
        std::copy_n(samples.begin(), frames, slot.samples.begin());
        ring_.commitWrite(1);
        samples = samples.subspan(frames);
        first_frame += std::int64_t(frames);
    }
}

void CleanedFeed::drain(int to_hz,
                        const std::function<void(std::span<const float>, std::int64_t)>& take) {
    // Not more than was there at the beginning: a fast writer must not keep this thread.
    for (auto left = ring_.available(); left > 0; --left) {
        const auto blocks = ring_.prepareRead(1);
        if (to_hz > 0) convert(blocks.first.front(), to_hz, take);
        ring_.commitRead(1);
    }
}

void CleanedFeed::convert(const Block& block, int to_hz,
                          const std::function<void(std::span<const float>, std::int64_t)>& take) {
    const auto samples = std::span(block.samples).first(std::size_t(block.frames));
    if (block.rate_hz == to_hz) {
        take(samples, block.first_frame);
        return;
    }
    const bool other_rates = block.rate_hz != from_hz_ || to_hz != to_hz_;
    if (other_rates) {
        from_hz_ = block.rate_hz;
        to_hz_ = to_hz;
        if (!resampler_.prepare(from_hz_, to_hz_)) {
            from_hz_ = 0;
            return;
        }
    }
    if (other_rates || block.first_frame != expected_frame_) {
        resampler_.reset();
        next_out_frame_ = block.first_frame * to_hz / from_hz_ - resampler_.lagFrames();
    }
    expected_frame_ = block.first_frame + block.frames;
    converted_.resize(samples.size() * std::size_t(to_hz) / std::size_t(from_hz_) + 2);
    const int frames = resampler_.process(samples, converted_);
    take(std::span(converted_).first(std::size_t(frames)), next_out_frame_);
    next_out_frame_ += frames;
}

}  // namespace doubletalk::net
