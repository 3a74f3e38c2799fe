// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QString>

class QDockWidget;
class QMainWindow;
class QMenu;
class QWidget;

namespace doubletalk::ui {

enum class Workspace { echo, network, count_ };

/// The docks around the plots, and their layout in each workspace, which survives a restart.
/// Thread: gui.
class WindowLayout : public QObject {
    Q_OBJECT
public:
    /// Both outlive it; panels_menu gets a switch for each dock.
    WindowLayout(QMainWindow& window, QMenu& panels_menu);

    void add(const QString& id, const QString& title, QWidget* content, Qt::DockWidgetArea area);
    /// Tabs of one dock.
    void stack(const QString& first, const QStringList& others);
    [[nodiscard]] QDockWidget* dock(const QString& id) const { return docks_.value(id); }

    void showDefault(Workspace workspace);
    /// The default one when nothing was saved.
    void restore(Workspace workspace);
    void save(Workspace workspace) const;
    /// Size and place of the window.
    void restoreGeometry();
    void deleteDocks();

private:
    QMainWindow& window_;
    QMenu& panels_menu_;
    QHash<QString, QDockWidget*> docks_;
};

}  // namespace doubletalk::ui
