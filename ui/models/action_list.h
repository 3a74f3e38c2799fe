// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

class QAction;
class QObject;

namespace doubletalk::ui {

/// One action a user can start, by menu and key.
struct ListedAction {
    QAction* action = nullptr;
    QString group;  ///< its menu
    QString title;  ///< without the mnemonic
    QString keys;   ///< as the platform writes them; empty: none
};

/// Every named action of a window: those of its menus by menu, then the rest. Each once.
/// Thread: gui.
[[nodiscard]] std::vector<ListedAction> listedActions(const QObject& window);

}  // namespace doubletalk::ui
