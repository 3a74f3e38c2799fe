// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/playback_account.h"

#include <algorithm>

namespace doubletalk::duplex {

void PlaybackAccount::prepare(std::int64_t lead_frames) noexcept {
    *this = {};
    spans_.append({.item = 0, .frames = lead_frames, .item_samples_per_frame = 0.0});
}

void PlaybackAccount::written(const ProvenanceSpan& span) noexcept { spans_.append(span); }

void PlaybackAccount::end(ItemId item) noexcept {
    if (item == open_item_) open_item_ = 0;
    if (ended_count_ < int(ended_.size())) ended_[std::size_t(ended_count_++)] = item;
}

void PlaybackAccount::takeBack(std::int64_t frames) noexcept {
    const auto heard = played_frames_ - frames;
    ledger_.unheardFrom(heard);
    last_audible_frame_ = std::min(last_audible_frame_, std::max<std::int64_t>(heard - 1, -1));
    unheard_frames_ += frames;
}

void PlaybackAccount::rendered(const session::ExchangeRecord& record) noexcept {
    last_item_frames_ = 0;
    started_count_ = 0;
    ended_count_ = 0;
    if (record.unheard_frames > 0) takeBack(record.unheard_frames);
    std::int64_t at = played_frames_;
    for (std::int64_t left = record.queued_frames; left > 0;) {
        const auto span = spans_.take(left);
        if (span.frames == 0) break;
        if (span.item != 0) {
            ledger_.played(span, at);
            last_item_frames_ += span.frames;
            last_audible_frame_ = at + span.frames - 1;
            playing_item_ = span.item;
            last_item_ = span.item;
            if (span.item > newest_started_ && started_count_ < int(started_.size())) {
                if (open_item_ != 0) end(open_item_);
                newest_started_ = span.item;
                open_item_ = span.item;
                started_[std::size_t(started_count_++)] = span.item;
            }
            if (span.last) end(span.item);
        } else {
            playing_item_ = 0;
        }
        at += span.frames;
        left -= span.frames;
    }
    for (std::int64_t left = record.dropped_frames; left > 0;) {
        const auto span = spans_.take(left);
        if (span.frames == 0) break;
        left -= span.frames;
    }
    dropped_frames_ += record.dropped_frames;
    const auto silence = record.playback_frames - record.queued_frames;
    silence_frames_ += silence;
    if (record.interrupted || last_item_frames_ > 0) hushed_ = record.interrupted;
    if (!hushed_) underrun_frames_ += silence;
    last_interrupted_ = record.interrupted;
    if (record.interrupted) playing_item_ = open_item_ = 0;
    played_frames_ += record.playback_frames;
}

}  // namespace doubletalk::duplex
