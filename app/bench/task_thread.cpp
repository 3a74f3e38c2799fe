// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/task_thread.h"

#include "engine/core/thread_role.h"

namespace doubletalk::bench {

TaskThread::TaskThread() : thread_([this] { work(); }) {}

TaskThread::~TaskThread() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        tasks_.clear();
    }
    wake_.notify_one();
    thread_.join();
}

void TaskThread::post(std::function<void()> task) {
    {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
}

void TaskThread::work() {
    setThreadRole(ThreadRole::speech);
    std::unique_lock lock(mutex_);
    while (!ending_) {
        if (tasks_.empty()) {
            wake_.wait(lock);
            continue;
        }
        const auto task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task();
        lock.lock();
    }
}

}  // namespace doubletalk::bench
