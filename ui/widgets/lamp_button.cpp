// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/lamp_button.h"

#include <QIconEngine>
#include <QPainter>
#include <QTimer>
#include <algorithm>

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr int kLampPx = 8;
constexpr int kCanvasPx = 16;  // as the icons of the bar
constexpr int kPulseMs = 500;

/// The lamp in any size and on any screen; the canvas is square.
class LampEngine : public QIconEngine {
public:
    LampEngine(Lamp lamp, bool bright) : lamp_(lamp), bright_(bright) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode, QIcon::State) override {
        const auto& theme = Theme::current();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(QRectF(rect).center());
        const double scale = std::min(rect.width(), rect.height()) / double(kCanvasPx);
        painter->scale(scale, scale);
        const double radius = kLampPx / 2.0;
        if (lamp_ == Lamp::failed) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.colour(Token::problem));
            const QPointF diamond[] = {{0, -5}, {5, 0}, {0, 5}, {-5, 0}};
            painter->drawPolygon(diamond, 4);
        } else if (lamp_ == Lamp::on) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.colour(Token::accent));
            painter->drawEllipse(QPointF(), radius, radius);
        } else {
            const auto token = lamp_ == Lamp::connecting ? Token::accent : Token::text2;
            painter->setPen(QPen(theme.colour(token, bright_ ? 1.0 : 0.35), 1.4));
            painter->drawEllipse(QPointF(), radius - 0.7, radius - 0.7);
        }
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1.0);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State state,
                         qreal scale) override {
        QPixmap pixmap(iconPixels(size, scale));
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), pixmap.size()), mode, state);
        return pixmap;
    }
    QIconEngine* clone() const override { return new LampEngine(lamp_, bright_); }

private:
    Lamp lamp_;
    bool bright_;
};

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

void LampButton::showEvent(QShowEvent* event) {
    draw();  // it may have got a menu
    QToolButton::showEvent(event);
}

void LampButton::draw() {
    const auto& theme = Theme::current();
    const auto style =
        QStringLiteral(
            "QToolButton { padding: 0 %1px 0 4px; }"
            "QToolButton::menu-button { background: transparent; border: none; "
            "width: 18px; }"
            "QToolButton::menu-button:hover { background: %2; }"
            "QToolButton::menu-arrow { "
            "image: url(:/icons/style/chevron_down_%3.svg); width: 10px; height: 10px; }")
            .arg(popupMode() == QToolButton::MenuButtonPopup ? 16
                 : menu() != nullptr                         ? 20
                                                             : 4)
            .arg(theme.colour(Token::hover).name(),
                 theme.dark() ? QStringLiteral("dark") : QStringLiteral("light"));
    if (styleSheet() != style) setStyleSheet(style);
    setIcon(QIcon(new LampEngine(lamp_, bright_)));
}

}  // namespace doubletalk::ui
