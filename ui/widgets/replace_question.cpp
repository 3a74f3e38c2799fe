// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/replace_question.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <QPushButton>
#include <utility>

namespace doubletalk::ui {

void askToReplace(QWidget& parent, const QStringList& names, std::function<void()> replace) {
    const auto tr = [](const char* text) {
        return QCoreApplication::translate("ReplaceQuestion", text);
    };
    auto* box = new QMessageBox(
        QMessageBox::Question,
        names.size() > 1 ? tr("Replace the files?") : tr("Replace the file?"),
        (names.size() > 1 ? tr("%1 are there already.") : tr("%1 is there already."))
            .arg(names.join(QStringLiteral(", "))),
        QMessageBox::Cancel, &parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setDefaultButton(QMessageBox::Cancel);
    auto* agree = box->addButton(tr("&Replace"), QMessageBox::AcceptRole);
    QObject::connect(agree, &QPushButton::clicked, &parent, std::move(replace));
    box->open();
}

}  // namespace doubletalk::ui
