// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "engine/duplex/run_collector.h"
#include "engine/duplex/scene_run.h"
#include "engine/session/session_writer.h"

namespace doubletalk::duplex {

/// Time spent in the worker, for machine.csv and the report. Thread: the driver's.
class BlockTimer {
public:
    void start() { start_ = std::chrono::steady_clock::now(); }
    /// Time since start().
    std::int64_t stop(session::SessionWriter* writer, BlockIndex block);

private:
    std::chrono::steady_clock::time_point start_;
    double sum_ms_ = 0.0;
    double max_ms_ = 0.0;
    int count_ = 0;
};

/// Calls progress about ten times a second. False: cancelled.
class ProgressGate {
public:
    explicit ProgressGate(const Progress& progress) : progress_(progress) {}
    [[nodiscard]] bool goesOn(BlockIndex done, BlockIndex all);

private:
    const Progress& progress_;
    std::chrono::steady_clock::time_point last_{};
};

/// Ends a recorded run: summary into the session, metrics.json and report.txt beside it.
[[nodiscard]] Result<void> finishSession(session::SessionWriter& writer, const RunResult& result);

}  // namespace doubletalk::duplex
