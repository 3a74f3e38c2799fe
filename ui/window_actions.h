// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QObject>

class QAction;
class QActionGroup;
class QMainWindow;
class QMenu;

namespace doubletalk::ui {

/// Everything the window can do, once: menus, tool bar, key card and command palette show these.
/// Thread: gui.
class WindowActions : public QObject {
    Q_OBJECT
public:
    /// Makes the menus of window, too.
    explicit WindowActions(QMainWindow& window);

    /// Where what is sent is spoken; empty: nowhere.
    void showSpeakAddress(const QString& address);

    /// All with a text, menu by menu.
    [[nodiscard]] const QList<QAction*>& all() const { return all_; }

    /// While a dialog is in front, keys without Ctrl or Alt are the dialog's.
    bool eventFilter(QObject* watched, QEvent* event) override;

    QAction *open, *save_track, *record, *export_plot, *quit;
    QAction *run, *interrupt, *reset, *source, *speak_file, *speak_stream, *move_microphone, *spike,
        *replay;
    QAction *echo, *network;
    QAction *follow, *cursors, *hold, *next_problem, *previous_problem, *fit, *zoom_in, *zoom_out;
    QAction *undo, *redo, *dark, *text_larger, *text_smaller, *default_layout, *smooth;
    QAction *analyse, *listen, *palette, *keys, *about;
    QMenu *panels_menu, *recent_menu, *scene_menu;

private:
    QAction* add(QMenu* menu, const QString& text, const QString& tip, const QString& keys);
    QAction* addSwitch(QMenu* menu, const QString& text, const QString& tip, const QString& keys);

    QMainWindow& window_;
    QList<QAction*> all_;
    QString speak_stream_text_, speak_stream_tip_;
};

}  // namespace doubletalk::ui
