// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window_layout.h"

#include <QDockWidget>
#include <QMainWindow>
#include <QMenu>
#include <QSettings>

#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kLayoutVersion = 1;
constexpr int kWideWindow = 1400;  // from here on the side docks have their full width

QString layoutKey(Workspace workspace) {
    return QStringLiteral("layout/%1").arg(workspace == Workspace::echo ? "echo" : "network");
}

}  // namespace

WindowLayout::WindowLayout(QMainWindow& window, QMenu& panels_menu)
    : window_(window), panels_menu_(panels_menu) {
    using Option = QMainWindow;
    window_.setDockOptions(Option::AnimatedDocks | Option::AllowNestedDocks |
                           Option::AllowTabbedDocks);
    window_.setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    window_.setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    window_.setTabPosition(Qt::BottomDockWidgetArea, QTabWidget::North);
}

void WindowLayout::add(const QString& id, const QString& title, QWidget* content,
                       Qt::DockWidgetArea area) {
    auto* dock = new QDockWidget(title, &window_);
    dock->setObjectName(id);
    dock->setWidget(content);
    // The panels have title rows of their own; a floating one gets the window system's.
    auto* no_title = new QWidget(dock);
    no_title->setFixedHeight(0);
    dock->setTitleBarWidget(no_title);
    window_.addDockWidget(area, dock);
    panels_menu_.addAction(dock->toggleViewAction());
    docks_.insert(id, dock);
}

void WindowLayout::stack(const QString& first, const QStringList& others) {
    for (const auto& id : others) window_.tabifyDockWidget(docks_[first], docks_[id]);
}

void WindowLayout::showDefault(Workspace workspace) {
    for (auto* dock : docks_) {
        dock->setFloating(false);
        dock->show();
    }
    const bool echo = workspace == Workspace::echo;
    docks_["echo_path"]->setVisible(echo);
    docks_["latency"]->setVisible(echo);
    docks_["delay_variation"]->setVisible(!echo);
    docks_["events"]->raise();
    auto& theme = Theme::current();
    const bool narrow = window_.width() < kWideWindow;
    window_.resizeDocks({docks_["parameters"], docks_["health"]},
                        {theme.scaled(narrow ? 264 : 296), theme.scaled(narrow ? 132 : 248)},
                        Qt::Horizontal);
    window_.resizeDocks({docks_["events"]}, {theme.scaled(270)}, Qt::Vertical);
    window_.resizeDocks(
        {docks_[echo ? "echo_path" : "delay_variation"], docks_["latency"], docks_["events"]},
        {theme.scaled(300), theme.scaled(380), theme.scaled(420)}, Qt::Horizontal);
}

void WindowLayout::restore(Workspace workspace) {
    const auto saved = QSettings().value(layoutKey(workspace)).toByteArray();
    if (!window_.restoreState(saved, kLayoutVersion)) showDefault(workspace);
}

void WindowLayout::save(Workspace workspace) const {
    QSettings settings;
    settings.setValue("window/geometry", window_.saveGeometry());
    settings.setValue(layoutKey(workspace), window_.saveState(kLayoutVersion));
    settings.setValue("window/workspace", int(workspace));
}

void WindowLayout::restoreGeometry() {
    window_.resize(1600, 1000);
    window_.restoreGeometry(QSettings().value("window/geometry").toByteArray());
}

void WindowLayout::deleteDocks() {
    qDeleteAll(docks_);
    docks_.clear();
}

}  // namespace doubletalk::ui
