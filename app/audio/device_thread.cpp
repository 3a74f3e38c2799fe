// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/device_thread.h"

#include <QCoreApplication>
#include <QMetaObject>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "app/audio/sound_server.h"
#include "engine/core/thread_role.h"

namespace doubletalk::audio {
namespace {

constexpr unsigned long kShutDownMs = 2000;

std::mutex instance_mutex;
DeviceThread* running_instance = nullptr;

}  // namespace

DeviceThread::DeviceThread() {
    thread_.setObjectName("dt-device");
    worker_.moveToThread(&thread_);
    thread_.start(QThread::TimeCriticalPriority);
    post([] { setThreadRole(ThreadRole::device); });
}

Result<DeviceThread*> DeviceThread::instance() {
    const std::lock_guard lock(instance_mutex);
    if (QCoreApplication::instance() == nullptr) {
        return fail(ErrorKind::state, "sound devices need a QCoreApplication", {},
                    "make one before the first device");
    }
    if (running_instance == nullptr) {
        SoundServer::watch();
        running_instance = new DeviceThread;
        qAddPostRoutine(&DeviceThread::shutDown);
    }
    return running_instance;
}

void DeviceThread::shutDown() {
    const std::lock_guard lock(instance_mutex);
    if (running_instance == nullptr) return;
    running_instance->thread_.quit();
    // A thread that hangs in the sound library is left behind: ending it could hang the exit too.
    if (running_instance->thread_.wait(kShutDownMs)) delete running_instance;
    running_instance = nullptr;
}

void DeviceThread::post(std::function<void()> work) {
    QMetaObject::invokeMethod(&worker_, std::move(work), Qt::QueuedConnection);
}

Result<void> DeviceThread::call(std::function<void()> work, std::chrono::milliseconds most) {
    struct Done {
        std::mutex mutex;
        std::condition_variable changed;
        bool done = false;
    };
    auto state = std::make_shared<Done>();
    post([state, work = std::move(work)] {
        work();
        const std::lock_guard lock(state->mutex);
        state->done = true;
        state->changed.notify_all();
    });
    std::unique_lock lock(state->mutex);
    if (state->changed.wait_for(lock, most, [&] { return state->done; })) return {};
    return fail(ErrorKind::io, "the sound server does not answer", "sound devices",
                "check that the sound server runs; restart it if it hangs");
}

}  // namespace doubletalk::audio
