// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace doubletalk::bench {

/// What other threads want the thread of a run to do, in their order. Thread: ask() any; the rest
/// the run's.
template <class... Subject>
class ActionQueue {
public:
    using Action = std::function<void(Subject...)>;

    void ask(Action action) {
        const std::lock_guard lock(mutex_);
        asked_.push_back(std::move(action));
    }
    /// Does what was asked for.
    void run(Subject... subject) {
        {
            const std::lock_guard lock(mutex_);
            std::swap(asked_, now_);
        }
        doNow(subject...);
    }
    /// The same without ever waiting: leaves it for the next time while somebody asks.
    void tryRun(Subject... subject) {
        {
            const std::unique_lock lock(mutex_, std::try_to_lock);
            if (!lock) return;
            std::swap(asked_, now_);
        }
        doNow(subject...);
    }

private:
    void doNow(Subject... subject) {
        for (const auto& action : now_) action(subject...);
        now_.clear();
    }

    std::mutex mutex_;
    std::vector<Action> asked_, now_;
};

}  // namespace doubletalk::bench
