// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "engine/core/frames.h"

namespace doubletalk {

/// A run of frames that came from one stretch of an item's own audio.
struct ProvenanceSpan {
    ItemId item = 0;  ///< 0: silence or filler that belongs to no item
    std::int64_t frames = 0;
    double item_sample = 0.0;             ///< of the first frame
    double item_samples_per_frame = 1.0;  ///< 0 for inserted silence
    bool concealed = false;
    bool last = false;  ///< the item's own end is the end of this span

    /// Item position just after the first n frames of the span.
    [[nodiscard]] double positionAfter(std::int64_t n) const {
        return item_sample + item_samples_per_frame * double(n);
    }
};

/// The provenance of queued audio, first in first out; fixed capacity, never allocates.
/// When full the two newest spans are merged and merges() counts it. Thread: one at a time.
class ProvenanceQueue {
public:
    static constexpr int kCapacity = 64;

    /// Adds a span at the end; joins it to the newest one when it continues it.
    void append(const ProvenanceSpan& span) noexcept;
    /// Removes up to max_frames from the front and returns them as one span (frames 0 when empty);
    /// call again for the rest: a span never crosses two items.
    ProvenanceSpan take(std::int64_t max_frames) noexcept;
    /// Removes the newest frames (all that are there when fewer).
    void dropNewest(std::int64_t frames) noexcept;
    void clear() noexcept;
    [[nodiscard]] std::int64_t frames() const noexcept { return frames_; }
    [[nodiscard]] std::int64_t merges() const noexcept { return merges_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] const ProvenanceSpan& front() const noexcept { return spans_[head_]; }

private:
    std::array<ProvenanceSpan, kCapacity> spans_{};
    int head_ = 0;
    int size_ = 0;
    std::int64_t frames_ = 0;
    std::int64_t merges_ = 0;
};

}  // namespace doubletalk
