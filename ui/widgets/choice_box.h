// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractItemView>
#include <QComboBox>
#include <QScrollBar>

namespace doubletalk::ui {

/// A combo box whose list is as wide as its longest entry, however narrow the box is. Thread: gui.
class ChoiceBox : public QComboBox {
public:
    using QComboBox::QComboBox;
    void showPopup() override {
        const int margin = view()->verticalScrollBar()->sizeHint().width() + 2;
        view()->setMinimumWidth(view()->sizeHintForColumn(modelColumn()) + margin);
        QComboBox::showPopup();
    }
};

}  // namespace doubletalk::ui
