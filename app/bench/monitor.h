// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "app/audio/monitor_output.h"
#include "app/bench/live_feed.h"

namespace doubletalk::bench {

/// What the operator hears: a tap of the running engine, or a track of a session, on an output of
/// its own that is never part of the reference.
/// Thread: start, play, stop on one owner; hear() one other, real-time safe.
class Monitor {
public:
    ~Monitor();
    /// device: id or name, empty: the default one. Errors: usage (it is the loudspeaker in use),
    /// not_found, io.
    Result<void> start(FeedTap tap, const std::string& device, int rate_hz,
                       const std::string& loudspeaker_id);
    /// A whole signal, from its first sample.
    Result<void> play(std::vector<float> samples, const std::string& device, int rate_hz);
    void stop();
    [[nodiscard]] bool playing() const { return playing_; }
    /// Seconds of the signal handed over so far.
    [[nodiscard]] double positionS() const;

    /// After every block of a run.
    void hear(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept;

private:
    void feed(const std::vector<float>& samples);

    audio::MonitorOutput output_;
    std::atomic<int> tap_{-1};
    std::atomic<bool> playing_{false}, ending_{false};
    std::atomic<std::int64_t> fed_frames_{0};
    int rate_hz_ = 16000;
    std::thread thread_;
};

}  // namespace doubletalk::bench
