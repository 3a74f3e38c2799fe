// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/heard_ledger.h"

#include <algorithm>

namespace doubletalk::speech {

const HeardItem* HeardLedger::find(ItemId item) const noexcept {
    // The newest are asked for most.
    for (int i = size_ - 1; i >= 0; --i) {
        if (items_[std::size_t(i)].item == item) return &items_[std::size_t(i)];
    }
    return nullptr;
}

HeardItem& HeardLedger::entryOf(ItemId item) noexcept {
    if (const HeardItem* known = find(item); known != nullptr) {
        return items_[std::size_t(known - items_.data())];
    }
    if (size_ == kItems) {
        std::move(items_.begin() + 1, items_.end(), items_.begin());
        --size_;
    }
    HeardItem& entry = items_[std::size_t(size_++)];
    entry = HeardItem{};
    entry.item = item;
    return entry;
}

void HeardLedger::played(const ProvenanceSpan& span, std::int64_t playback_frame) noexcept {
    if (span.item == 0 || span.frames <= 0) return;
    HeardItem& entry = entryOf(span.item);
    recent_[std::size_t(recent_end_)] = {span, playback_frame, entry};
    recent_end_ = (recent_end_ + 1) % kRecent;
    recent_size_ = std::min(recent_size_ + 1, kRecent);
    if (span.last) {
        entry.ended = true;
        entry.interrupted = false;  // its end came while the interruption faded
    }
    if (span.item_samples_per_frame == 0.0) {
        entry.inserted_frames += span.frames;
        return;
    }
    if (entry.first_playback_frame < 0) entry.first_playback_frame = playback_frame;
    entry.last_playback_frame = playback_frame + span.frames - 1;
    entry.heard_samples = std::max(entry.heard_samples, span.positionAfter(span.frames));
    entry.heard_frames += span.frames;
    if (span.concealed) entry.concealed_frames += span.frames;
}

void HeardLedger::unheardFrom(std::int64_t playback_frame) noexcept {
    while (recent_size_ > 0) {
        const int newest = (recent_end_ + kRecent - 1) % kRecent;
        Played taken = recent_[std::size_t(newest)];
        if (taken.playback_frame + taken.span.frames <= playback_frame) return;
        recent_end_ = newest;
        --recent_size_;
        HeardItem& entry = entryOf(taken.span.item);
        taken.before.interrupted = entry.interrupted;
        entry = taken.before;
        if (taken.playback_frame >= playback_frame) continue;
        // Its beginning was heard.
        taken.span.frames = playback_frame - taken.playback_frame;
        taken.span.last = false;
        played(taken.span, taken.playback_frame);
        return;
    }
}

void HeardLedger::interrupted(ItemId item) noexcept {
    if (item == 0) return;
    HeardItem& entry = entryOf(item);
    entry.interrupted = !entry.ended;
}

void HeardLedger::reset() noexcept { size_ = recent_size_ = 0; }

}  // namespace doubletalk::speech
