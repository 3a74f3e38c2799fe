// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace doubletalk::ui {

/// What went wrong, where it happened, or what came out of work that was waited for: a bar at the
/// panel's top with one action and a close button; hidden while there is nothing. Thread: gui.
class ErrorBar : public QWidget {
    Q_OBJECT
public:
    enum class Kind { problem, result };

    explicit ErrorBar(QWidget* parent = nullptr);

    [[nodiscard]] Kind kind() const { return kind_; }

    /// text says what was wrong and what to do. Replaces what was shown.
    void showError(const QString& text);
    void showError(const QString& text, const QString& action, std::function<void()> act);
    void showResult(const QString& text);
    /// The action leaves it there.
    void showResult(const QString& text, const QString& action, std::function<void()> act);
    void clear();
    [[nodiscard]] QString text() const { return full_text_; }

signals:
    void closed();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void elide();

    Kind kind_ = Kind::problem;
    QString full_text_;
    QLabel* label_;
    QPushButton* action_;
    QToolButton* close_;
    std::function<void()> act_;
};

}  // namespace doubletalk::ui
