// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThread>
#include <chrono>
#include <functional>

#include "engine/core/result.h"

namespace doubletalk::audio {

/// The one thread in which every sound device lives: Qt's connection to the sound server is made
/// there, needs its event loop, and lasts as long as the program. A call to a server that hangs
/// blocks this thread and nobody else. Needs a QCoreApplication; ends with it.
class DeviceThread {
public:
    /// Errors: state (no QCoreApplication).
    [[nodiscard]] static Result<DeviceThread*> instance();

    /// Does it in the device thread and waits. Errors: io (no answer in time; then it may still be
    /// done later). Thread: any but the device thread.
    [[nodiscard]] Result<void> call(std::function<void()> work, std::chrono::milliseconds most);
    /// Does it in the device thread some time.
    void post(std::function<void()> work);
    [[nodiscard]] QThread* thread() noexcept { return &thread_; }

private:
    DeviceThread();
    static void shutDown();

    QThread thread_;
    QObject worker_;  ///< lives in thread_
};

}  // namespace doubletalk::audio
