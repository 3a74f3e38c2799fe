// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_sinks.h"

#include <QPainter>
#include <QPainterPath>
#include <QPolygonF>
#include <cmath>

namespace doubletalk::ui {

RasterSink::RasterSink(QImage& image, int from_column, int to_column, double ratio,
                       std::int64_t phase)
    : raster_(image, from_column, to_column, ratio, phase), ratio_(ratio) {
    from = from_column;
    to = to_column;
}

void RasterSink::curve(std::span<const QPointF> points, const Stroke& stroke) {
    raster_.curve(points, stroke);
}

void RasterSink::band(std::span<const QPointF> upper, std::span<const QPointF> lower, double base_y,
                      const QColor& colour) {
    raster_.band(upper, lower, base_y, colour);
}

void RasterSink::bar(int x, double top, double bottom, const QColor& colour) {
    raster_.bar(x, top, bottom, colour);
}

void RasterSink::dot(double x, double y, double radius, const QColor& colour) {
    raster_.dot(x, y, radius * ratio_, colour);
}

void RasterSink::cross(double x, double y, double radius, double width, const QColor& colour) {
    raster_.cross(x, y, radius * ratio_, width * ratio_, colour);
}

VectorSink::VectorSink(QPainter& painter, const QRect& rect)
    : painter_(painter), origin_(rect.topLeft()) {
    from = 0;
    to = rect.width();
    painter_.setRenderHint(QPainter::Antialiasing);
}

void VectorSink::curve(std::span<const QPointF> points, const Stroke& stroke) {
    QPen pen(stroke.colour, stroke.width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (stroke.dash != Dash::solid) {
        const double w = stroke.width;
        pen.setCapStyle(Qt::FlatCap);
        pen.setDashPattern(stroke.dash == Dash::dashed ? QList<qreal>{5 / w, 4 / w}
                                                       : QList<qreal>{2 / w, 3 / w});
    }
    painter_.setPen(pen);
    painter_.setBrush(Qt::NoBrush);
    QPolygonF run;
    const auto flush = [&] {
        if (run.size() > 1) painter_.drawPolyline(run);
        if (run.size() == 1) painter_.drawPoint(run.first());
        run.clear();
    };
    for (const auto& point : points) {
        if (std::isnan(point.y())) {
            flush();
        } else {
            run.append(point + origin_);
        }
    }
    flush();
}

void VectorSink::band(std::span<const QPointF> upper, std::span<const QPointF> lower, double base_y,
                      const QColor& colour) {
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(colour);
    QPolygonF top;
    QPolygonF bottom;
    const auto flush = [&] {
        for (auto i = bottom.size(); i-- > 0;) top.append(bottom[i]);
        if (top.size() > 2) painter_.drawPolygon(top);
        top.clear();
        bottom.clear();
    };
    for (std::size_t i = 0; i < upper.size(); ++i) {
        const double base = lower.empty() ? base_y : lower[i].y();
        if (std::isnan(upper[i].y()) || std::isnan(base)) {
            flush();
            continue;
        }
        top.append(upper[i] + origin_);
        bottom.append(QPointF(upper[i].x(), base) + origin_);
    }
    flush();
    painter_.setBrush(Qt::NoBrush);
}

void VectorSink::bar(int x, double top, double bottom, const QColor& colour) {
    painter_.fillRect(QRectF(origin_.x() + x, origin_.y() + top, 1.0, bottom - top), colour);
}

void VectorSink::dot(double x, double y, double radius, const QColor& colour) {
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(colour);
    painter_.drawEllipse(QPointF(x, y) + origin_, radius, radius);
    painter_.setBrush(Qt::NoBrush);
}

void VectorSink::cross(double x, double y, double radius, double width, const QColor& colour) {
    painter_.setPen(QPen(colour, width));
    const QPointF at = QPointF(x, y) + origin_;
    painter_.drawLine(at + QPointF(-radius, -radius), at + QPointF(radius, radius));
    painter_.drawLine(at + QPointF(-radius, radius), at + QPointF(radius, -radius));
}

}  // namespace doubletalk::ui
