// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QComboBox;
class QLabel;

namespace doubletalk::ui {

class NumberEdit;
class ParameterEdits;

/// One setting as label, editor and unit, bound to the target: what is typed acts at once, what is
/// rejected gets a problem edge and its reason. Thread: gui.
class SettingField : public QWidget {
    Q_OBJECT
public:
    /// label: short for a strip. edits outlives it.
    SettingField(ParameterEdits& edits, const QString& full_name, const QString& label,
                 QWidget* parent = nullptr);
    [[nodiscard]] QString problem() const { return problem_; }

signals:
    void rejected(const QString& why);
    void accepted();

protected:
    /// Enter and Escape leave the field: what is typed next goes to the window again.
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void refresh();
    void take(const QString& text);
    void setProblem(const QString& problem);

    ParameterEdits& edits_;
    QString name_, tip_, problem_;
    NumberEdit* number_ = nullptr;
    QComboBox* choice_ = nullptr;
};

}  // namespace doubletalk::ui
