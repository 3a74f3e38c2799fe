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
/// cursor 1 or the view's start on, with its place on all plots. Thread: gui.
class HearButton : public QToolButton {
    Q_OBJECT
public:
    /// All outlive it.
    HearButton(bench::Bench& bench, const SessionDesk& sessions, const SourceChoice& source,
               TimeView& view, QWidget* parent);

    void hearNothing();
    void hearTap(bench::FeedTap tap);
    void playTrack(const QString& name);
    /// The track that plays goes on from there.
    void playFrom(double at_s);
    /// Once a frame: shows where the track is, and that it has ended.
    void refresh();
    /// The plots show something else: a track of before ends.
    void leaveSession();
    /// Reads it elsewhere first; what sounds ends, and the same file again only ends.
    void playFile(const QString& file);

signals:
    void browserWanted();
    void failed(const QString& what);

private:
    void fillMenu();
    void showSounding(bool sounding);
    void play(std::vector<float> samples, int rate_hz, double from_s);

    bench::Bench& bench_;
    const SessionDesk& sessions_;
    const SourceChoice& source_;
    TimeView& view_;
    QString file_;
    bool plays_ = false;        ///< a track or a file, until its end
    bool track_ = false;        ///< it is one of the opened session
    bench::TaskThread thread_;  ///< last: ends first
};

}  // namespace doubletalk::ui
