// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QStringList>
#include <QTimer>
#include <QVariantMap>

class QDockWidget;
class QMainWindow;
class QMenu;
class QWidget;

namespace doubletalk::ui {

enum class Workspace { echo, network, count_ };

/// The docks around the plots, and their layout in each workspace, which survives a restart. Narrow
/// windows have layouts of their own, with the panels below the plots as tabs of one dock.
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
    /// Size and place of the window, within its screen.
    void restoreGeometry();
    [[nodiscard]] bool narrow() const { return narrow_; }
    void deleteDocks();

signals:
    void narrowChanged(bool narrow);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    [[nodiscard]] bool isNarrow(int width) const;
    struct Docks {
        QByteArray state;
        QVariantMap sizes;  ///< of those in front
    };
    [[nodiscard]] QSize placeOf(const QDockWidget& dock) const;
    [[nodiscard]] Docks docksNow() const;
    void saveDocks(const Docks& docks) const;
    void adapt();
    void settle();

    QMainWindow& window_;
    QMenu& panels_menu_;
    QHash<QString, QDockWidget*> docks_;
    QStringList stacked_;  ///< tabs of one dock, the first one first
    Workspace workspace_ = Workspace::echo;
    bool narrow_ = false;
    bool settled_ = false;  ///< has the size the screen gives it
    QTimer settling_, rest_;
    Docks kept_;  ///< as they last stood
};

}  // namespace doubletalk::ui
