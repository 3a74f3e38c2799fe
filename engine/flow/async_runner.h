// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "engine/flow/runner.h"

namespace doubletalk::flow {

/// A way from a reader over any processors to a writer. An end that belongs to something larger (a
/// half of an AsyncPipeline) is given as a shared pointer that keeps the whole alive.
struct Lane {
    std::string name;
    std::shared_ptr<Node> reader;
    std::vector<std::shared_ptr<Node>> processors;
    std::shared_ptr<Node> writer;
    /// progress is called on the lane's thread; cancel and pause are the runner's own.
    RunOptions options;
};

using LaneId = int;
using LaneResult = Result<RunCounts>;

/// Drives several lanes at once, each on a thread of its own: one that blocks, or says again for
/// ever, holds up no other. Thread: any, all calls.
class AsyncRunner {
public:
    AsyncRunner();
    /// cancelAll(), and waits for every lane's item in work.
    ~AsyncRunner();
    AsyncRunner(const AsyncRunner&) = delete;
    AsyncRunner& operator=(const AsyncRunner&) = delete;

    /// Begins to carry. Errors: usage (a missing end, ends that do not fit), state (no thread to be
    /// had); those of the run itself come with its result.
    [[nodiscard]] Result<LaneId> start(Lane lane);
    /// Stops a lane after the item in work and flushes its writer; its result says cancelled. Waits
    /// for nothing; an unknown or ended lane is fine.
    void cancel(LaneId lane);
    void cancelAll();

    /// The result, once the lane has ended. Errors of waiting: usage (no such lane).
    [[nodiscard]] LaneResult wait(LaneId lane) const;
    /// The same for event loops and several waiters; invalid for an unknown lane.
    [[nodiscard]] std::shared_future<LaneResult> result(LaneId lane) const;
    /// False: a lane was still running when the time was over.
    bool waitAll(std::chrono::milliseconds timeout) const;
    /// What went through so far.
    [[nodiscard]] RunCounts progress(LaneId lane) const;
    [[nodiscard]] bool running(LaneId lane) const;
    [[nodiscard]] int runningLanes() const;
    /// Lets go of an ended lane and its nodes. Errors: usage (no such lane), state (it runs).
    [[nodiscard]] Result<void> forget(LaneId lane);

private:
    struct Drive;
    [[nodiscard]] std::shared_ptr<Drive> find(LaneId lane) const;
    [[nodiscard]] std::vector<std::shared_ptr<Drive>> all() const;

    struct Lanes;
    std::unique_ptr<Lanes> lanes_;
};

}  // namespace doubletalk::flow
