// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/curve_strip.h"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/plots/label.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kGatedS = 1.0;

/// Faint diagonal lines that move with the data: x + y stays a multiple of the pitch.
void hatch(QPainter& painter, const QRectF& area, std::int64_t phase_px) {
    constexpr int kPitch = 8;
    const double bottom = area.bottom();
    const double height = area.height();
    QVarLengthArray<QLineF, 256> lines;
    const double absolute = area.left() + double(phase_px);
    double x = area.left() - height + (kPitch - std::fmod(absolute - height, kPitch));
    for (; x < area.right(); x += kPitch) {
        const double cut_left = std::max(area.left() - x, 0.0);
        const double cut_right = std::max(x + height - area.right(), 0.0);
        if (cut_left + cut_right >= height) continue;
        lines.append(QLineF(x + cut_left, bottom - cut_left, x + height - cut_right,
                            bottom - height + cut_right));
    }
    painter.drawLines(lines.constData(), int(lines.size()));
}

}  // namespace

CurveStrip::CurveStrip(QString name, QString tip, ValueAxis axis, std::vector<CurveSpec> curves,
                       double weight)
    : ValueStrip(std::move(name), std::move(tip), std::move(axis), std::move(curves)) {
    setWeight(weight);
}

void CurveStrip::drawUnder(QPainter& painter, const StripFrame& frame) {
    if (curves().empty()) return;
    const auto& series = seriesOf(curves().front(), frame.history);
    const auto size = std::int64_t(series.values.size());
    const auto indexOf = [&](double time) {
        return std::clamp<std::int64_t>(
            std::int64_t(std::floor((time - series.first_s) / series.step_s)), 0, size);
    };
    const auto end = indexOf(frame.toS() + series.step_s);
    auto i = indexOf(frame.fromS());
    while (i > 0 && std::isnan(series.values[std::size_t(i - 1)])) --i;  // where the gap began
    const auto& theme = Theme::current();
    const auto phase_px = std::int64_t(double(frame.phase) / frame.ratio) - frame.rect.left();
    while (i < end) {
        if (!std::isnan(series.values[std::size_t(i)])) {
            ++i;
            continue;
        }
        auto last = i;
        while (last < size && std::isnan(series.values[std::size_t(last)])) ++last;
        const double from_s = series.first_s + double(i - 1) * series.step_s;
        const double to_s = series.first_s + double(last) * series.step_s - (last == size ? series.step_s : 0.0);
        i = last;
        if (to_s - from_s <= kGatedS) continue;
        const double left = std::max(frame.xOf(from_s), double(frame.rect.left()));
        const double right = std::min(frame.xOf(to_s), double(frame.rect.left() + frame.rect.width()));
        if (right - left < 4.0) continue;
        painter.setPen(theme.colour(Token::zero));
        hatch(painter, QRectF(left, frame.rect.top(), right - left, frame.rect.height()), phase_px);
        painter.setFont(theme.note());
        const QString word = QCoreApplication::translate("CurveStrip", "gated");
        const int width = labelWidth(painter, word);
        if (right - left > width + 8) {
            painter.setPen(theme.colour(Token::text3));
            drawLabel(painter, QRectF(left, frame.rect.bottom() - theme.scaled(18), right - left,
                                    theme.scaled(16)),
                             Qt::AlignCenter, word);
        }
    }
}

}  // namespace doubletalk::ui
