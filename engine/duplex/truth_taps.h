// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "engine/duplex/block_loop.h"
#include "engine/echo/canceller_factory.h"

namespace doubletalk::duplex {

/// What the canceller got, what it gave and what the microphone was made of, for scores that put
/// the same through a second instance. Virtual room only. Thread: the driver's.
struct TruthTaps {
    /// What the second instance must know of one block.
    struct Block {
        echo::BlockInfo info;
        double far_power = 0.0;  ///< of the reference delayed by the echo delay
        int linear_lag_frames = 0, out_lag_frames = 0;
    };
    /// From a block on this engine ran with these parameters.
    struct EngineSpan {
        BlockIndex from = 0;
        echo::EchoParams params;
        bool fresh = true;  ///< a new instance, not only new parameters
    };

    SampleRate rate;
    std::vector<float> far, near, linear, out;  ///< linear: zero where the engine has none
    std::vector<float> echo, speech, noise;     ///< y, s, n
    std::vector<Block> blocks;
    std::vector<EngineSpan> engines;
    std::vector<BlockIndex> path_changes;
    bool linear_there = true;  ///< every engine that ran has a linear output

    /// Appends the block that loop has just done.
    void add(const BlockLoop& loop, const BlockInput& input);
    [[nodiscard]] std::span<const float> of(const std::vector<float>& tap,
                                            std::size_t block) const {
        const auto frames = std::size_t(rate.blockFrames());
        return std::span(tap).subspan(block * frames, frames);
    }
};

/// Another instance of whatever engine ran, block by block with the parameters it had then.
class SecondInstance {
public:
    SecondInstance(const TruthTaps& taps, const echo::CreateCanceller& create)
        : taps_(taps), create_(create) {}
    struct Io {
        std::span<const float> far, near;
        std::span<float> out, linear;  ///< linear: out where the engine has none
        echo::Probes probes;
    };
    /// The next block. False: the engine cannot be built.
    bool process(const Io& io);
    [[nodiscard]] bool decomposes() const { return engine_->traits().decomposes; }
    /// In the run this block was not cancelled: the microphone was the output.
    [[nodiscard]] bool bypassedAt(std::size_t block) const { return bypassed_[block]; }

private:
    bool follow();

    const TruthTaps& taps_;
    const echo::CreateCanceller& create_;
    std::unique_ptr<echo::Canceller> engine_;
    bool bypass_ = false;
    std::vector<bool> bypassed_;
    std::size_t next_span_ = 0;
    std::size_t block_ = 0;
};

}  // namespace doubletalk::duplex
