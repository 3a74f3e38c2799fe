// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/ring.h"

namespace doubletalk::net {

/// At most 10 ms of PCM with all that is to be known of it.
struct PcmBlock {
    static constexpr int kMostSamples = 2 * kMaxBlockFrames;
    std::int64_t entered_ns = 0;  ///< steady clock: its last frame came in
    int rate_hz = 0;
    int channels = 0;
    int samples = 0;  ///< interleaved, whole frames
    std::array<float, std::size_t(kMostSamples)> interleaved{};

    [[nodiscard]] std::span<const float> audio() const {
        return std::span(interleaved).first(std::size_t(samples));
    }
};

/// PCM from whoever has it to whoever codes it; rate and channels may change with every block. What
/// finds no room is dropped and counted. Thread: write() one, real-time safe; read() one other.
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
                std::copy_n(interleaved.begin(), n, block.interleaved.begin());
                ring_.commitWrite(1);
            }
            interleaved = interleaved.subspan(n);
        }
    }
    /// False: nothing there.
    bool read(PcmBlock& block) noexcept { return ring_.read(std::span(&block, 1), false) == 1; }
    [[nodiscard]] std::int64_t droppedBlocks() const noexcept { return dropped_blocks_.load(); }

private:
    static constexpr std::int64_t kBlocks = 256;  // 2.5 s
    Ring<PcmBlock> ring_;
    std::atomic<std::int64_t> dropped_blocks_{0};
};

}  // namespace doubletalk::net
