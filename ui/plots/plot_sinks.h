// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/strip.h"

namespace doubletalk::ui {

/// Into the columns of an image.
class RasterSink : public PlotSink {
public:
    RasterSink(QImage& image, int from, int to, double ratio, std::int64_t phase);
    void curve(std::span<const QPointF> points, const Stroke& stroke) override;
    void band(std::span<const QPointF> upper, std::span<const QPointF> lower, double base_y,
              const QColor& colour) override;
    void bar(int x, double top, double bottom, const QColor& colour) override;
    void dot(double x, double y, double radius, const QColor& colour) override;
    void cross(double x, double y, double radius, double width, const QColor& colour) override;

private:
    ColumnRaster raster_;
    double ratio_;
};

/// Lines and shapes on a painter, one physical px = one logical px.
class VectorSink : public PlotSink {
public:
    VectorSink(QPainter& painter, const QRect& rect);
    void curve(std::span<const QPointF> points, const Stroke& stroke) override;
    void band(std::span<const QPointF> upper, std::span<const QPointF> lower, double base_y,
              const QColor& colour) override;
    void bar(int x, double top, double bottom, const QColor& colour) override;
    void dot(double x, double y, double radius, const QColor& colour) override;
    void cross(double x, double y, double radius, double width, const QColor& colour) override;

private:
    QPainter& painter_;
    QPointF origin_;
};

}  // namespace doubletalk::ui
