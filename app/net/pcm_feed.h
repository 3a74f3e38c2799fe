// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/ring.h"

namespace doubletalk::net {

/// A piece of PCM with all that is to be known of it: 10 ms of stereo at 48 kHz, longer at less.
struct PcmBlock {
    static constexpr int kMostSamples = 2 * kMaxBlockFrames;
    std::int64_t entered_ns = 0;  ///< steady clock: its last frame came in
    int rate_hz = 0;
    int channels = 0;
    int samples = 0;          ///< interleaved, whole frames
    std::int64_t stream = 0;  ///< how many ended before
    std::array<float, std::size_t(kMostSamples)> interleaved{};

    [[nodiscard]] std::span<const float> audio() const {
        return std::span(interleaved).first(std::size_t(samples));
    }
};

/// end: what came so far is whole, what comes later has nothing to do with it.
enum class Fed : std::uint8_t { block, nothing, end };

/// PCM from whoever has it to whoever codes it; rate and channels may change with every block. What
/// finds no room is dropped and counted. Thread: write(), end() one at a time, real-time safe;
/// read() one other.
class PcmFeed {
public:
    PcmFeed() : ring_(kBlocks) {}

    /// Whole frames of 1 or 2 channels, however many; now_ns: the last of them came in.
    void write(std::span<const float> interleaved, int rate_hz, int channels,
               std::int64_t now_ns) noexcept {
        if (rate_hz <= 0 || channels < 1 || channels > 2) return;
        while (!interleaved.empty()) {
            const auto n = std::min(interleaved.size(), std::size_t(PcmBlock::kMostSamples));
            const auto rest_frames = std::int64_t(interleaved.size() - n) / channels;
            const auto room = ring_.prepareWrite(1);
            if (room.size() < 1) {
                dropped_blocks_.fetch_add(1, std::memory_order_relaxed);
            } else {
                auto& block = room.first.front();
                block.entered_ns = now_ns - rest_frames * 1'000'000'000 / rate_hz;
                block.rate_hz = rate_hz;
                block.channels = channels;
                block.samples = int(n);
                block.stream = ended_.load(std::memory_order_relaxed);
                std::copy_n(interleaved.begin(), n, block.interleaved.begin());
                ring_.commitWrite(1);
            }
            interleaved = interleaved.subspan(n);
        }
    }
    /// The sender has gone, the file or the run is over. Never lost, however full the ring is.
    void end() noexcept { ended_.fetch_add(1, std::memory_order_release); }
    /// end: once for each stream of which there was a block; block is not touched then.
    Fed read(PcmBlock& block) noexcept {
        // Before the ring: whatever was written before that end is seen there.
        const auto ended = ended_.load(std::memory_order_acquire);
        const auto next = ring_.prepareRead(1);
        const auto stream = next.size() > 0 ? next.first.front().stream : ended;
        if (open_ && stream != stream_) {
            open_ = false;
            return Fed::end;
        }
        if (next.size() < 1) return Fed::nothing;
        block = next.first.front();
        ring_.commitRead(1);
        stream_ = stream;
        open_ = true;
        return Fed::block;
    }
    [[nodiscard]] std::int64_t droppedBlocks() const noexcept { return dropped_blocks_.load(); }

private:
    static constexpr std::int64_t kBlocks = 256;  // 2.5 s of stereo at 48 kHz
    Ring<PcmBlock> ring_;
    std::atomic<std::int64_t> dropped_blocks_{0};
    std::atomic<std::int64_t> ended_{0};  ///< streams
    std::int64_t stream_ = 0;             ///< the reader's newest
    bool open_ = false;                   ///< its end is not told yet
};

}  // namespace doubletalk::net
