// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "ui/theme/icons.h"

class QHBoxLayout;
class QLabel;
class QToolButton;

namespace doubletalk::ui {

/// The 30 px line at a panel's top: title, a note, icon buttons at the right end. Thread: gui.
class PanelHeader : public QWidget {
    Q_OBJECT
public:
    explicit PanelHeader(const QString& title, QWidget* parent = nullptr);
    void setNote(const QString& note);
    /// tip names what it does and its key; it is the accessible name too.
    QToolButton* addButton(Icon icon, const QString& tip);

private:
    void restyle();

    QHBoxLayout* layout_;
    QLabel* title_;
    QLabel* note_;
};

/// Background of a dock from the style sheet.
void makePanel(QWidget& widget);
/// A note label in text2 that follows the theme.
[[nodiscard]] QLabel* makeNote(const QString& text, QWidget* parent);

}  // namespace doubletalk::ui
