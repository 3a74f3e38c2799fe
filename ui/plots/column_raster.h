// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <QPointF>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace doubletalk::ui {

enum class Dash { solid, dashed, dotted };

/// How a curve is drawn; width in logical px.
struct Stroke {
    QColor colour;
    double width = 2.0;
    Dash dash = Dash::solid;
};

/// Draws function graphs and bands into the pixel columns [from, to) of a premultiplied image,
/// antialiased by four sub-columns a pixel: the exact round-joined stroke of a graph whose x
/// ascends, at a tenth of a path stroker's cost. A piece drawn equals that piece of the whole.
/// Thread: gui.
class ColumnRaster {
public:
    /// image: ARGB32_Premultiplied, physical px; ratio: physical per logical px; phase: absolute
    /// number of the image's column 0, which dashes hold on to.
    ColumnRaster(QImage& image, int from, int to, double ratio, std::int64_t phase);

    /// Points in physical px, x ascending; y NaN: a gap.
    void curve(std::span<const QPointF> points, const Stroke& stroke);
    /// Between two graphs over the same x (or a graph and base_y when lower is empty).
    void band(std::span<const QPointF> upper, std::span<const QPointF> lower, double base_y,
              const QColor& colour);
    /// One column's bar from top to bottom, ends antialiased.
    void bar(int x, double top, double bottom, const QColor& colour);
    /// A disc.
    void dot(double x, double y, double radius, const QColor& colour);
    /// A × of two strokes.
    void cross(double x, double y, double radius, double width, const QColor& colour);

    [[nodiscard]] int from() const { return from_; }
    [[nodiscard]] int to() const { return to_; }

private:
    struct Span {
        float low, high;
    };
    void spansOf(std::span<const QPointF> points, int margin);
    /// Columns a graph of this radius touches.
    [[nodiscard]] std::pair<int, int> reachOf(std::span<const QPointF> points, double radius) const;
    void coverBand(float low, float high);
    void flushColumn(int x, QRgb premultiplied);

    QImage& image_;
    int from_, to_, height_;
    double ratio_;
    std::int64_t phase_;
    int first_ = 0;  ///< sub-column of spans_[0], relative to the image
    std::vector<Span> spans_;
    std::vector<int> cover_;
    int cover_low_, cover_high_;
};

/// An image that scrolls with time: column x stands for absolute column phase + x, so what was drawn
/// never changes its place.
class ScrolledImage {
public:
    /// Everything that makes all of it void when it changes.
    struct Key {
        int width = 0, height = 0;  ///< physical px
        double px_per_s = 0.0, low = 0.0, high = 0.0, ratio = 1.0;
        std::uint64_t epoch = 0, style = 0;
        bool operator==(const Key&) const = default;
    };
    /// Scrolls to phase, clears what has to be drawn anew and gives it as [from, to); empty when
    /// nothing. end: absolute column up to which data exists.
    std::pair<int, int> begin(const Key& key, std::int64_t phase, std::int64_t end);
    [[nodiscard]] QImage& image() { return image_; }
    void invalidate() { valid_ = false; }

private:
    QImage image_;
    Key key_;
    bool valid_ = false;
    std::int64_t phase_ = 0;
    std::int64_t end_ = 0;  ///< data that was there when drawn
};

}  // namespace doubletalk::ui
