// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace doubletalk::ui {

/// What went wrong, where it happened: a bar at the panel's top with one action and a close button;
/// hidden while there is nothing. Thread: gui.
class ErrorBar : public QWidget {
    Q_OBJECT
public:
    explicit ErrorBar(QWidget* parent = nullptr);

    /// text says what was wrong and what to do. Replaces what was shown.
    void showError(const QString& text);
    void showError(const QString& text, const QString& action, std::function<void()> act);
    void clear();
    [[nodiscard]] QString text() const { return full_text_; }

signals:
    void closed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void elide();

    QString full_text_;
    QLabel* label_;
    QPushButton* action_;
    QToolButton* close_;
    std::function<void()> act_;
};

}  // namespace doubletalk::ui
