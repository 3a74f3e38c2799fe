// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QToolButton>

#include "app/bench/task_thread.h"

namespace doubletalk::bench {
class Bench;
enum class FeedTap : std::uint8_t;
}  // namespace doubletalk::bench

namespace doubletalk::ui {

class SessionDesk;
class SourceChoice;
class TimeView;

/// What the operator hears: a tap of the running engine, or a track of the opened session from
/// cursor 1 or the view's start on. Thread: gui.
class HearButton : public QToolButton {
    Q_OBJECT
public:
    /// All outlive it.
    HearButton(bench::Bench& bench, const SessionDesk& sessions, const SourceChoice& source,
               const TimeView& view, QWidget* parent);

    void hearNothing();
    void hearTap(bench::FeedTap tap);
    void playTrack(const QString& name);
    /// Reads it elsewhere first; what sounds ends, and the same file again only ends.
    void playFile(const QString& file);

signals:
    void browserWanted();
    void failed(const QString& what);

private:
    void fillMenu();
    void showSounding(bool sounding);
    void play(std::vector<float> samples, int rate_hz);

    bench::Bench& bench_;
    const SessionDesk& sessions_;
    const SourceChoice& source_;
    const TimeView& view_;
    QString file_;
    bench::TaskThread thread_;  ///< last: ends first
};

}  // namespace doubletalk::ui
