// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>
#include <QComboBox>
#include <QCoreApplication>
#include <QMouseEvent>
#include <QScrollBar>
#include <QStyledItemDelegate>

namespace doubletalk::ui {

/// A combo box whose list is as wide as its longest entry, however narrow the box is, with rows as
/// the style sheet has them. Thread: gui.
class ChoiceBox : public QComboBox {
public:
    explicit ChoiceBox(QWidget* parent = nullptr) : QComboBox(parent) {
        setItemDelegate(new QStyledItemDelegate(this));
    }
    void showPopup() override {
        const int margin = view()->verticalScrollBar()->sizeHint().width() + 2;
        view()->setMinimumWidth(view()->sizeHintForColumn(modelColumn()) + margin);
        QComboBox::showPopup();
    }
    /// As a press of the mouse does: the release of what called it does not close the list.
    void press() {
        const QPointF at = rect().center();
        QMouseEvent event(QEvent::MouseButtonPress, at, mapToGlobal(at), Qt::LeftButton,
                          Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(this, &event);
    }
};

}  // namespace doubletalk::ui
