// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/mailbox.h"
#include "engine/core/ring.h"
#include "engine/device/audio_device.h"
#include "engine/duplex/block_loop.h"
#include "engine/duplex/device_link.h"
#include "engine/duplex/block_times.h"
#include "engine/duplex/direct_queue.h"
#include "engine/duplex/packet_inbox.h"
#include "engine/duplex/request_server.h"

namespace doubletalk::duplex {

/// Numbers of the running engine, copied out once a block.
struct EngineSnapshot {
    BlockIndex block = 0;
    std::int64_t played_frames = 0;
    std::int64_t fill_frames = 0;
    ItemId playing_item = 0;
    double playing_item_ms = 0.0;  ///< heard of it so far
    double load_ratio = 0.0;       ///< worker time / block time, smoothed
    double block_max_ms = 0.0;
    double block_p99_ms = 0.0;
    double drift_confidence_ppm = 0.0;  ///< half of the 95 % interval of drift_ppm; NaN: unknown
    std::uint32_t rules_fired = 0;      ///< Health::firedMask()
    bool voice = false;
    HealthState health = HealthState::healthy;
    std::array<double, 48> row{};  ///< ChainMeter::columns()
};

/// An event on its way to the listener.
struct ToldEvent {
    Event event;
    std::uint32_t interrupts = 0;  ///< Engine::interrupt() calls done when it happened
    ItemId discarded = 0;          ///< direct items up to this one will not be played any more
};

/// The engine in real time: a device's callback, a worker thread with the block loop and a service
/// thread for everything slow (engine building, headroom search, listeners). A device that stands
/// still for 30 ms is replaced by silence on the monotonic clock, except a stepped one; a backlog
/// above 200 ms is dropped and told.
/// Thread: prepare, start, stop on one owner; the rest as said.
class Engine final : private device::DeviceCallback {
public:
    Engine();
    ~Engine() override;

    /// Prepares everything anew; the device must be open at settings.engine.rate_hz. Not while
    /// running.
    [[nodiscard]] Result<void> prepare(const Settings& settings, device::AudioDevice& device);
    /// Null: not recorded. Between prepare() and start(); must live until stop().
    void setWriter(session::SessionWriter* writer);
    /// Once after each prepare(). Errors: state, those of the device.
    [[nodiscard]] Result<void> start();
    /// When it returns every event has been told. Not from the listener.
    void stop();
    [[nodiscard]] bool running() const noexcept { return running_.load(); }

    /// Any thread but rt and worker. False: the queue is full.
    bool command(const Command& command);
    /// Stops playback at the next exchange whatever is queued, with barge_in.hard_cut also what the
    /// device has not played yet; direct items up to this one are not
    /// played any more. Never fails. Returns its number (see ToldEvent). Any thread but rt.
    std::uint32_t interrupt(ItemId up_to);
    /// Downlink packet; arrival_ns as nowNs(). False: no room, counted. One network thread.
    bool packet(const PacketView& packet, std::int64_t arrival_ns) {
        return downlink_.push(packet, arrival_ns);
    }
    /// The microphone's packets when engine.uplink is "packets". One network thread.
    bool uplinkPacket(const PacketView& packet, std::int64_t arrival_ns) {
        return uplink_.push(packet, arrival_ns);
    }
    [[nodiscard]] std::int64_t droppedPackets() const noexcept {
        return downlink_.droppedPackets() + uplink_.droppedPackets();
    }
    /// Direct audio at the engine's rate; returns the frames taken. One thread at a time.
    int writeDirect(std::span<const float> frames, const ProvenanceSpan& provenance) noexcept {
        return direct_.write(frames, provenance);
    }
    /// Direct audio that is not yet at the loudspeaker. Any thread.
    [[nodiscard]] std::int64_t bufferedFrames() const noexcept;
    /// Cleaned uplink audio, oldest first; returns the frames got. One consumer thread.
    int readUplink(std::span<float> frames) noexcept;
    /// Cleaned audio nobody read in time. Any thread.
    [[nodiscard]] std::int64_t unreadFrames() const noexcept { return unread_frames_.load(); }

    /// Latest snapshot; one reader (a GUI). False: nothing new.
    bool snapshot(EngineSnapshot& out) noexcept { return snapshots_.get(out); }
    /// Frames handed to the loudspeaker so far. Any thread.
    [[nodiscard]] std::int64_t renderedFrames() const noexcept { return rendered_.load(); }
    /// Playing at the loudspeaker now: rendered less the output latency; never goes back. Any
    /// thread.
    [[nodiscard]] std::int64_t audibleFrames() const noexcept;
    /// Called on the service thread for every event. Before start().
    void setListener(std::function<void(const ToldEvent&)> listener) {
        listener_ = std::move(listener);
    }
    /// Called on the worker before (true) and after every block, for tests and profilers. Before
    /// start().
    void setProbe(std::function<void(bool begin)> probe) { probe_ = std::move(probe); }
    /// Called on the worker after every block with what it made and what it was given: must be
    /// real-time safe. Before start().
    void setObserver(std::function<void(const BlockLoop&, const BlockInput&)> observer) {
        observer_ = std::move(observer);
    }
    /// The engine's clock: 0 at start(). Any thread.
    [[nodiscard]] std::int64_t nowNs() const noexcept { return clock_.nowNs() - start_ns_.load(); }
    [[nodiscard]] const LoopOptions& options() const noexcept { return options_; }
    /// Only while stopped.
    [[nodiscard]] BlockLoop& loop() { return *loop_; }
    [[nodiscard]] std::int64_t lostBlocks() const noexcept { return lost_blocks_.load(); }
    [[nodiscard]] std::int64_t droppedBlocks() const noexcept { return dropped_blocks_.load(); }

private:
    struct HeadroomRequest {
        std::vector<float> residual;
        std::size_t frames = 0;
        Settings settings;
    };
    struct StageRequest {
        Requests wanted;
        Settings settings;
        Name running, failure;
        BlockIndex block = 0;
    };
    enum class Stage : std::uint8_t { idle, wanted, built, taken };

    void exchange(std::span<const float> in, std::span<float> out,
                  std::int64_t time_ns) noexcept override;
    void unheard(std::int64_t frames) noexcept override;
    void work();
    void takeFade(const speech::BargeInParams& params) noexcept;
    void takeDevice(bool lost) noexcept;
    void takeCommands() noexcept;
    void takeAnswers() noexcept;
    void processBlock(bool lost) noexcept;
    void afterBlock(const Requests& requests) noexcept;
    void tellEvents() noexcept;
    void postRequests(const Requests& requests) noexcept;
    void publish(std::int64_t ns) noexcept;
    void serve();
    void tellListener();
    void answerHeadroom();
    void buildWanted();

    // fixed while running
    Settings settings_;
    SampleRate rate_;
    LoopOptions options_;
    SteadyClock clock_;
    device::AudioDevice* device_ = nullptr;
    bool device_paced_ = true;  ///< by a clock of its own
    bool prepared_ = false;
    std::unique_ptr<BlockLoop> loop_;
    session::SessionWriter* writer_ = nullptr;
    std::function<void(const ToldEvent&)> listener_;
    std::function<void(bool)> probe_;
    std::function<void(const BlockLoop&, const BlockInput&)> observer_;

    DeviceLink link_;
    DirectQueue direct_;
    std::unique_ptr<Ring<float>> cleaned_;
    std::unique_ptr<Ring<Command>> commands_;
    std::unique_ptr<Ring<ToldEvent>> events_;
    std::unique_ptr<Ring<session::AnswerRecord>> answers_;
    PacketInbox downlink_, uplink_;
    std::mutex command_mutex_;  ///< several users, one ring
    Mailbox<EngineSnapshot> snapshots_;
    std::atomic<std::uint64_t> interrupt_word_{0};  ///< number << 32 | newest item
    std::atomic<int> fade_frames_{0};
    std::atomic<bool> hard_cut_{false};

    // worker's own
    BlockIndex block_ = 0;
    std::int64_t time_ns_ = 0;
    std::int64_t last_capture_ns_ = 0;
    std::int64_t missed_seen_ = 0;
    std::vector<float> near_, direct_block_;
    std::vector<Command> now_commands_;
    std::vector<session::AnswerRecord> now_answers_;
    std::uint32_t interrupts_done_ = 0, told_interrupts_ = 0;
    ItemId told_discarded_ = 0;
    bool interrupt_asked_ = false;
    Swaps* swaps_ = nullptr;
    bool stage_answered_ = false;
    BlockTimes block_times_;

    // worker ↔ service, one at a time each
    std::atomic<bool> headroom_busy_{false};
    std::atomic<Stage> stage_state_{Stage::idle};
    HeadroomRequest headroom_;
    StageRequest stage_;
    std::unique_ptr<Swaps> built_;  ///< whose turn it is says stage_state_

    std::atomic<std::int64_t> start_ns_{0};
    std::atomic<std::int64_t> rendered_{0}, last_exchange_ns_{0}, last_exchange_frames_{0};
    mutable std::atomic<std::int64_t> audible_{0};
    std::atomic<std::int64_t> direct_end_{0};  ///< ring position after the newest direct audio
    std::atomic<std::int64_t> lost_blocks_{0}, dropped_blocks_{0}, unread_frames_{0};
    std::atomic<bool> running_{false}, serving_{false};
    std::thread worker_, service_;
};

}  // namespace doubletalk::duplex
