// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/key_card.h"

#include <QKeyEvent>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include "ui/models/action_list.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kSlack = 8;

}  // namespace

KeyCard::KeyCard(QWidget* window)
    : Overlay(window, {760, 560}), title_(new QLabel(&sheet())), text_(new QLabel) {
    auto* layout = new QVBoxLayout(&sheet());
    layout->setContentsMargins(24, 16, 24, 16);
    title_->setText(tr("Keys"));
    layout->addWidget(title_);
    auto* scroll = new QScrollArea(&sheet());
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    text_->setTextFormat(Qt::RichText);
    text_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    text_->setWordWrap(true);
    scroll->setWidget(text_);
    layout->addWidget(scroll, 1);
    setAccessibleName(tr("All keys of this window"));
}

void KeyCard::toggle() {
    if (isVisible()) return hide();
    setSheetHeight(0);
    fill();
    open();
    sheet().layout()->activate();
    const auto* bar = findChild<QScrollArea*>()->verticalScrollBar();
    if (bar->maximum() > 0) setSheetHeight(sheet().height() + bar->maximum() + kSlack);
}

void KeyCard::fill() {
    const auto& theme = Theme::current();
    title_->setFont(theme.state());
    text_->setFont(theme.font(Type::row));
    QStringList groups;
    QHash<QString, QStringList> rows;
    const auto add = [&](const QString& group, const QString& title, const QString& keys) {
        if (!groups.contains(group)) groups << group;
        rows[group] << QStringLiteral(
                           "<tr><td style=\"padding:3px 16px 3px 0\">%1</td>"
                           "<td style=\"padding:3px 0;color:%2;font-family:'%3'\">%4</td></tr>")
                           .arg(title.toHtmlEscaped(), theme.colour(Token::accent).name(),
                                theme.number().family(), keys.toHtmlEscaped());
    };
    for (const auto& listed : listedActions(*parentWidget())) {
        if (!listed.keys.isEmpty()) add(listed.group, listed.title, listed.keys);
    }
    const auto mouse = tr("Mouse on a plot");
    add(mouse, tr("Zoom"), tr("Wheel"));
    add(mouse, tr("Move in time"), tr("Drag"));
    add(mouse, tr("Show all"), tr("Double click"));
    add(mouse, tr("Play a track from there, while it plays"),
        tr("Click or drag in the time ruler, Alt+click"));
    // Two columns: groups go to the shorter one.
    QStringList columns[2];
    qsizetype lengths[2] = {0, 0};
    for (const auto& group : groups) {
        const int shorter = lengths[0] <= lengths[1] ? 0 : 1;
        columns[shorter]
            << QStringLiteral(
                   "<p style=\"margin:8px 0 2px 0;color:%1\"><b>%2</b></p><table>%3</table>")
                   .arg(theme.colour(Token::text2).name(), group.toHtmlEscaped(),
                        rows[group].join(QString()));
        lengths[shorter] += rows[group].size() + 2;
    }
    text_->setText(
        QStringLiteral("<table width=\"100%\"><tr><td width=\"50%\" valign=\"top\">%1</td>"
                       "<td width=\"50%\" valign=\"top\">%2</td></tr></table>")
            .arg(columns[0].join(QString()), columns[1].join(QString())));
}

void KeyCard::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_F1) return hide();
    Overlay::keyPressEvent(event);
}

}  // namespace doubletalk::ui
