// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QByteArray>
#include <QList>
#include <vector>

#include "ui/plots/time_stack.h"

namespace doubletalk::ui {

/// Lines of a CSV as fields.
inline std::vector<QList<QByteArray>> table(const QByteArray& text) {
    std::vector<QList<QByteArray>> rows;
    for (const auto& line : text.split('\n')) {
        if (!line.isEmpty()) rows.push_back(line.split(','));
    }
    return rows;
}

inline void pump(TimeStack& stack) {
    stack.refresh();
    QApplication::processEvents();
}

}  // namespace doubletalk::ui
