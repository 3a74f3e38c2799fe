// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/history.h"
#include "ui/plots/strip.h"

namespace doubletalk::ui {

/// A curve of a strip: a metric, its colour and pen.
struct CurveSpec {
    std::string metric;  ///< METRICS id
    QString name;
    Token colour = Token::output;
    double width = 2.0;
    Dash dash = Dash::solid;
    bool in_gutter = true;  ///< named with its value at the right end
};

/// The value axis of a strip: at least low..high, wider when the data in view needs it.
struct ValueAxis {
    QString unit;
    double low = 0.0, high = 1.0;
    int decimals = 0;  ///< of live values
    bool grows = true;
    int least_tick_px = 25;
};

/// Curves over one value axis, drawn by columns into a scrolled image: base of all strips that show
/// numbers. Missing values break the line.
class ValueStrip : public Strip {
public:
    [[nodiscard]] double weight() const override { return weight_; }
    void setWeight(double weight) { weight_ = weight; }
    std::vector<double> gridLines(const StripFrame& frame) override;
    void draw(QPainter& painter, const StripFrame& frame) override;
    void drawGutters(QPainter& painter, const StripFrame& frame) override;
    [[nodiscard]] std::vector<LegendEntry> legend(bool compact) const override;
    [[nodiscard]] std::vector<std::string> metrics() const override;
    std::vector<CursorDot> dotsAt(double time_s, const StripFrame& frame) override;
    void hold(const History& history) override;
    void release() override;
    [[nodiscard]] const std::vector<CurveSpec>& curves() const { return curves_; }

protected:
    struct Label {
        double y;
        QString text;
        Token colour;
    };

    ValueStrip(QString name, QString tip, ValueAxis axis, std::vector<CurveSpec> curves);

    /// Where a curve's values come from; its metric unless overridden.
    [[nodiscard]] virtual const Series& seriesOf(const CurveSpec& curve,
                                                 const History& history) const;
    /// Below the curves; within the columns the sink wants.
    virtual void paintUnder(PlotSink&, const StripFrame&) {}
    virtual void paintOver(PlotSink&, const StripFrame&) {}
    /// By a painter each frame, below the image: hatches, fixed lines.
    virtual void drawUnder(QPainter&, const StripFrame&) {}
    /// Further texts of the right gutter.
    virtual void addLabels(std::vector<Label>&, const StripFrame&) {}
    /// Further extent of the value axis.
    virtual void extend(double&, double&, const StripFrame&) {}
    /// A value that says nothing because nothing happened (an empty buffer while nobody speaks).
    [[nodiscard]] virtual bool isIdle(double, std::size_t, const History&) const { return false; }
    /// Until when everything is known.
    [[nodiscard]] virtual double dataEndS(const History& history) const;

    /// Physical px from the top of the data area.
    [[nodiscard]] double yOf(double value, const StripFrame& frame) const;
    /// Points of a series around the columns a sink wants, physical px; scale is added to y values.
    [[nodiscard]] std::vector<QPointF> pointsOf(const Series& series, const PlotSink& sink,
                                                const StripFrame& frame) const;
    [[nodiscard]] double low() const { return low_; }
    [[nodiscard]] double high() const { return high_; }

private:
    void updateAxis(const StripFrame& frame);
    void paint(PlotSink& sink, const StripFrame& frame);
    /// A level below all that is heard as "< −90".
    [[nodiscard]] QString valueText(double value, int decimals) const;
    [[nodiscard]] double tickStep(const StripFrame& frame) const;

    ValueAxis axis_;
    std::vector<CurveSpec> curves_;
    std::vector<Series> held_;
    double weight_ = 1.0;
    double low_, high_;
    ScrolledImage image_;
    std::uint64_t axis_key_ = 0;
    std::uint64_t held_version_ = 0;
};

/// Right-gutter texts, moved apart so that none overlap. y in logical px, sorted by y.
void spreadLabels(std::vector<double>& ys, double least_apart, double top, double bottom);

}  // namespace doubletalk::ui
