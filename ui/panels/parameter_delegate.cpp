// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/parameter_delegate.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QStandardItemModel>
#include <QTimer>

#include "engine/params/param_table.h"
#include "ui/models/parameter_model.h"
#include "ui/models/setting_text.h"
#include "ui/panels/number_edit.h"
#include "ui/panels/parameter_view.h"
#include "ui/theme/theme.h"
#include "ui/widgets/choice_box.h"

namespace doubletalk::ui {
namespace {

bool isChoice(const QModelIndex& index) {
    return !index.data(ParameterModel::kChoicesRole).toStringList().isEmpty();
}

/// setModelData() and closing the editor, from a slot of the editor.
void commitAndClose(const ParameterDelegate* delegate, QWidget* editor) {
    auto* self = const_cast<ParameterDelegate*>(delegate);
    emit self->commitData(editor);
    emit self->closeEditor(editor);
}

}  // namespace

QWidget* ParameterDelegate::makeChoice(QWidget* parent, const QModelIndex& index) const {
    auto* box = new ChoiceBox(parent);
    box->setFont(Theme::current().font(Type::row));
    const auto name = index.data(ParameterModel::kFullNameRole).toString().toStdString();
    for (const auto& choice : index.data(ParameterModel::kChoicesRole).toStringList()) {
        const auto raw = choice.toStdString();
        box->addItem(choiceTitle(name, raw), choice);
        if (choiceBuilt(name, raw)) continue;
        auto* items = qobject_cast<QStandardItemModel*>(box->model());
        items->item(box->count() - 1)->setEnabled(false);
        box->setItemData(box->count() - 1,
                         tr("Not in this build: install its library, build again"),
                         Qt::ToolTipRole);
    }
    connect(box, &QComboBox::activated, this, [this, box] { commitAndClose(this, box); });
    QTimer::singleShot(0, box, &ChoiceBox::press);
    return box;
}

QWidget* ParameterDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&,
                                         const QModelIndex& index) const {
    QWidget* editor = nullptr;
    if (isChoice(index)) {
        editor = makeChoice(parent, index);
    } else {
        auto* number = new NumberEdit(parent);
        number->setStep(index.data(ParameterModel::kStepRole).toDouble());
        connect(number, &NumberEdit::stepped, this,
                [this, number] { emit const_cast<ParameterDelegate*>(this)->commitData(number); });
        editor = number;
    }
    editor->setAccessibleName(
        index.siblingAtColumn(ParameterModel::kName).data(Qt::AccessibleTextRole).toString());
    return editor;
}

void ParameterDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
    const auto text = index.data(Qt::EditRole).toString();
    if (auto* box = qobject_cast<QComboBox*>(editor)) {
        box->setCurrentIndex(box->findData(text));
    } else if (auto* number = qobject_cast<NumberEdit*>(editor)) {
        number->setText(text);
        number->selectAll();
    }
}

void ParameterDelegate::setModelData(QWidget* editor, QAbstractItemModel* model,
                                     const QModelIndex& index) const {
    if (auto* box = qobject_cast<QComboBox*>(editor)) {
        model->setData(index, box->currentData(), Qt::EditRole);
    } else if (auto* number = qobject_cast<NumberEdit*>(editor)) {
        model->setData(index, number->text(), Qt::EditRole);
    }
}

void ParameterDelegate::updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem&,
                                             const QModelIndex& index) const {
    const auto* view = qobject_cast<const ParameterView*>(parent());
    if (view != nullptr) editor->setGeometry(view->fieldRect(index));
}

QSize ParameterDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const {
    const auto* view = qobject_cast<const ParameterView*>(parent());
    const auto& theme = Theme::current();
    if (index.data(ParameterModel::kGroupRole).toBool()) return {10, theme.scaled(28)};
    if (view == nullptr) return {10, theme.scaled(26)};
    return {10, view->nameHeight(index) + view->noteHeight(index)};
}

bool ParameterDelegate::editorEvent(QEvent* event, QAbstractItemModel* model,
                                    const QStyleOptionViewItem&, const QModelIndex& index) {
    const auto checked = index.data(Qt::CheckStateRole);
    if (!checked.isValid()) return false;
    bool hit = false;
    if (event->type() == QEvent::KeyPress) {
        const auto key = static_cast<QKeyEvent*>(event)->key();
        hit = key == Qt::Key_Space || key == Qt::Key_Select;
    } else if (event->type() == QEvent::MouseButtonRelease) {
        hit = static_cast<QMouseEvent*>(event)->button() == Qt::LeftButton;
    } else if (event->type() == QEvent::MouseButtonDblClick) {
        return true;  // two releases are two switches already
    }
    if (!hit) return false;
    return model->setData(index,
                          checked.toInt() == Qt::Checked ? int(Qt::Unchecked) : int(Qt::Checked),
                          Qt::CheckStateRole);
}

}  // namespace doubletalk::ui
