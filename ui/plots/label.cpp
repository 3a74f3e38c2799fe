// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/label.h"

#include <QFontMetricsF>
#include <QHash>
#include <QPainter>
#include <QStaticText>

namespace doubletalk::ui {
namespace {

constexpr qsizetype kMostLabels = 1000;

struct Shaped {
    QStaticText text;
    QSizeF size;
};

const Shaped& shapedLabel(const QPainter& painter, const QString& text) {
    static QHash<std::pair<QString, int>, Shaped> labels;
    const auto& font = painter.font();
    // The theme's faces differ in these.
    const int face = int(font.pointSizeF() * 100.0) * 2048 + int(font.weight()) * 2 +
                     int(font.styleHint() == QFont::Monospace);
    const std::pair key{text, face};
    if (const auto found = labels.constFind(key); found != labels.constEnd()) return *found;
    if (labels.size() >= kMostLabels) labels.clear();
    Shaped shaped{QStaticText(text), QFontMetricsF(font).size(Qt::TextSingleLine, text)};
    shaped.text.setTextFormat(Qt::PlainText);
    shaped.text.setPerformanceHint(QStaticText::AggressiveCaching);
    return *labels.insert(key, shaped);
}

}  // namespace

void drawLabel(QPainter& painter, const QRectF& area, int alignment, const QString& text) {
    const auto& shaped = shapedLabel(painter, text);
    double x = area.left();
    double y = area.top();
    if (alignment & Qt::AlignRight) x = area.right() - shaped.size.width();
    if (alignment & Qt::AlignHCenter) x = area.center().x() - 0.5 * shaped.size.width();
    if (alignment & Qt::AlignVCenter) y = area.center().y() - 0.5 * shaped.size.height();
    painter.drawStaticText(QPointF(x, y), shaped.text);
}

double labelWidth(const QPainter& painter, const QString& text) {
    return shapedLabel(painter, text).size.width();
}

}  // namespace doubletalk::ui
