// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractSpinBox>

namespace doubletalk::ui {

/// Text field for a number that Up, Down and the wheel move by its step. Letters cannot be typed;
/// of the rest, whoever takes the value says why it does not fit. Thread: gui.
class NumberEdit : public QAbstractSpinBox {
    Q_OBJECT
public:
    explicit NumberEdit(QWidget* parent = nullptr);
    void setStep(double step) { step_ = step; }
    void setText(const QString& text);
    [[nodiscard]] QString text() const;

    void stepBy(int steps) override;
    QValidator::State validate(QString& input, int& position) const override;

signals:
    /// The value was moved by a step: take it at once.
    void stepped();

protected:
    [[nodiscard]] StepEnabled stepEnabled() const override;

private:
    double step_ = 1.0;
};

}  // namespace doubletalk::ui
