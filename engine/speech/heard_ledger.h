// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "engine/core/provenance.h"

namespace doubletalk::speech {

/// What of one item left the loudspeaker.
struct HeardItem {
    ItemId item = 0;
    std::int64_t first_playback_frame = -1;  ///< playback clock
    std::int64_t last_playback_frame = -1;   ///< of its own audio, inclusive
    double heard_samples = 0.0;     ///< position in the item's own audio just after its last sample
    std::int64_t heard_frames = 0;  ///< frames of it handed over, concealed ones included
    std::int64_t concealed_frames = 0;
    std::int64_t inserted_frames = 0;  ///< silence put in while it played; not in heard_frames
    bool interrupted = false;       ///< stopped before its end
    bool ended = false;  ///< its own last sample was heard
};

/// Heard ledger: which samples of every item really went to the loudspeaker. Keeps the newest 64
/// items. Thread: worker. Real-time safe.
class HeardLedger {
public:
    static constexpr int kItems = 64;
    /// Queued audio was handed over: span's frames began at playback_frame.
    void played(const ProvenanceSpan& span, std::int64_t playback_frame) noexcept;
    /// What was played from this playback frame on is never heard after all. At most the newest 32
    /// spans are taken back.
    void unheardFrom(std::int64_t playback_frame) noexcept;
    /// It was stopped; an item that had been heard to its end was not.
    void interrupted(ItemId item) noexcept;
    void reset() noexcept;
    [[nodiscard]] const HeardItem* find(ItemId item) const noexcept;
    [[nodiscard]] int size() const noexcept { return size_; }
    [[nodiscard]] const HeardItem& at(int index) const noexcept {
        return items_[std::size_t(index)];
    }

private:
    struct Played {
        ProvenanceSpan span;
        std::int64_t playback_frame = 0;
        HeardItem before;  ///< of its item
    };
    static constexpr int kRecent = 32;

    HeardItem& entryOf(ItemId item) noexcept;

    std::array<Played, kRecent> recent_{};  ///< a ring
    int recent_end_ = 0, recent_size_ = 0;
    std::array<HeardItem, kItems> items_{};
    int size_ = 0;
};

}  // namespace doubletalk::speech
