// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace doubletalk::dsp {

/// The newest blocks of a signal in a byte a sample: 8 bits below each block's own peak, which is
/// some 45 dB and enough for levels and voice activity. Thread: one at a time; prepare() allocates,
/// the rest is real-time safe.
class BlockHistory {
public:
    void prepare(int blocks, int block_frames);
    void clear() noexcept { blocks_ = next_ = 0; }
    /// One block of block_frames; values that are no number become 0.
    void push(std::span<const float> block) noexcept;
    [[nodiscard]] int blocks() const noexcept { return blocks_; }                    ///< held
    [[nodiscard]] std::size_t capacity() const noexcept { return samples_.size(); }  ///< [frames]
    /// What is held, oldest first; returns the frames written.
    std::size_t read(std::span<float> out) const noexcept;

private:
    std::vector<std::int8_t> samples_;
    std::vector<float> steps_;  ///< of each block: value of 1
    std::size_t frames_ = 0;    ///< a block
    int blocks_ = 0;
    int next_ = 0;  ///< block written next
};

}  // namespace doubletalk::dsp
