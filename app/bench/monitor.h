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
    /// A whole signal, from from_s to its end.
    Result<void> play(std::vector<float> samples, const std::string& device, int rate_hz,
                      double from_s = 0.0);
    /// The signal that plays goes on from there; nothing when none does.
    void seek(double at_s);
    void stop();
    [[nodiscard]] bool playing() const { return playing_; }
    /// [s] Place in the signal that is handed to the device now.
    [[nodiscard]] double positionS() const;

    /// After every block of a run.
    void hear(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept;

private:
    void feed(const std::vector<float>& samples);

    audio::MonitorOutput output_;
    std::atomic<int> tap_{-1};
    std::atomic<bool> playing_{false}, ending_{false};
    std::atomic<std::int64_t> fed_frames_{0}, from_frames_{0};
    std::atomic<std::int64_t> wanted_frame_{-1};  ///< where to go on; below 0: as it goes
    int rate_hz_ = 16000;
    std::thread thread_;
};

}  // namespace doubletalk::bench
