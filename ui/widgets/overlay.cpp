// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/overlay.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/theme/theme.h"

namespace doubletalk::ui {

Overlay::Overlay(QWidget* window, QSize sheet_size)
    : QWidget(window), sheet_(new QWidget(this)), sheet_size_(sheet_size) {
    setFocusPolicy(Qt::StrongFocus);
    window->installEventFilter(this);
    hide();
}

void Overlay::open() {
    place();
    show();
    raise();
    setFocus();
}

void Overlay::setSheetHeight(int height) {
    sheet_height_ = height;
    if (isVisible()) place();
}

void Overlay::place() {
    setGeometry(parentWidget()->rect());
    const auto& theme = Theme::current();
    const int tall = sheet_height_ > 0 ? sheet_height_ : theme.scaled(sheet_size_.height());
    const QSize wanted(theme.scaled(sheet_size_.width()), tall);
    const auto size = wanted.boundedTo(this->size() - QSize(40, 40));
    sheet_->setGeometry((width() - size.width()) / 2, std::max((height() - size.height()) / 3, 20),
                        size.width(), size.height());
}

void Overlay::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.colour(Token::separator, 0.55));
    painter.fillRect(sheet_->geometry(), theme.colour(Token::panel));
    painter.setPen(theme.colour(Token::field_edge));
    painter.drawRect(sheet_->geometry().adjusted(-1, -1, 0, 0));
}

void Overlay::mousePressEvent(QMouseEvent* event) {
    if (!sheet_->geometry().contains(event->position().toPoint())) hide();
}

void Overlay::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return hide();
    QWidget::keyPressEvent(event);
}

bool Overlay::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) place();
    return QWidget::eventFilter(watched, event);
}

}  // namespace doubletalk::ui
