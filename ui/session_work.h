// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/bench/bench.h"
#include "app/bench/task_thread.h"

namespace doubletalk::duplex {
struct DecisionChange;
struct Settings;
}  // namespace doubletalk::duplex

namespace doubletalk::ui {

class History;

/// A session as the window shows and plays it.
struct OpenedSession {
    std::unique_ptr<History> history;
    int rate_hz = 16000;
    std::map<std::string, std::vector<float>> tracks;  ///< on the capture clock
    std::vector<bench::QueuedSpeech> spoken;           ///< by the assistant
    std::vector<bench::VoiceSegment> voice;            ///< of the user

    OpenedSession();
    ~OpenedSession();
};

/// Slow work with recorded sessions, off the window's thread: opening, and replaying with other
/// settings. Thread: gui.
class SessionWork : public QObject {
    Q_OBJECT
public:
    explicit SessionWork(QObject* parent = nullptr);
    ~SessionWork() override;

    void open(const QString& folder);
    /// The session opened last; once.
    [[nodiscard]] std::unique_ptr<OpenedSession> take();
    /// Runs a session again with these settings into a new folder; replayed() tells what came out.
    void replay(const QString& folder, const duplex::Settings& settings, const QString& into);
    /// Which decisions the last replay changed, in time order.
    [[nodiscard]] const std::vector<duplex::DecisionChange>& decisions() const {
        return decisions_;
    }
    void cancel() { cancelled_ = true; }

signals:
    /// Also after failed(): take() has nothing then.
    void opened(const QString& folder);
    void replayed(const QString& folder, const QString& verdict);
    void failed(const QString& what);
    void progress(const QString& what, double done_ratio);

private:
    std::unique_ptr<OpenedSession> opened_;
    std::vector<duplex::DecisionChange> decisions_;
    std::atomic<bool> cancelled_{false};
    bench::TaskThread thread_;  ///< last: ends first
};

}  // namespace doubletalk::ui
