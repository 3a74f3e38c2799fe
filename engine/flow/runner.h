// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "engine/flow/node.h"

namespace doubletalk::flow {

/// What went through a run.
struct RunCounts {
    std::int64_t items_in = 0;   ///< blocks or packets the reader gave
    std::int64_t items_out = 0;  ///< the writer took
    std::int64_t frames_in = 0;
    std::int64_t frames_out = 0;
    bool cancelled = false;
};

struct RunOptions {
    std::function<void(const RunCounts&)> progress;  ///< on the caller's thread
    std::int64_t progress_every_items = 100;
    const std::atomic<bool>* cancel = nullptr;  ///< looked at before every item
    bool flush_on_cancel = true;  ///< false: the writer is left as it is, a file does not appear
    int wait_us = 500;            ///< [us] pause after again, for ends without hint and wake-up
    int max_wait_ms = 10'000;     ///< [ms] without an item, then the run gives up; 0: never
    WakeUp* pause = nullptr;  ///< slept on where an end has no wake-up, so that a cancel is quick
};

/// Carries everything from a reader over any processors to a writer until eof, then flushes. An end
/// that answers again is asked anew when its wake-up is signalled or its hint is over, after 20 ms
/// at most. Thread: user (waits and may allocate; never for the worker).
class Runner {
public:
    /// reader: nothing in; writer: nothing out; a Pipeline is either. After a cancel the writer is
    /// flushed, so that what it got is whole. Errors: usage (ends or channels do not fit), state (a
    /// node failed, or an end answered again for too long); those of Node::failure().
    [[nodiscard]] static Result<RunCounts> run(Node& reader, std::span<Node* const> processors,
                                               Node& writer, const RunOptions& options = {});
    [[nodiscard]] static Result<RunCounts> run(Node& reader, Node& writer,
                                               const RunOptions& options = {}) {
        return run(reader, {}, writer, options);
    }
};

}  // namespace doubletalk::flow
