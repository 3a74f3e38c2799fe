// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/number_edit.h"

#include <QLineEdit>
#include <algorithm>
#include <cmath>

#include "ui/models/setting_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {

NumberEdit::NumberEdit(QWidget* parent) : QAbstractSpinBox(parent) {
    setButtonSymbols(QAbstractSpinBox::NoButtons);
    setAlignment(Qt::AlignRight);
    setFont(Theme::current().number());
    setFrame(true);
}

void NumberEdit::setText(const QString& text) {
    if (lineEdit()->text() != text) lineEdit()->setText(text);
}

QString NumberEdit::text() const { return lineEdit()->text(); }

QValidator::State NumberEdit::validate(QString& input, int&) const {
    const bool letters = std::any_of(input.begin(), input.end(),
                                     [](const QChar letter) { return letter.isLetter(); });
    return letters ? QValidator::Invalid : QValidator::Acceptable;
}

QAbstractSpinBox::StepEnabled NumberEdit::stepEnabled() const {
    return StepUpEnabled | StepDownEnabled;
}

void NumberEdit::stepBy(int steps) {
    auto plain = text();
    plain.replace(QChar(0x2212), QLatin1Char('-')).replace(QLatin1Char(','), QLatin1Char('.'));
    bool is_number = false;
    const double value = plain.toDouble(&is_number);
    if (!is_number) return;
    int decimals = 0;
    for (double rest = step_; decimals < 3 && std::abs(rest - std::round(rest)) > 1e-6;
         ++decimals) {
        rest *= 10.0;
    }
    setText(numberText(std::round((value + steps * step_) / step_) * step_, decimals));
    selectAll();
    emit stepped();
}

}  // namespace doubletalk::ui
