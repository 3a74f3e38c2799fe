// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "app/net/pcm_feed.h"
#include "engine/duplex/block_loop.h"

namespace doubletalk::bench {

/// What somebody far away may hear of the running engine; mix: far end and output together.
enum class ListenChoice : std::uint8_t { nothing, far, microphone, output, mix };

/// The chosen signal of a running engine, block by block, into a feed that a server reads.
/// Thread: choose() any; hear() the run's worker, real-time safe; feed() one reader.
class ListenTap {
public:
    void choose(ListenChoice choice) noexcept { choice_ = choice; }
    [[nodiscard]] ListenChoice chosen() const noexcept { return choice_; }
    /// After every block of a run.
    void hear(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept;
    /// The run is over: its last block has been heard. Thread: the worker, or whoever joined it.
    void end() noexcept { feed_.end(); }
    [[nodiscard]] net::PcmFeed& feed() noexcept { return feed_; }

private:
    std::atomic<ListenChoice> choice_{ListenChoice::nothing};
    std::array<float, kMaxBlockFrames> mix_{};  ///< worker's own
    net::PcmFeed feed_;
};

}  // namespace doubletalk::bench
