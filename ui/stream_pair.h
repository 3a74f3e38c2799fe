// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>

#include "ui/server_thread.h"

namespace doubletalk::ui {

/// A stream of two channels that `doubletalk-cli send` brings over TCP, as two files: the left
/// channel is the far end, the right one the microphone. Server and files have a thread of their
/// own. Thread: gui.
class StreamPair : public QObject {
    Q_OBJECT
public:
    explicit StreamPair(QObject* parent = nullptr);
    ~StreamPair() override;

    /// Waits for one sender; its audio goes to BASE-far.wav and BASE-mic.wav.
    void start(const QString& base);
    /// What came so far is kept; done() or stopped() follows.
    void stop();
    [[nodiscard]] bool running() const { return running_; }

signals:
    /// It listens at this address.
    void waiting(const QString& address);
    void received(double seconds);
    /// Both files are there.
    void done(const QString& far_end, const QString& microphone, double seconds);
    /// Nothing came; no file was written.
    void stopped();
    void failed(const QString& what);

private:
    class Receiver;
    void tellEnd();

    ServerThread<Receiver> receiver_;
    bool running_ = false;
};

}  // namespace doubletalk::ui
