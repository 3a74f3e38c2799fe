// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <vector>

class QMenu;
class QWidget;

namespace doubletalk::ui {

class LampButton;
class ParameterEdits;

/// The switches used most, for a tool bar: echo canceller, noise reduction, concealment, jitter
/// buffer; each with its engines in a menu. Thread: gui.
class QuickToggles : public QObject {
    Q_OBJECT
public:
    /// edits outlives it; the buttons belong to parent.
    QuickToggles(ParameterEdits& edits, QWidget* parent);
    /// In the order above.
    [[nodiscard]] std::vector<LampButton*> buttons() const;

signals:
    void failed(const QString& what);

private:
    struct Entry {
        LampButton* button;
        QMenu* menu;
        QString enabled, choice, what;
    };
    void add(QWidget* parent, const QString& title, const QString& what, const QString& enabled,
             const QString& choice);
    void refresh();
    void set(const QString& name, const QString& text);

    ParameterEdits& edits_;
    std::vector<Entry> entries_;
};

}  // namespace doubletalk::ui
