// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/lamp_button.h"

#include <QPainter>
#include <QTimer>

#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kLampPx = 8;
constexpr int kCanvasPx = 12;
constexpr int kPulseMs = 500;

}  // namespace

LampButton::LampButton(const QString& text, QWidget* parent)
    : QToolButton(parent), pulse_(new QTimer(this)) {
    setText(text);
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setIconSize({kCanvasPx, kCanvasPx});
    setAutoRaise(true);
    setFocusPolicy(Qt::TabFocus);
    pulse_->setInterval(kPulseMs);
    connect(pulse_, &QTimer::timeout, this, [this] {
        bright_ = !bright_;
        draw();
    });
    connect(&Theme::current(), &Theme::changed, this, &LampButton::draw);
    draw();
}

void LampButton::setLamp(Lamp lamp, const QString& reason) {
    if (!reason.isEmpty()) setToolTip(reason);
    const QString words[] = {tr("off"), tr("on"), tr("connecting"), tr("failed")};
    setAccessibleName(text() + QLatin1String(": ") + words[int(lamp)]);
    if (lamp == lamp_) return draw();
    lamp_ = lamp;
    bright_ = true;
    if (lamp == Lamp::connecting) {
        pulse_->start();
    } else {
        pulse_->stop();
    }
    draw();
}

void LampButton::draw() {
    const auto& theme = Theme::current();
    const auto style =
        QStringLiteral(
            "QToolButton { padding: 0 %1px 0 8px; }"
            "QToolButton::menu-button { background: transparent; border: none; "
            "width: 18px; }"
            "QToolButton::menu-button:hover { background: %2; }"
            "QToolButton::menu-arrow { "
            "image: url(:/icons/style/chevron_down_%3.svg); width: 10px; height: 10px; }")
            .arg(popupMode() == QToolButton::MenuButtonPopup ? 22 : 8)
            .arg(theme.colour(Token::hover).name(),
                 theme.dark() ? QStringLiteral("dark") : QStringLiteral("light"));
    if (styleSheet() != style) setStyleSheet(style);
    const double ratio = devicePixelRatioF();
    QPixmap pixmap(QSize(kCanvasPx, kCanvasPx) * ratio);
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    const double edge = (kCanvasPx - kLampPx) / 2.0;
    const QRectF circle(edge, edge, kLampPx, kLampPx);
    if (lamp_ == Lamp::failed) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.colour(Token::problem));
        const QPointF c = circle.center();
        const QPointF diamond[] = {c + QPointF(0, -5), c + QPointF(5, 0), c + QPointF(0, 5),
                                   c + QPointF(-5, 0)};
        painter.drawPolygon(diamond, 4);
    } else if (lamp_ == Lamp::on) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme.colour(Token::accent));
        painter.drawEllipse(circle);
    } else {
        painter.setPen(QPen(theme.colour(lamp_ == Lamp::connecting ? Token::accent : Token::text2,
                                         bright_ ? 1.0 : 0.35),
                            1.4));
        painter.drawEllipse(circle.adjusted(0.7, 0.7, -0.7, -0.7));
    }
    painter.end();
    QIcon drawn(pixmap);
    drawn.addPixmap(pixmap, QIcon::Disabled);
    setIcon(drawn);
}

}  // namespace doubletalk::ui
