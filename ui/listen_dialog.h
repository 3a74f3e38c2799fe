// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace doubletalk::ui {

class BrowserListening;
class ErrorBar;

/// Listening in a browser: which signal, how it is coded, the page's address to copy or open, and
/// how many listen. Closing it leaves the page running. Thread: gui.
class ListenDialog : public QDialog {
    Q_OBJECT
public:
    /// listening outlives it.
    explicit ListenDialog(BrowserListening& listening, QWidget* parent = nullptr);

private:
    void toggle();
    void refresh();

    BrowserListening& listening_;
    ErrorBar* errors_;
    QComboBox *tap_, *codec_;
    QLineEdit* address_;
    QLabel* listeners_;
    QPushButton *start_, *copy_, *open_;
};

}  // namespace doubletalk::ui
