// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/panel_header.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include "ui/theme/theme.h"

namespace doubletalk::ui {

PanelHeader::PanelHeader(const QString& title, QWidget* parent)
    : QWidget(parent),
      layout_(new QHBoxLayout(this)),
      title_(new QLabel(title, this)),
      note_(new QLabel(this)) {
    layout_->setContentsMargins(12, 0, 8, 0);
    layout_->setSpacing(2);
    layout_->addWidget(title_);
    layout_->addStretch(1);
    note_->setProperty("kind", "note");
    note_->setContentsMargins(0, 0, 4, 0);
    layout_->addWidget(note_);
    connect(&Theme::current(), &Theme::changed, this, &PanelHeader::restyle);
    restyle();
}

void PanelHeader::restyle() {
    title_->setFont(Theme::current().title());
    note_->setFont(Theme::current().note());
    setFixedHeight(Theme::current().scaled(30));
}

void PanelHeader::setNote(const QString& note) {
    if (note_->text() != note) note_->setText(note);
}

QToolButton* PanelHeader::addButton(Icon which, const QString& tip) {
    auto* button = new QToolButton(this);
    button->setProperty("kind", "icon");
    button->setIcon(icon(which, Token::text2));
    button->setIconSize({16, 16});
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    button->setAutoRaise(true);
    layout_->addWidget(button);
    return button;
}

void makePanel(QWidget& widget) {
    widget.setProperty("kind", "panel");
    widget.setAttribute(Qt::WA_StyledBackground);
}

QLabel* makeNote(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("kind", "note");
    label->setFont(Theme::current().note());
    QObject::connect(&Theme::current(), &Theme::changed, label,
                     [label] { label->setFont(Theme::current().note()); });
    return label;
}

}  // namespace doubletalk::ui
