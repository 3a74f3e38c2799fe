// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMetaObject>
#include <QString>
#include <QThread>
#include <cstdint>
#include <utility>

#include "engine/core/result.h"

namespace doubletalk::ui {

/// A server of the window with a thread and an event loop of its own; nothing waits for it except
/// the end, which stops it there. Server: a QObject with stop(). Thread: gui.
template <typename Server>
class ServerThread {
public:
    ServerThread(const QString& name, Server* server) : server_(server) {
        server->moveToThread(&thread_);
        QObject::connect(&thread_, &QThread::finished, server, [server] {
            server->stop();
            server->deleteLater();
        });
        thread_.setObjectName(name);
        thread_.start();
    }
    ~ServerThread() {
        thread_.quit();
        thread_.wait();
    }
    ServerThread(const ServerThread&) = delete;
    ServerThread& operator=(const ServerThread&) = delete;

    /// Calls work(server) in its thread, behind what was posted before.
    template <typename Work>
    void post(Work work) {
        QMetaObject::invokeMethod(
            server_, [server = server_, work = std::move(work)]() mutable { work(*server); });
    }

private:
    QThread thread_;
    Server* server_;
};

/// Opens at the port, or at any free one when somebody else has it.
template <typename Open>
[[nodiscard]] Result<void> openAtOrAnywhere(std::uint16_t& port, Open open) {
    auto ok = open();
    if (ok || port == 0) return ok;
    port = 0;
    return open();
}

}  // namespace doubletalk::ui
