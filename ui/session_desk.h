// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <memory>

class QMenu;
class QWidget;

namespace doubletalk::bench {
class Bench;
}

namespace doubletalk::ui {

class History;
class ReplayDialog;
class SessionPanel;
class SessionWork;
class TimeView;
struct OpenedSession;

/// Sessions in the window: record, open into the history all plots read, replay with the settings
/// of now, and which ones were there recently. Thread: gui.
class SessionDesk : public QObject {
    Q_OBJECT
public:
    /// All outlive it; its files come from panel and recent_menu, too.
    SessionDesk(bench::Bench& bench, History& history, TimeView& view, SessionPanel& panel,
                QMenu& recent_menu);
    ~SessionDesk() override;

    void toggleRecording();
    void choose(QWidget* window);
    void open(const QString& folder);
    /// The opened session, or the one kept last.
    void replay();
    /// The opened session, or the one kept last; empty: none.
    [[nodiscard]] QString folder() const {
        return opened_folder_.isEmpty() ? last_kept_ : opened_folder_;
    }
    /// How many the last replay changed.
    [[nodiscard]] int changedDecisions() const;
    /// A list of them; one that is chosen there is shown on the plots.
    void showDecisions();
    /// Asks for a track to be saved of it.
    void saveTrack();
    /// Ends a replay that goes on.
    void cancel();
    /// The history shows a run from now on, also when an opening goes on.
    void leave();
    /// Null: the history shows a run, or nothing.
    [[nodiscard]] const OpenedSession* opened() const { return opened_.get(); }

signals:
    /// The history holds this session now.
    void shown(const QString& folder);
    /// It shows a run.
    void left();
    void told(const QString& text, int for_ms);
    /// What a replay came to.
    void compared(const QString& verdict);
    /// Another session is shown than the replay: what it came to is no longer the matter.
    void comparisonLeft();
    void saveTrackWanted(const QString& folder);
    void progress(const QString& what, double done_ratio);
    void failed(const QString& what);

private:
    void replayFolder(const QString& folder);
    void show(const QString& folder);
    void leaveComparison();
    void remember(const QString& folder);
    void listRecent();

    bench::Bench& bench_;
    History& history_;
    TimeView& view_;
    SessionPanel& panel_;
    QMenu& recent_menu_;
    std::unique_ptr<SessionWork> work_;
    QString opening_;  ///< asked for, not shown yet; empty: nothing, or it is void
    std::unique_ptr<OpenedSession> opened_;
    QString opened_folder_, last_kept_, replaying_;
    QString replayed_folder_;            ///< what the last replay has written
    ReplayDialog* decisions_ = nullptr;  ///< the window's; null: not wanted yet
};

}  // namespace doubletalk::ui
