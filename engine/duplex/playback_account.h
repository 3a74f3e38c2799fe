// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/core/provenance.h"
#include "engine/session/records.h"
#include "engine/speech/heard_ledger.h"

namespace doubletalk::duplex {

/// What of the queued audio became sound: follows the loudspeaker ring by the exchange records
/// alone, so a replay comes to the same account. Thread: worker. Real-time safe.
class PlaybackAccount {
public:
    /// frames of lead silence already lie in the ring.
    void prepare(std::int64_t lead_frames) noexcept;
    /// The worker wrote this run of frames into the ring.
    void written(const ProvenanceSpan& span) noexcept;
    /// The driver rendered.
    void rendered(const session::ExchangeRecord& record) noexcept;

    [[nodiscard]] const speech::HeardLedger& ledger() const noexcept { return ledger_; }
    [[nodiscard]] speech::HeardLedger& ledger() noexcept { return ledger_; }
    /// Frames handed to the loudspeaker so far (playback clock).
    [[nodiscard]] std::int64_t playedFrames() const noexcept { return played_frames_; }
    /// Frames still in the ring after the last exchange plus what was written since.
    [[nodiscard]] std::int64_t fillFrames() const noexcept { return spans_.frames(); }
    /// Frames of items (not silence) the last exchange handed over.
    [[nodiscard]] std::int64_t lastItemFrames() const noexcept { return last_item_frames_; }
    /// The last exchange ended playback.
    [[nodiscard]] bool lastInterrupted() const noexcept { return last_interrupted_; }
    /// The newest item of which something was handed over; 0 before the first.
    [[nodiscard]] ItemId lastItem() const noexcept { return last_item_; }
    /// Playback frame of the newest audible sample of any item; -1 before the first.
    [[nodiscard]] std::int64_t lastAudibleFrame() const noexcept { return last_audible_frame_; }
    /// Items whose first / own last sample the last exchange handed over. An item without a mark at
    /// its end (its last packet was lost) ends where the next one begins.
    [[nodiscard]] std::span<const ItemId> started() const noexcept {
        return std::span(started_).first(std::size_t(started_count_));
    }
    [[nodiscard]] std::span<const ItemId> ended() const noexcept {
        return std::span(ended_).first(std::size_t(ended_count_));
    }
    [[nodiscard]] ItemId playingItem() const noexcept { return playing_item_; }
    [[nodiscard]] std::int64_t silenceFrames() const noexcept { return silence_frames_; }
    /// Of these, what nobody wanted: not the end of playback by an interruption, nor what follows
    /// it until the next item sounds.
    [[nodiscard]] std::int64_t underrunFrames() const noexcept { return underrun_frames_; }
    [[nodiscard]] std::int64_t droppedFrames() const noexcept { return dropped_frames_; }

    /// Handed over, and thrown away by hard cuts of the device. They stay in playedFrames().
    [[nodiscard]] std::int64_t unheardFrames() const noexcept { return unheard_frames_; }

private:
    void takeBack(std::int64_t frames) noexcept;
    void end(ItemId item) noexcept;

    ProvenanceQueue spans_;
    speech::HeardLedger ledger_;
    std::int64_t played_frames_ = 0;
    std::int64_t last_item_frames_ = 0;
    std::int64_t last_audible_frame_ = -1;
    std::int64_t silence_frames_ = 0;
    std::int64_t underrun_frames_ = 0;
    std::int64_t dropped_frames_ = 0;
    std::int64_t unheard_frames_ = 0;
    ItemId playing_item_ = 0;
    bool last_interrupted_ = false;
    bool hushed_ = false;  ///< interrupted, and no item sounded since
    ItemId newest_started_ = 0;
    ItemId last_item_ = 0;
    ItemId open_item_ = 0;  ///< began and has neither ended nor been interrupted
    std::array<ItemId, 8> started_{}, ended_{};
    int started_count_ = 0;
    int ended_count_ = 0;
};

}  // namespace doubletalk::duplex
