// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/duplex/block_io.h"
#include "engine/duplex/chain_meter.h"
#include "engine/duplex/downlink.h"
#include "engine/duplex/health.h"
#include "engine/duplex/loudspeaker_feed.h"
#include "engine/duplex/playback_account.h"
#include "engine/duplex/turn_control.h"
#include "engine/duplex/uplink.h"
#include "engine/session/session_writer.h"

namespace doubletalk::duplex {

/// What a driver fixes before the first block.
struct LoopOptions {
    bool truth = false;              ///< inputs bring TruthBlocks (virtual room)
    bool direct = false;             ///< inputs may bring direct audio
    double output_latency_ms = 0.0;  ///< calibrated: hand-over to sound
    double input_latency_ms = 0.0;   ///< sound to capture block
};

/// The block loop: every stage of both directions, 10 ms at a time. Pure: what comes out depends on
/// the inputs alone, so a live run, a simulation and a replay share it.
/// Thread: worker. process() is real-time safe; prepare() and the destructor are not.
class BlockLoop {
public:
    BlockLoop();
    ~BlockLoop();
    [[nodiscard]] Result<void> prepare(const Settings& settings, const LoopOptions& options);
    /// Null: nothing is recorded. Set before the first block.
    void setWriter(session::SessionWriter* writer) noexcept { writer_ = writer; }
    /// Channels of audio.wav in the order process() writes them.
    [[nodiscard]] std::vector<std::string> tapNames() const;

    /// One block. The requests are for the driver; those for stages stay until swaps answer them.
    const Requests& process(BlockInput& input) noexcept;

    /// The loudspeaker ring will want a block after these exchanges; else direct audio had better
    /// wait. Thread: worker.
    [[nodiscard]] bool wantsDirect(
        std::span<const session::ExchangeRecord> exchanges) const noexcept;

    [[nodiscard]] LoudspeakerFeed& feed() noexcept { return feed_; }
    [[nodiscard]] std::int64_t fillFrames() const noexcept { return feed_.fillFrames(); }
    [[nodiscard]] const Settings& settings() const noexcept { return settings_; }
    [[nodiscard]] std::span<const Event> events() const noexcept {
        return std::span(events_).first(std::size_t(event_count_));
    }
    [[nodiscard]] PlaybackAccount& account() noexcept { return account_; }
    [[nodiscard]] const PlaybackAccount& account() const noexcept { return account_; }
    [[nodiscard]] const Uplink& uplink() const noexcept { return uplink_; }
    [[nodiscard]] Uplink& uplink() noexcept { return uplink_; }
    [[nodiscard]] const Downlink& downlink() const noexcept { return downlink_; }
    [[nodiscard]] TurnControl& turn() noexcept { return turn_; }
    [[nodiscard]] const TurnControl& turn() const noexcept { return turn_; }
    [[nodiscard]] const ChainMeter& meter() const noexcept { return meter_; }
    [[nodiscard]] const Health& health() const noexcept { return health_; }
    /// Where the heard item stands, in ms of its own audio; NaN when it was never heard.
    [[nodiscard]] double heardMs(ItemId item) const noexcept;

private:
    static constexpr int kMaxEvents = 64;

    void tell(Event event) noexcept;
    void takeCommands(const BlockInput& input) noexcept;
    void set(const Command& command) noexcept;
    void takeAnswers(const BlockInput& input) noexcept;
    void takeExchanges(const BlockInput& input) noexcept;
    void takeExchange(const session::ExchangeRecord& exchange) noexcept;
    void itemEvents() noexcept;
    std::span<const float> captured(const BlockInput& input) noexcept;
    void hear(const BlockInput& input, std::span<const float> near) noexcept;
    void interrupt(const BlockInput& input, const Name& cause, ItemId up_to) noexcept;
    [[nodiscard]] bool canBeInterrupted(ItemId item) const noexcept;
    void itemInterrupted(ItemId item) noexcept;
    void tellSilence(const session::ExchangeRecord& exchange) noexcept;
    void watchDelay() noexcept;
    void downlinkEvents() noexcept;
    void record(const BlockInput& input) noexcept;
    void recordInputs(const BlockInput& input) noexcept;

    Settings settings_;
    LoopOptions options_;
    SampleRate rate_;
    LoudspeakerFeed feed_;
    PlaybackAccount account_;
    Uplink uplink_;
    Downlink downlink_;
    TurnControl turn_;
    ChainMeter meter_;
    Health health_;
    std::unique_ptr<jitter::Playout> uplink_playout_;  ///< topology packets
    ProvenanceQueue uplink_spans_;
    std::vector<float> uplink_block_, direct_tap_;
    session::SessionWriter* writer_ = nullptr;
    Requests requests_;
    BlockIndex block_ = 0;
    std::int64_t time_ns_ = 0;
    std::int64_t captured_frames_ = 0;
    std::int64_t audible_end_captured_ = 0;  ///< capture clock: the newest audible sample's end
    int since_playing_ = 1000;
    /// What an interruption that waits for its silence has stopped.
    struct Stop {
        ItemId item = 0;  ///< 0: there was nothing to stop
        Name cause;
        std::int64_t frame = 0;          ///< capture clock
        std::int64_t audible_frame = 0;  ///< the newest one when it came
    };
    Stop stop_;
    bool waiting_for_silence_ = false;
    bool told_fallback_ = false;  ///< of the engine the run begins with
    bool clipping_ = false;
    echo::DelayStatus delay_status_ = echo::DelayStatus::searching;
    std::array<Event, kMaxEvents> events_{};
    int event_count_ = 0;
};

}  // namespace doubletalk::duplex
