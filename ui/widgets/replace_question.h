// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <functional>

class QWidget;

namespace doubletalk::ui {

/// Asks whether files that are there may be replaced; replace() is called when the user agrees.
/// Returns at once. names: without their folder. Thread: gui.
void askToReplace(QWidget& parent, const QStringList& names, std::function<void()> replace);

}  // namespace doubletalk::ui
