// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>

#include "ui/server_thread.h"

namespace doubletalk::ui {

/// A stream of two channels that `doubletalk-cli send` brings over TCP, as two files: the left
/// channel is the far end, the right one the microphone. Server and files have a thread of their
/// own. What came is kept, however it ends. Thread: gui.
class StreamPair : public QObject {
    Q_OBJECT
public:
    explicit StreamPair(QObject* parent = nullptr);
    ~StreamPair() override;

    /// Longer streams end here. [s]
    static constexpr double kMostS = 3600.0;
    /// Where a pair goes: BASE-far.wav, BASE-mic.wav.
    [[nodiscard]] static QStringList filesOf(const QString& base);

    /// Waits for one sender of two channels; files that are there are replaced.
    void start(const QString& base);
    /// What came so far is kept; done() or stopped() follows.
    void stop();
    [[nodiscard]] bool running() const { return running_; }

signals:
    /// It listens at this address.
    void waiting(const QString& address);
    void received(double seconds);
    /// Somebody was sent away, or came; it still waits.
    void note(const QString& line);
    /// Both files are there. shortfall: what is missing in them, or empty.
    void done(const QString& far_end, const QString& microphone, double seconds,
              const QString& shortfall);
    /// Nothing came; no file was written.
    void stopped();
    /// What came before is kept all the same, where it can be.
    void failed(const QString& what);

private:
    class Receiver;
    void tellEnd();

    ServerThread<Receiver> receiver_;
    bool running_ = false;
};

}  // namespace doubletalk::ui
