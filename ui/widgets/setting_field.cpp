// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/setting_field.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QStyle>

#include "engine/duplex/settings.h"
#include "ui/models/parameter_edits.h"
#include "ui/models/setting_text.h"
#include "ui/panels/number_edit.h"
#include "ui/theme/theme.h"
#include "ui/widgets/choice_box.h"
#include "ui/widgets/panel_header.h"

namespace doubletalk::ui {

SettingField::SettingField(ParameterEdits& edits, const QString& full_name, const QString& label,
                           QWidget* parent)
    : QWidget(parent), edits_(edits), name_(full_name) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    if (!label.isEmpty()) layout->addWidget(makeNote(label, this));
    const auto ref = duplex::findSetting(full_name.toStdString());
    if (!ref) return;
    const auto& row = *ref->row;
    tip_ = settingToolTip(*ref);
    if (row.choices != nullptr) {
        choice_ = new ChoiceBox(this);
        for (const auto name : row.choices()) {
            choice_->addItem(choiceTitle(full_name.toStdString(), name),
                             QString::fromUtf8(name.data(), qsizetype(name.size())));
        }
        connect(choice_, &QComboBox::activated, this,
                [this] { take(choice_->currentData().toString()); });
        layout->addWidget(choice_);
    } else {
        number_ = new NumberEdit(this);
        number_->setStep(row.range.step >= 0.5 ? row.range.step : row.range.step * 10.0);
        number_->setFixedWidth(Theme::current().scaled(52));
        connect(number_, &NumberEdit::stepped, this, [this] { take(number_->text()); });
        connect(number_, &NumberEdit::editingFinished, this, [this] { take(number_->text()); });
        number_->installEventFilter(this);
        layout->addWidget(number_);
        const auto unit = QString::fromUtf8(row.text.unit.data(), qsizetype(row.text.unit.size()));
        if (!unit.isEmpty()) {
            auto* unit_label = makeNote(unit, this);
            unit_label->setProperty("kind", "unit");
            layout->addWidget(unit_label);
        }
    }
    QWidget* editor = number_ != nullptr ? static_cast<QWidget*>(number_) : choice_;
    editor->setAccessibleName(settingLabel(row));
    editor->setToolTip(tip_);
    setFocusProxy(editor);
    connect(&edits_, &ParameterEdits::changed, this, [this] {
        setProblem({});  // of what was typed before
        refresh();
    });
    refresh();
}

bool SettingField::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const auto key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Escape) {
        refresh();
        setProblem({});
        number_->clearFocus();
        return true;
    }
    if (key != Qt::Key_Return && key != Qt::Key_Enter) return QWidget::eventFilter(watched, event);
    take(number_->text());
    // What was refused is typed again.
    if (problem_.isEmpty()) {
        number_->clearFocus();
    } else {
        number_->selectAll();
    }
    return true;
}

void SettingField::take(const QString& text) {
    const auto done = edits_.set(name_, text);
    setProblem(done ? QString() : errorText(done.error()));
    if (done) emit accepted();
    if (!done) emit rejected(problem_);
    refresh();
}

void SettingField::setProblem(const QString& problem) {
    if (problem == problem_) return;
    problem_ = problem;
    QWidget* editor = number_ != nullptr ? static_cast<QWidget*>(number_) : choice_;
    editor->setProperty("problem", !problem.isEmpty());
    editor->style()->unpolish(editor);
    editor->style()->polish(editor);
    editor->setToolTip(problem.isEmpty() ? tip_ : problem);
}

void SettingField::refresh() {
    if (choice_ != nullptr) choice_->setCurrentIndex(choice_->findData(edits_.rawText(name_)));
    if (number_ != nullptr) number_->setText(edits_.requestedText(name_));
}

}  // namespace doubletalk::ui
