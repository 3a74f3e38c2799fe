// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/ring.h"
#include "engine/dsp/resampler.h"

namespace doubletalk::net {

/// Cleaned audio on its way from the engine to the net thread: ten seconds of blocks with their
/// numbers; what finds no room is dropped and counted. Read as one stream at the service's rate.
/// Thread: push() one thread, drain() one thread, rate and counter any.
class CleanedFeed {
public:
    CleanedFeed();
    /// Rate of what is pushed from now on. Errors are none: an odd rate is resampled too.
    void setRate(int rate_hz) noexcept { rate_hz_.store(rate_hz); }
    /// One or more blocks; block is the number of the first. Neither allocates nor blocks.
    void push(std::span<const float> samples, BlockIndex block) noexcept;
    /// All there is, at to_hz: take(samples, place of the first in the call). to_hz 0: thrown away.
    void drain(int to_hz, const std::function<void(std::span<const float>, std::int64_t)>& take);
    [[nodiscard]] std::int64_t droppedFrames() const noexcept { return dropped_frames_.load(); }

private:
    struct Block {
        std::int64_t first_frame;
        int rate_hz;
        int frames;
        std::array<float, std::size_t(kMaxBlockFrames)> samples;
    };
    void convert(const Block& block, int to_hz,
                 const std::function<void(std::span<const float>, std::int64_t)>& take);

    Ring<Block> ring_;
    std::atomic<int> rate_hz_{16000};
    std::atomic<std::int64_t> dropped_frames_{0};

    // read side
    dsp::Resampler resampler_;
    int from_hz_ = 0, to_hz_ = 0;
    std::int64_t expected_frame_ = -1;
    std::int64_t next_out_frame_ = 0;
    std::vector<float> converted_;
};

}  // namespace doubletalk::net
