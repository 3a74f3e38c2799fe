// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/core/provenance.h"
#include "engine/dsp/async_resampler.h"
#include "engine/duplex/block_io.h"
#include "engine/duplex/loudspeaker_feed.h"
#include "engine/duplex/playback_account.h"
#include "engine/duplex/settings.h"
#include "engine/flow/pipeline.h"
#include "engine/jitter/playout.h"

namespace doubletalk::duplex {

/// What the user hears: a pipeline packets → jitter buffer and concealment → engine rate → blocks,
/// or direct audio; then one asynchronous resampler → loudspeaker ring. The provenance of every
/// frame travels beside it. Thread: worker. process() is real-time safe.
class Downlink {
public:
    [[nodiscard]] Result<void> prepare(const Settings& settings);
    void setParams(const Settings& settings) noexcept;
    void reset();

    /// One block: takes what arrived, writes one block into feed and tells account.
    void process(const BlockInput& input, double playback_ratio, LoudspeakerFeed& feed,
                 PlaybackAccount& account) noexcept;
    /// Drops everything not yet in the ring; packets of items up to the newest one seen are thrown
    /// away whenever they come.
    void interrupt() noexcept;
    /// Packets of items up to this one are not played any more.
    void discardUpTo(ItemId item) noexcept;

    /// Direct audio of items up to this one is not played any more.
    void discardDirectUpTo(ItemId item) noexcept {
        discard_direct_up_to_ = std::max(discard_direct_up_to_, item);
    }
    /// So much in the loudspeaker ring that another block only makes it late: what comes waits
    /// where it is (after a stall of either side).
    [[nodiscard]] bool full(std::int64_t fill_frames) const noexcept;

    [[nodiscard]] jitter::Playout& playout() noexcept { return playout_; }
    [[nodiscard]] const jitter::Playout& playout() const noexcept { return playout_; }
    /// What the ticks of the last block did (at most two), for events.
    [[nodiscard]] std::span<const jitter::PlayoutTick> ticks() const noexcept {
        return std::span(ticks_).first(std::size_t(tick_count_));
    }
    /// The last block held audio made up for a missing packet.
    [[nodiscard]] bool concealed() const noexcept { return concealed_; }
    [[nodiscard]] ItemId newestItem() const noexcept { return newest_item_; }
    [[nodiscard]] double resamplerLagMs() const noexcept;
    /// Audio between jitter buffer and loudspeaker ring.
    [[nodiscard]] double queuedMs() const noexcept;

private:
    void takePackets(const BlockInput& input) noexcept;
    flow::Status pullPlayout(flow::Item& item) noexcept;
    void fillBlock(const BlockInput& input) noexcept;
    void takeDirect(const DirectBlock& direct) noexcept;
    void restart() noexcept;
    void writeBlock(double playback_ratio, LoudspeakerFeed& feed,
                    PlaybackAccount& account) noexcept;
    bool skipSilence() noexcept;
    void holdFill(LoudspeakerFeed& feed, PlaybackAccount& account) noexcept;

    SampleRate rate_;
    StreamFormat format_;
    int lead_frames_ = 0;
    int resampler_lag_frames_ = 0;  ///< at the stream's rate
    std::int64_t now_ns_ = 0;
    jitter::Playout playout_;
    std::unique_ptr<flow::Pipeline> pipeline_;
    dsp::AsyncResampler to_playback_;
    std::vector<float> stream_block_, block_, playback_block_;
    ProvenanceQueue stream_spans_;  ///< of what went into the pipeline and has not come out
    ProvenanceQueue block_spans_;   ///< of what went into to_playback_, its lag included
    ProvenanceQueue scratch_spans_;
    std::array<jitter::PlayoutTick, 4> ticks_{};
    int tick_count_ = 0;
    bool concealed_ = false;
    ItemId newest_item_ = 0;
    ItemId discard_up_to_ = 0;  ///< what arrives of these is passed by
    ItemId dropped_up_to_ = 0;  ///< nothing of these is in the playout any more
    ItemId discard_direct_up_to_ = 0;
    std::int64_t exchange_frames_ = 0;  ///< the longest exchange seen
    std::int64_t block_item_frames_ = 0;  ///< of the newest block, what is no silence
    double fill_error_ = 0.0;
};

}  // namespace doubletalk::duplex
