// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/provenance.h"
#include "engine/core/ring.h"

namespace doubletalk::duplex {

/// Audio of items on its way from a user to the worker, with the name of every frame. Items come
/// in the order of their ids; what an interruption threw away is skipped whenever it comes.
/// Thread: write() one at a time, the counters any, the rest the worker (real-time safe).
class DirectQueue {
public:
    /// Room for so many frames; at most block_frames are taken at once. Not real-time safe.
    void prepare(std::int64_t frames, int block_frames);

    /// Returns the frames taken: what there is room for. A span that is last ends its item only
    /// when all of it was taken.
    int write(std::span<const float> frames, const ProvenanceSpan& span) noexcept;
    /// Frames waiting.
    [[nodiscard]] std::int64_t queuedFrames() const noexcept { return samples_->available(); }

    /// At most one block; returns the frames got. spans() names them.
    int take(std::span<float> block) noexcept;
    [[nodiscard]] std::span<const ProvenanceSpan> spans() const noexcept { return spans_; }
    /// Items up to this one are not given out any more.
    void discardUpTo(ItemId item) noexcept;
    /// All that was written so far is not given out any more.
    void discardAll() noexcept;
    [[nodiscard]] ItemId discardedUpTo() const noexcept { return discard_up_to_; }

private:
    bool nextMark() noexcept;
    void skipDiscarded() noexcept;
    void advance(std::int64_t frames) noexcept;

    std::unique_ptr<Ring<float>> samples_;
    std::unique_ptr<Ring<ProvenanceSpan>> marks_;
    // worker's own
    ProvenanceSpan mark_{.frames = 0};  ///< the oldest one, as far as it is not given out
    std::vector<ProvenanceSpan> spans_;
    ItemId discard_up_to_ = 0;
};

}  // namespace doubletalk::duplex
