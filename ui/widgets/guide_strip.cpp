// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/guide_strip.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include "ui/models/history.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kTicksBetween = 15;

}  // namespace

GuideStrip::GuideStrip(const History& history, QWidget* parent)
    : QWidget(parent), history_(history), steps_(guideSteps(history, rate_hz_)) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Guided measurement"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&Theme::current(), &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QSize GuideStrip::sizeHint() const { return {900, Theme::current().scaled(44)}; }

void GuideStrip::refresh() {
    if (history_.version() == version_ || ++ticks_ % kTicksBetween != 0) return;
    version_ = history_.version();
    steps_ = guideSteps(history_, rate_hz_);
    QStringList spoken;
    for (const auto& step : steps_) {
        if (step.state != StepState::to_come)
            spoken << step.name + QLatin1String(": ") + step.result;
    }
    setAccessibleDescription(spoken.join(QLatin1String("; ")));
    update();
}

QRect GuideStrip::stepRect(int step) const {
    const int n = int(steps_.size());
    const int left = step * width() / n;
    return {left, 0, (step + 1) * width() / n - left, height()};
}

int GuideStrip::stepAt(const QPoint& at) const {
    for (int i = 0; i < int(steps_.size()); ++i) {
        if (stepRect(i).contains(at)) return i;
    }
    return -1;
}

void GuideStrip::paintStep(QPainter& painter, int index) const {
    const auto& theme = Theme::current();
    const auto& step = steps_[std::size_t(index)];
    const auto rect = stepRect(index);
    const bool current = step.state == StepState::current;
    if (current) painter.fillRect(rect, theme.colour(Token::selected));
    if (!current && index == hovered_) painter.fillRect(rect, theme.colour(Token::hover));
    if (current)
        painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 2,
                         theme.colour(Token::accent));
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF ring(rect.left() + 12, rect.center().y() - 8, 17, 17);
    auto number_font = theme.note();
    number_font.setWeight(QFont::DemiBold);
    const auto ink = theme.colour(Token::text2);
    painter.setFont(number_font);
    if (step.state == StepState::failed) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.colour(Token::problem));
        const auto c = ring.center();
        const QPointF diamond[] = {c + QPointF(0, -8), c + QPointF(8, 0), c + QPointF(0, 8),
                                   c + QPointF(-8, 0)};
        painter.drawPolygon(diamond, 4);
    } else if (current) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.colour(Token::accent));
        painter.drawEllipse(ring);
        painter.setPen(theme.colour(Token::on_accent));
        painter.drawText(ring, Qt::AlignCenter, QString::number(index + 1));
    } else {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(step.state == StepState::done ? ink : theme.colour(Token::text3), 1.4));
        painter.drawEllipse(ring);
        if (step.state == StepState::done) {
            const auto c = ring.center();
            const QPointF tick[] = {c + QPointF(-3.6, 0.3), c + QPointF(-1.0, 3.0),
                                    c + QPointF(4.0, -2.8)};
            painter.drawPolyline(tick, 3);
        } else {
            painter.drawText(ring, Qt::AlignCenter, QString::number(index + 1));
        }
    }
    const auto text = rect.adjusted(37, 0, -6, 0);
    const bool plain = step.result.isEmpty();
    painter.setFont(theme.title());
    painter.setPen(theme.colour(step.state == StepState::to_come ? Token::text2 : Token::text));
    const int half = rect.height() / 2;
    painter.drawText(plain ? text : QRect(text.left(), 4, text.width(), half - 2),
                     Qt::AlignVCenter | Qt::AlignLeft, step.name);
    if (!plain) {
        painter.setFont(theme.note());
        painter.setPen(
            theme.colour(step.state == StepState::failed ? Token::problem : Token::text2));
        const QRect second(text.left(), half, text.width(), half - 4);
        painter.drawText(
            second, Qt::AlignVCenter | Qt::AlignLeft,
            QFontMetrics(theme.note()).elidedText(step.result, Qt::ElideRight, second.width()));
    }
    if (hasFocus() && index == focused_) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.colour(Token::accent), 1));
        painter.drawRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5));
    }
}

void GuideStrip::paintEvent(QPaintEvent*) {
    const auto& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.colour(Token::panel));
    for (int i = 0; i < int(steps_.size()); ++i) {
        painter.save();
        paintStep(painter, i);
        painter.restore();
    }
    painter.fillRect(0, height() - 1, width(), 1, theme.colour(Token::separator));
}

void GuideStrip::mousePressEvent(QMouseEvent* event) {
    const int step = stepAt(event->position().toPoint());
    if (step >= 0) emit stepActivated(step);
}

void GuideStrip::mouseMoveEvent(QMouseEvent* event) {
    const int step = stepAt(event->position().toPoint());
    if (step != hovered_) update();
    hovered_ = step;
}

void GuideStrip::leaveEvent(QEvent*) {
    hovered_ = -1;
    update();
}

void GuideStrip::keyPressEvent(QKeyEvent* event) {
    const int last = int(steps_.size()) - 1;
    switch (event->key()) {
        case Qt::Key_Left:
            focused_ = std::max(focused_ - 1, 0);
            break;
        case Qt::Key_Right:
            focused_ = std::min(focused_ + 1, last);
            break;
        case Qt::Key_Return:
            emit stepActivated(focused_);
            break;
        default:
            QWidget::keyPressEvent(event);
            return;
    }
    update();
}

bool GuideStrip::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        auto* help = static_cast<QHelpEvent*>(event);
        const int step = stepAt(help->pos());
        if (step >= 0) {
            const auto& shown = steps_[std::size_t(step)];
            QToolTip::showText(help->globalPos(),
                               QStringLiteral("<p><b>%1</b></p><p>%2</p><p>%3</p>")
                                   .arg(shown.name, shown.rule, shown.result),
                               this, stepRect(step));
        }
        return true;
    }
    return QWidget::event(event);
}

}  // namespace doubletalk::ui
