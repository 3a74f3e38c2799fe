// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/icons.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <array>
#include <cmath>

#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr std::array<const char*, static_cast<std::size_t>(Icon::count_)> kNames{
    "run",    "stop",     "record", "interrupt", "file",   "speak", "follow",   "cursors",
    "camera", "bookmark", "search", "hold",      "export", "undo",  "redo",     "reset",
    "more",   "close",    "add",    "up",        "down",   "spike", "extension"};

/// Asks the theme at each painting.
class ThemeIconEngine : public QIconEngine {
public:
    ThemeIconEngine(Icon which, Token token) : which_(which), token_(token) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const int px = std::min(rect.width(), rect.height());
        const auto pixmap =
            iconPixmap(which_, colourOf(mode), px, painter->device()->devicePixelRatioF());
        painter->drawPixmap(rect.x() + (rect.width() - px) / 2, rect.y() + (rect.height() - px) / 2,
                            pixmap);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return scaledPixmap(size, mode, state, 1.0);
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override {
        const auto pixels = iconPixels(size, scale);
        return iconPixmap(which_, colourOf(mode), std::min(pixels.width(), pixels.height()), 1.0);
    }
    QIconEngine* clone() const override { return new ThemeIconEngine(which_, token_); }

private:
    [[nodiscard]] QColor colourOf(QIcon::Mode mode) const {
        return Theme::current().colour(mode == QIcon::Disabled ? Token::text3 : token_);
    }
    Icon which_;
    Token token_;
};

}  // namespace

QIcon icon(Icon which, Token token) { return QIcon(new ThemeIconEngine(which, token)); }

QPixmap iconPixmap(Icon which, const QColor& colour, int px, double pixel_ratio) {
    const char* name = kNames[std::size_t(which)];
    const auto key = QStringLiteral("dt/%1/%2/%3/%4")
                         .arg(QLatin1String(name), colour.name(QColor::HexArgb))
                         .arg(px)
                         .arg(pixel_ratio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(QLatin1String(name)));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QSvgRenderer renderer(file.readAll().replace("#000000", colour.name().toLatin1()));
    const int side = int(std::lround(px * pixel_ratio));
    pixmap = QPixmap(side, side);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setOpacity(colour.alphaF());
    renderer.render(&painter, QRectF(0, 0, side, side));
    painter.end();
    pixmap.setDevicePixelRatio(pixel_ratio);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

}  // namespace doubletalk::ui
