// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/ring.h"
#include "engine/duplex/loudspeaker_feed.h"
#include "engine/session/records.h"

namespace doubletalk::duplex {

/// The lock-free rings between a device's thread and the worker: what was captured, what was
/// played, and a record of every exchange. The worker gets each exchange with the block its
/// captured frames belong to, so both clocks stay side by side however late it comes.
/// Thread: exchange() rt, the counters any, the rest the worker. Real-time safe after prepare().
class DeviceLink {
public:
    void prepare(SampleRate rate);

    /// One exchange with the device. When the worker is so late that nothing more fits, silence is
    /// played and the exchange is missed as a whole.
    void exchange(std::span<const float> in, std::span<float> out, std::int64_t time_ns,
                  LoudspeakerFeed& feed) noexcept;

    /// The device threw away the newest frames it had been given; told with the next exchange.
    /// Thread: rt.
    void unheard(std::int64_t frames) noexcept { unheard_frames_ += frames; }

    [[nodiscard]] std::int64_t capturedFrames() const noexcept { return captured_->available(); }
    /// Throws away whole blocks of the oldest captured audio so that at most this much is left;
    /// returns the frames dropped. The next take() tells it.
    std::int64_t dropBacklog(std::int64_t most_frames) noexcept;
    /// The next captured block and the exchanges up to its end. capturedFrames() must suffice.
    void take(std::span<float> block) noexcept;
    /// A block of silence in place of captured audio, made up at now_ns of the engine's clock.
    void makeUp(std::span<float> block, std::int64_t now_ns) noexcept;
    /// Of the last take() or makeUp(). A record with captured_frames < 0 tells of dropped ones.
    [[nodiscard]] std::span<const session::ExchangeRecord> exchanges() const noexcept {
        return now_exchanges_;
    }
    [[nodiscard]] std::span<const float> playback() const noexcept {
        return std::span(playback_).first(playback_frames_);
    }
    /// Frames missed by exchange() so far.
    [[nodiscard]] std::int64_t missedFrames() const noexcept { return missed_.load(); }

private:
    void beginBlock() noexcept;
    void collect(std::int64_t up_to_frames, bool whole) noexcept;

    SampleRate rate_;
    std::unique_ptr<Ring<float>> captured_, reference_;
    std::unique_ptr<Ring<session::ExchangeRecord>> exchanges_;
    std::atomic<std::int64_t> missed_{0};
    std::int64_t unheard_frames_ = 0;  ///< rt only; not yet told
    // worker's own
    std::vector<float> playback_;
    std::size_t playback_frames_ = 0;
    std::vector<session::ExchangeRecord> now_exchanges_;
    std::int64_t taken_frames_ = 0;     ///< of captured audio, dropped ones too
    std::int64_t recorded_frames_ = 0;  ///< captured frames of the exchanges taken so far
    std::int64_t dropped_frames_ = 0;   ///< not yet told
    std::int64_t last_time_ns_ = 0;
};

}  // namespace doubletalk::duplex
