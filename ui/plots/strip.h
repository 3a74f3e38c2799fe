// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointF>
#include <QRect>
#include <QString>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ui/plots/column_raster.h"
#include "ui/theme/tokens.h"

class QPainter;

namespace doubletalk::ui {

class History;
class ProblemList;
class TimeView;

/// Where one frame of a strip is drawn: place, time scale, what there is.
struct StripFrame {
    const History& history;
    const TimeView& view;
    const ProblemList& problems;
    QRect rect;               ///< data area, logical px
    double ratio = 1.0;       ///< physical per logical px
    double px_per_s = 1.0;    ///< physical
    std::int64_t phase = 0;   ///< absolute physical column of the rect's left edge
    double wave_peak = 1.0;   ///< full scale of all waveforms of the stack, 0..1
    bool compact = false;     ///< narrow: values without names at the right
    bool vector = false;      ///< export: real pens instead of images
    std::uint64_t style = 0;  ///< changes with theme and text scale

    /// Logical px.
    [[nodiscard]] double xOf(double time_s) const {
        return rect.left() + (time_s * px_per_s - double(phase)) / ratio;
    }
    [[nodiscard]] double timeAt(double x) const {
        return ((x - rect.left()) * ratio + double(phase)) / px_per_s;
    }
    [[nodiscard]] double fromS() const { return double(phase) / px_per_s; }
    [[nodiscard]] double toS() const { return timeAt(rect.left() + rect.width()); }
};

/// Takes the pieces of a picture: an image drawn by columns, or a painter's vectors. Coordinates in
/// physical px from the data area's top left; widths and radii in logical px.
class PlotSink {
public:
    virtual ~PlotSink() = default;
    virtual void curve(std::span<const QPointF> points, const Stroke& stroke) = 0;
    virtual void band(std::span<const QPointF> upper, std::span<const QPointF> lower, double base_y,
                      const QColor& colour) = 0;
    virtual void bar(int x, double top, double bottom, const QColor& colour) = 0;
    virtual void dot(double x, double y, double radius, const QColor& colour) = 0;
    virtual void cross(double x, double y, double radius, double width, const QColor& colour) = 0;
    /// Columns wanted.
    int from = 0, to = 0;
};

struct LegendEntry {
    enum class Mark { line, dashed, dot, cross, box };
    QString name;
    Token colour = Token::text2;
    Mark mark = Mark::line;
};

/// A point of a curve under a cursor, logical px.
struct CursorDot {
    double y = 0.0;
    QColor colour;
    QString text;
};

/// One axis rectangle of a time stack: what is drawn in it, beside it, and exported of it.
/// Thread: gui.
class Strip {
public:
    virtual ~Strip() = default;
    [[nodiscard]] const QString& name() const { return name_; }
    /// Logical px at 100 % text; 0: shares what is left, by weight().
    [[nodiscard]] virtual int height() const { return 0; }
    [[nodiscard]] virtual double weight() const { return 1.0; }

    /// Horizontal lines below the data, logical y.
    [[nodiscard]] virtual std::vector<double> gridLines(const StripFrame&) { return {}; }
    virtual void draw(QPainter& painter, const StripFrame& frame) = 0;
    /// Names and ticks left, live values right.
    virtual void drawGutters(QPainter& painter, const StripFrame& frame) = 0;
    /// compact: curves are not named at their right end.
    [[nodiscard]] virtual std::vector<LegendEntry> legend(bool) const { return {}; }
    /// METRICS ids behind it: its columns in a CSV.
    [[nodiscard]] virtual std::vector<std::string> metrics() const { return {}; }
    [[nodiscard]] virtual std::vector<CursorDot> dotsAt(double, const StripFrame&) { return {}; }
    /// What it shows, what is good, what to do.
    [[nodiscard]] virtual QString tip() const { return tip_; }
    /// About one place; empty: tip().
    [[nodiscard]] virtual QString tipAt(QPointF, const StripFrame&) { return {}; }
    /// Keeps a copy of the curves as they are, to compare a later run with.
    virtual void hold(const History&) {}
    virtual void release() {}
    /// A setting drawn as a line ("barge_in.trigger_dbfs").
    virtual void setLimit(std::string_view, double) {}

protected:
    Strip(QString name, QString tip) : name_(std::move(name)), tip_(std::move(tip)) {}

private:
    QString name_, tip_;
};

}  // namespace doubletalk::ui
