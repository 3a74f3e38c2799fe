// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/async_runner.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>

#include "engine/core/wake_up.h"
#include "engine/flow/chain.h"

namespace doubletalk::flow {

/// One lane being driven.
struct AsyncRunner::Drive {
    explicit Drive(Lane driven) : lane(std::move(driven)), future(promise.get_future().share()) {}
    ~Drive() {
        if (thread.joinable()) thread.join();
    }
    Drive(const Drive&) = delete;
    Drive& operator=(const Drive&) = delete;

    [[nodiscard]] std::vector<Node*> middle() const {
        std::vector<Node*> nodes;
        for (const auto& node : lane.processors) nodes.push_back(node.get());
        return nodes;
    }
    void carry();
    void stop() noexcept;
    [[nodiscard]] bool ended() const {
        return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    }

    Lane lane;
    std::atomic<bool> cancel{false};
    WakeUp pause;
    mutable std::mutex counts_mutex;
    RunCounts counts;
    std::promise<LaneResult> promise;
    std::shared_future<LaneResult> future;
    std::thread thread;
};

void AsyncRunner::Drive::carry() {
    RunOptions options = lane.options;
    options.cancel = &cancel;
    options.pause = &pause;
    std::int64_t reported = 0;
    options.progress_every_items = 1;
    options.progress = [&](const RunCounts& now) {
        {
            const std::lock_guard lock(counts_mutex);
            counts = now;
        }
        const auto every = lane.options.progress_every_items;
        const bool due = every > 0 && now.items_out % every == 0 && now.items_out != reported;
        if (!due || !lane.options.progress) return;
        reported = now.items_out;
        lane.options.progress(now);
    };
    const auto nodes = middle();
    auto result = Runner::run(*lane.reader, nodes, *lane.writer, options);
    if (result && lane.options.progress) lane.options.progress(*result);
    promise.set_value(std::move(result));
}

void AsyncRunner::Drive::stop() noexcept {
    cancel.store(true);
    pause.signal();
}

struct AsyncRunner::Lanes {
    mutable std::mutex mutex;
    std::map<LaneId, std::shared_ptr<Drive>> drives;
    LaneId next = 1;
};

AsyncRunner::AsyncRunner() : lanes_(std::make_unique<Lanes>()) {}

AsyncRunner::~AsyncRunner() { cancelAll(); }

Result<LaneId> AsyncRunner::start(Lane lane) {
    const std::string name = lane.name;
    auto drive = std::make_shared<Drive>(std::move(lane));
    auto ends = drive->middle();
    ends.insert(ends.begin(), drive->lane.reader.get());
    ends.push_back(drive->lane.writer.get());
    auto fits = checkEnds(ends);
    if (fits && (ends.front()->in() != EndKind::none || ends.back()->out() != EndKind::none)) {
        fits = fail(ErrorKind::usage, "a lane leads from a reader to a writer");
    }
    if (!fits) {
        fits.error().where = name;
        return tl::unexpected(fits.error());
    }
    const std::lock_guard lock(lanes_->mutex);
    try {
        drive->thread = std::thread([raw = drive.get()] { raw->carry(); });
    } catch (const std::system_error&) {
        return fail(ErrorKind::state, "the system has no thread left", name,
                    "drive fewer lanes at once");
    }
    const LaneId id = lanes_->next++;
    lanes_->drives.emplace(id, std::move(drive));
    return id;
}

std::shared_ptr<AsyncRunner::Drive> AsyncRunner::find(LaneId lane) const {
    const std::lock_guard lock(lanes_->mutex);
    const auto at = lanes_->drives.find(lane);
    return at == lanes_->drives.end() ? nullptr : at->second;
}

std::vector<std::shared_ptr<AsyncRunner::Drive>> AsyncRunner::all() const {
    const std::lock_guard lock(lanes_->mutex);
    std::vector<std::shared_ptr<Drive>> drives;
    for (const auto& [id, drive] : lanes_->drives) drives.push_back(drive);
    return drives;
}

void AsyncRunner::cancel(LaneId lane) {
    if (const auto drive = find(lane)) drive->stop();
}

void AsyncRunner::cancelAll() {
    for (const auto& drive : all()) drive->stop();
}

std::shared_future<LaneResult> AsyncRunner::result(LaneId lane) const {
    const auto drive = find(lane);
    return drive ? drive->future : std::shared_future<LaneResult>();
}

LaneResult AsyncRunner::wait(LaneId lane) const {
    const auto future = result(lane);
    if (!future.valid()) return fail(ErrorKind::usage, "there is no lane " + std::to_string(lane));
    return future.get();
}

bool AsyncRunner::waitAll(std::chrono::milliseconds timeout) const {
    const auto until = std::chrono::steady_clock::now() + timeout;
    const auto drives = all();
    return std::all_of(drives.begin(), drives.end(), [until](const auto& drive) {
        return drive->future.wait_until(until) == std::future_status::ready;
    });
}

RunCounts AsyncRunner::progress(LaneId lane) const {
    const auto drive = find(lane);
    if (!drive) return {};
    const std::lock_guard lock(drive->counts_mutex);
    return drive->counts;
}

bool AsyncRunner::running(LaneId lane) const {
    const auto drive = find(lane);
    return drive && !drive->ended();
}

int AsyncRunner::runningLanes() const {
    const auto drives = all();
    return int(std::count_if(drives.begin(), drives.end(),
                             [](const auto& drive) { return !drive->ended(); }));
}

Result<void> AsyncRunner::forget(LaneId lane) {
    std::shared_ptr<Drive> drive = find(lane);
    if (!drive) return fail(ErrorKind::usage, "there is no lane " + std::to_string(lane));
    if (!drive->ended()) {
        return fail(ErrorKind::state, "the lane still runs", drive->lane.name, "cancel it first");
    }
    const std::lock_guard lock(lanes_->mutex);
    lanes_->drives.erase(lane);
    return {};
}

}  // namespace doubletalk::flow
