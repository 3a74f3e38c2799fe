// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "app/bench/live_feed.h"
#include "engine/core/result.h"
#include "engine/duplex/far_end.h"
#include "engine/duplex/scene_material.h"
#include "engine/duplex/settings.h"

namespace doubletalk::bench {

/// What a run tells its owner about ten times a second.
struct RunNews {
    struct Begun {
        std::int64_t ticket = 0;  ///< 0: the scene's own
        ItemId item = 0;
        std::string text = {};  ///< of the scene's own: what is said, or its file
        bool file = false;
        double length_ms = 0.0;
    };
    std::vector<Begun> begun;           ///< since the last news
    std::vector<Event> item_events;     ///< ends and interruptions of items since then
    std::vector<std::int64_t> waiting;  ///< tickets, in order
    ItemId playing = 0;
    double playing_ms = 0.0;  ///< heard of that item
    /// ± of what was heard, 95 %; NaN: exact, or not known yet.
    double heard_error_ms = std::numeric_limits<double>::quiet_NaN();
    duplex::Settings in_use;  ///< with the names of the engines that really run
    duplex::HealthState health = duplex::HealthState::healthy;
    BlockIndex block = 0;
    double load_ratio = 0.0;
    double block_max_ms = 0.0, block_p99_ms = 0.0;
    double drift_confidence_ppm = 0.0;  ///< NaN: not known yet
    std::uint32_t rules_fired = 0;      ///< Health::firedMask()
    std::int64_t late_blocks = 0;
    std::int64_t dropped_records = 0;
    std::string disk_error;
    std::string device;                      ///< what it runs on, in words
    std::string device_problem;              ///< as it began; empty: none
    std::vector<std::string> device_events;  ///< what happened to it since the last news, in words
};

/// Where a run hands its cleaned audio and the user's segments; called on a thread of the run that
/// is not real time.
struct RunListener {
    std::function<void(std::span<const float> clean, BlockIndex block)> clean;
    std::function<void(double start_s, double end_s, std::vector<float> samples)> segment;
    /// After every block, on the worker: must be real-time safe.
    std::function<void(const duplex::BlockLoop&, const duplex::BlockInput&)> block;
};

/// A running instrument: the virtual room or devices. Thread: its owner, except news().
class BenchRun {
public:
    virtual ~BenchRun() = default;
    virtual Result<void> begin() = 0;
    /// Asks it to end; ended() says when it has.
    virtual void requestStop() = 0;
    [[nodiscard]] virtual bool ended() const = 0;

    virtual void post(const duplex::TimedCommand& command) = 0;
    /// columns: the waveform of its samples.
    virtual void say(duplex::FarEndItem item, std::vector<WaveColumn> columns) = 0;
    /// More of what was said with open set; columns: those that are whole with it.
    virtual void append(std::int64_t ticket, std::vector<float> samples,
                        std::vector<WaveColumn> columns, bool last) = 0;
    virtual void unsay(std::int64_t ticket) = 0;
    virtual void moveSaid(std::int64_t ticket, int places) = 0;

    /// False: nothing since the last call.
    virtual bool news(RunNews& out) = 0;
    [[nodiscard]] virtual BlockIndex block() const = 0;
    /// Keeps everything up to to_block (below 0: all so far) as a session. Slow; any one thread.
    virtual Result<void> keep(const std::filesystem::path& folder, BlockIndex from_block,
                              BlockIndex to_block) = 0;
};

}  // namespace doubletalk::bench
