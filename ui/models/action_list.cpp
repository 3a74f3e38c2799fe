// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/action_list.h"

#include <QAction>
#include <QCoreApplication>
#include <QKeySequence>
#include <QMenu>
#include <QMenuBar>
#include <QSet>

namespace doubletalk::ui {
namespace {

QString plain(QString text) {
    text.remove(QLatin1Char('&'));
    text.remove(QStringLiteral("…"));
    return text;
}

void addAction(QAction* action, const QString& group, std::vector<ListedAction>& list,
               QSet<QAction*>& seen);

void addMenu(const QMenu& menu, const QString& group, std::vector<ListedAction>& list,
             QSet<QAction*>& seen) {
    for (auto* action : menu.actions()) addAction(action, group, list, seen);
}

void addAction(QAction* action, const QString& group, std::vector<ListedAction>& list,
               QSet<QAction*>& seen) {
    if (action->isSeparator() || plain(action->text()).isEmpty() || seen.contains(action)) return;
    seen.insert(action);
    if (action->menu() != nullptr) {
        addMenu(*action->menu(), group, list, seen);
        return;
    }
    QStringList keys;
    for (const auto& key : action->shortcuts()) keys << key.toString(QKeySequence::NativeText);
    list.push_back({action, group, plain(action->text()), keys.join(QLatin1String(", "))});
}

}  // namespace

std::vector<ListedAction> listedActions(const QObject& window) {
    std::vector<ListedAction> list;
    QSet<QAction*> seen;
    for (const auto* bar : window.findChildren<QMenuBar*>()) {
        for (auto* top : bar->actions()) {
            if (top->menu() != nullptr) addMenu(*top->menu(), plain(top->text()), list, seen);
        }
    }
    const auto rest = QCoreApplication::translate("Actions", "Window");
    for (auto* action : window.findChildren<QAction*>()) {
        // Menus of combo boxes, tool buttons and line edits are no actions of the window.
        const bool own = action->parent() == &window;
        if (own || !action->shortcuts().isEmpty()) addAction(action, rest, list, seen);
    }
    return list;
}

}  // namespace doubletalk::ui
