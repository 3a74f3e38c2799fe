// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QString>

class QPainter;

namespace doubletalk::ui {

/// QPainter::drawText on one line with the painter's font and pen; shaping, a third of a frame's
/// cost otherwise, is done once per text.
void drawLabel(QPainter& painter, const QRectF& area, int alignment, const QString& text);
/// Its width in the painter's font.
[[nodiscard]] double labelWidth(const QPainter& painter, const QString& text);

}  // namespace doubletalk::ui
