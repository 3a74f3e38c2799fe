// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window_layout.h"

#include <QDockWidget>
#include <QEvent>
#include <QGuiApplication>
#include <QMainWindow>
#include <QMenu>
#include <QScreen>
#include <QSettings>
#include <QTabBar>
#include <cstdlib>

#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kLayoutVersion = 1;
constexpr int kWideWindow = 1400;  // from here on the side docks have their full width
constexpr int kSettlingMs = 300;   // within it the screen gives the window its size
constexpr int kRestMs = 200;       // after it a dock that was moved stands

QString layoutKey(Workspace workspace, bool narrow) {
    return QStringLiteral("layout/%1%2")
        .arg(workspace == Workspace::echo ? "echo" : "network", narrow ? "_narrow" : "");
}

QString sizesKey(Workspace workspace, bool narrow) {
    return layoutKey(workspace, narrow) + QStringLiteral("_sizes");
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
    window_.installEventFilter(this);
    settling_.setSingleShot(true);
    settling_.setInterval(kSettlingMs);
    connect(&settling_, &QTimer::timeout, this, [this] { settled_ = true; });
    rest_.setSingleShot(true);
    rest_.setInterval(kRestMs);
    connect(&rest_, &QTimer::timeout, this, [this] {
        kept_ = docksNow();
        // Tab bars come and go with the docks; their base is half a line.
        for (auto* bar : window_.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly))
            bar->setDrawBase(false);
    });
    connect(&Theme::current(), &Theme::changed, this, &WindowLayout::adapt);
}

bool WindowLayout::isNarrow(int width) const {
    return width < Theme::current().scaled(kWideWindow);
}

bool WindowLayout::eventFilter(QObject* watched, QEvent* event) {
    if (watched != &window_) {
        const bool moved = event->type() == QEvent::Resize || event->type() == QEvent::Show ||
                           event->type() == QEvent::Hide;
        if (moved) rest_.start();
        return QObject::eventFilter(watched, event);
    }
    // Docks that move along with the window, which they did before this, keep what they had.
    if (event->type() == QEvent::Resize) rest_.stop();
    if (event->type() == QEvent::Show && !settled_ && !settling_.isActive()) {
        settling_.start();
        QTimer::singleShot(0, this, &WindowLayout::settle);
    } else if (event->type() == QEvent::Resize && settling_.isActive()) {
        QTimer::singleShot(0, this, &WindowLayout::settle);
    } else if (event->type() == QEvent::Resize) {
        adapt();
    }
    return QObject::eventFilter(watched, event);
}

void WindowLayout::adapt() {
    if (!settled_ || isNarrow(window_.width()) == narrow_) return;
    saveDocks(kept_);
    narrow_ = !narrow_;
    QTimer::singleShot(0, this, &WindowLayout::settle);
}

/// Docks keep their sizes exactly only in a window that has its own.
void WindowLayout::settle() {
    narrow_ = isNarrow(window_.width());
    restore(workspace_);
    rest_.start();
    emit narrowChanged(narrow_);
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
    dock->installEventFilter(this);
    panels_menu_.addAction(dock->toggleViewAction());
    docks_.insert(id, dock);
}

void WindowLayout::stack(const QString& first, const QStringList& others) {
    stacked_ = QStringList(first) + others;
    for (const auto& id : others) window_.tabifyDockWidget(docks_[first], docks_[id]);
}

void WindowLayout::showDefault(Workspace workspace) {
    workspace_ = workspace;
    for (auto* dock : docks_) {
        dock->setFloating(false);
        window_.removeDockWidget(dock);  // leaves its tabs
    }
    window_.addDockWidget(Qt::LeftDockWidgetArea, docks_["parameters"]);
    window_.addDockWidget(Qt::RightDockWidgetArea, docks_["health"]);
    const auto below = QStringList{"echo_path", "delay_variation", "latency"} + stacked_;
    for (const auto& id : below) window_.addDockWidget(Qt::BottomDockWidgetArea, docks_[id]);
    const auto& tabs = narrow_ ? below : stacked_;
    for (const auto& id : tabs.mid(1)) window_.tabifyDockWidget(docks_[tabs.front()], docks_[id]);
    for (auto* dock : docks_) dock->show();
    const bool echo = workspace == Workspace::echo;
    docks_["echo_path"]->setVisible(echo);
    docks_["latency"]->setVisible(echo);
    docks_["delay_variation"]->setVisible(!echo);
    docks_["events"]->raise();
    auto& theme = Theme::current();
    window_.resizeDocks({docks_["parameters"], docks_["health"]},
                        {theme.scaled(narrow_ ? 264 : 296), theme.scaled(narrow_ ? 132 : 248)},
                        Qt::Horizontal);
    window_.resizeDocks({docks_["events"]}, {theme.scaled(narrow_ ? 220 : 270)}, Qt::Vertical);
    if (narrow_) return;
    window_.resizeDocks(
        {docks_[echo ? "echo_path" : "delay_variation"], docks_["latency"], docks_["events"]},
        {theme.scaled(290), theme.scaled(340), theme.scaled(470)}, Qt::Horizontal);
}

void WindowLayout::restore(Workspace workspace) {
    workspace_ = workspace;
    const auto saved = QSettings().value(layoutKey(workspace, narrow_)).toByteArray();
    if (!window_.restoreState(saved, kLayoutVersion)) return showDefault(workspace);
    // The state alone gives them a share of the window, not their size.
    const auto sizes = QSettings().value(sizesKey(workspace, narrow_)).toMap();
    QList<QDockWidget*> docks;
    QList<int> widths, heights;
    for (auto it = sizes.begin(); it != sizes.end(); ++it) {
        auto* dock = docks_.value(it.key());
        if (dock == nullptr || dock->isFloating() || dock->isHidden()) continue;
        docks << dock;
        widths << it->toSize().width();
        heights << it->toSize().height();
    }
    window_.resizeDocks(docks, widths, Qt::Horizontal);
    window_.resizeDocks(docks, heights, Qt::Vertical);
}

/// With the tabs above it.
QSize WindowLayout::placeOf(const QDockWidget& dock) const {
    auto place = dock.geometry();
    for (const auto* bar : window_.findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
        const auto tabs = bar->geometry();
        const bool above = std::abs(tabs.bottom() + 1 - place.top()) <= 2 &&
                           place.left() <= tabs.left() && tabs.left() <= place.right();
        if (bar->isVisible() && above) place.setTop(tabs.top());
    }
    return place.size();
}

WindowLayout::Docks WindowLayout::docksNow() const {
    Docks docks{window_.saveState(kLayoutVersion), {}};
    for (auto it = docks_.begin(); it != docks_.end(); ++it) {
        const bool in_front = !it.value()->visibleRegion().isEmpty();
        if (in_front && !it.value()->isFloating())
            docks.sizes.insert(it.key(), placeOf(*it.value()));
    }
    return docks;
}

void WindowLayout::saveDocks(const Docks& docks) const {
    if (docks.state.isEmpty()) return;
    QSettings settings;
    settings.setValue(layoutKey(workspace_, narrow_), docks.state);
    settings.setValue(sizesKey(workspace_, narrow_), docks.sizes);
}

void WindowLayout::save(Workspace workspace) const {
    QSettings settings;
    settings.setValue("window/geometry", window_.saveGeometry());
    settings.setValue("window/workspace", int(workspace));
    saveDocks(docksNow());
}

void WindowLayout::restoreGeometry() {
    const QSize designed(1600, 1000);
    window_.resize(designed);
    const auto saved = QSettings().value("window/geometry").toByteArray();
    const auto* screen = window_.screen();
    // The offscreen platform's is smaller than any window and nobody's.
    const bool seen = screen != nullptr && QGuiApplication::platformName() != "offscreen";
    if (!window_.restoreGeometry(saved) && seen) {
        const auto room = screen->availableGeometry();
        // With its frame it needs a little more than its size.
        if (room.width() <= designed.width() || room.height() <= designed.height()) {
            window_.setGeometry(QRect(room.topLeft(), designed.boundedTo(room.size())));
            window_.setWindowState(window_.windowState() | Qt::WindowMaximized);
        }
    }
    narrow_ = isNarrow(window_.width());
}

void WindowLayout::deleteDocks() {
    qDeleteAll(docks_);
    docks_.clear();
}

}  // namespace doubletalk::ui
