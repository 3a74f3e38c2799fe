// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/device/audio_device.h"
#include "engine/duplex/engine.h"
#include "engine/duplex/settings_store.h"
#include "engine/flow/buffer_manager.h"

namespace doubletalk::duplex {

/// What was heard of an item when it ended or was interrupted.
struct HeardReport {
    ItemId item = 0;        ///< 0: nothing was playing
    double heard_ms = 0.0;  ///< position in the item's own audio of its last audible sample
    bool interrupted = false;
    bool stopped = false;  ///< the stream was stopped first
};

/// Where playback stands, in frames of the playback clock since start(). Neither goes back.
struct PlaybackPosition {
    std::int64_t rendered_frames = 0;  ///< handed to the loudspeaker
    std::int64_t audible_frames = 0;   ///< at the loudspeaker now, estimated
};

/// The public face: audio out, echo-cancelled audio in, and an interruption that says what was
/// heard.
///
///     auto stream = DuplexStream::open(settings, std::move(device));
///     (*stream)->start();
///     (*stream)->beginItem();
///     (*stream)->write(speech, 1000);            // blocks until there is room
///     auto heard = (*stream)->interrupt().get();  // heard.heard_ms
///
/// Audio is mono float ±1.0 at settings.engine.rate_hz. Thread: user, any number of them, except
/// that read() wants one thread. start() and stop() not from a callback.
class DuplexStream {
public:
    /// Opens the device. Errors: those of device and settings.
    [[nodiscard]] static Result<std::unique_ptr<DuplexStream>> open(
        const Settings& settings, std::unique_ptr<device::AudioDevice> device);
    ~DuplexStream();
    DuplexStream(const DuplexStream&) = delete;
    DuplexStream& operator=(const DuplexStream&) = delete;

    /// Also after stop(): everything begins anew with the settings now in use; items of before are
    /// over. Errors: state (running), those of the device.
    [[nodiscard]] Result<void> start();
    /// Settles every future that is still waiting.
    void stop();
    [[nodiscard]] bool running() const { return engine_.running(); }
    /// The next start() is recorded as a session in this folder (new or empty), complete after its
    /// stop(). Errors: state (running), those of the folder.
    [[nodiscard]] Result<void> record(const std::filesystem::path& folder);

    /// A new item: what is written from now on belongs to it.
    ItemId beginItem();
    /// Queues audio of the current item and returns the frames taken: all of them, or fewer when
    /// timeout_ms ran out (-1: waits for ever), the item was interrupted or the stream stopped.
    /// last: the item ends with these frames. After an interruption nothing is
    /// taken until beginItem(), so that no rest of an utterance sounds; at the very start and after
    /// last an item begins by itself. Errors: state (not running).
    [[nodiscard]] Result<int> write(std::span<const float> frames, int timeout_ms = -1,
                                    bool last = false);
    /// The same for one item. Items play in the order of their ids: once a newer one is written to,
    /// no more is taken of this one. Errors: state, usage (never begun).
    [[nodiscard]] Result<int> write(ItemId item, std::span<const float> frames, int timeout_ms = -1,
                                    bool last = false);
    /// The item has no more audio than was written; for a caller who only learns it afterwards.
    /// False: time-out, or the item is over anyway. Errors: state, usage.
    [[nodiscard]] Result<bool> endItem(ItemId item, int timeout_ms = -1);
    /// One chunk (buffer.chunk_ms) of cleaned microphone audio. ok false: time-out (-1: waits for
    /// ever) or the stream is stopped and everything was read.
    [[nodiscard]] flow::ReadChunk read(std::span<float> chunk, int timeout_ms = -1);
    /// Called with every chunk on a thread of its own instead of read(). Before start().
    void setInputCallback(std::function<void(std::span<const float> chunk)> callback);

    /// Fades out (barge_in.fade_ms), drops everything queued, and tells how far the item was heard.
    [[nodiscard]] std::future<HeardReport> interrupt();
    /// Ready when the item has been heard to its end or was interrupted. An item without `last`
    /// ends where the next one begins.
    [[nodiscard]] std::future<HeardReport> whenDone(ItemId item);
    [[nodiscard]] PlaybackPosition position() const;
    /// Written but not yet handed to the loudspeaker.
    [[nodiscard]] double bufferedMs() const;
    [[nodiscard]] flow::BufferStats inputStats() const;
    /// Changes a setting while running. Errors: unknown, out of range, needs a restart.
    [[nodiscard]] Result<void> set(std::string_view name, std::string_view text);
    /// Interrupts playback and takes every stage back to its start; counters stay. False: too many
    /// commands at once.
    bool reset();
    /// Called on the service thread for every event. Before start().
    void setEventCallback(std::function<void(const Event&)> callback);
    /// Interrupted by interrupt(), reset() or a barge-in of the engine: what is written of this
    /// item is not taken.
    [[nodiscard]] bool interrupted(ItemId item) const { return item <= interrupted_up_to_; }
    [[nodiscard]] SampleRate rate() const { return rate_; }
    [[nodiscard]] Settings settings() const;
    [[nodiscard]] Engine& engine() { return engine_; }

private:
    struct Waiter {
        ItemId item = 0;              ///< 0: waits for the interruption
        std::uint32_t interrupt = 0;  ///< of this number
        std::promise<HeardReport> promise;
    };

    DuplexStream() = default;
    /// What a report says of a ledger's value: nothing heard is 0.
    static double heardOf(double value_ms) noexcept;
    Result<void> prepare();
    Result<void> closeSession();
    void onEvent(const ToldEvent& told);
    void onSilence(const ToldEvent& told);
    void onItemEnded(const Event& event);
    void remember(const HeardReport& report);
    void raiseInterrupted(ItemId up_to);
    Result<void> checkItem(ItemId item) const;
    int writeSome(ItemId item, std::span<const float> frames, bool last);
    void pumpInput();

    Settings settings_;
    mutable std::mutex settings_mutex_;
    SampleRate rate_;
    int stream_rate_hz_ = 0;
    std::unique_ptr<device::AudioDevice> device_;
    Engine engine_;
    flow::BufferManager input_;
    std::unique_ptr<session::SessionWriter> writer_;
    bool fresh_ = false;  ///< prepared, not yet started
    std::function<void(std::span<const float>)> input_callback_;
    std::function<void(const Event&)> event_callback_;
    std::thread input_thread_;
    std::atomic<bool> pumping_{false};
    std::mutex control_mutex_;        ///< start, stop, record
    mutable std::shared_mutex life_;  ///< exclusive: the engine is prepared anew
    std::mutex waiters_mutex_;
    std::vector<Waiter> waiters_;
    std::map<ItemId, HeardReport> reports_;  ///< of items that are over, the newest ones
    bool stopped_ = false;
    std::mutex write_mutex_;
    bool item_open_ = false;
    ItemId writing_item_ = 0;
    std::int64_t item_frame_ = 0;  ///< frames written of writing_item_
    std::atomic<ItemId> item_{0};
    std::atomic<ItemId> interrupted_up_to_{0};
};

}  // namespace doubletalk::duplex
