// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/value_strip.h"

#include <QPainter>
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "ui/plots/label.h"
#include "ui/plots/plot_sinks.h"
#include "ui/plots/tick_text.h"
#include "ui/plots/time_view.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kGap = std::numeric_limits<double>::quiet_NaN();
constexpr double kHeldOpacity = 0.5;
constexpr double kTextPx = 13.0;
constexpr int kNameInset = 12;
constexpr double kShownLeastDbfs = -90.0;  // as the meters show it
constexpr double kOvershoot = 0.03;  // of the axis, before it grows

/// Index of the first value at or after a time.
std::int64_t indexAt(const Series& series, double time_s) {
    return std::int64_t(std::ceil((time_s - series.first_s) / series.step_s - 1e-9));
}

}  // namespace

void spreadLabels(std::vector<double>& ys, double least_apart, double top, double bottom) {
    for (std::size_t i = 0; i < ys.size(); ++i) {
        const double least = i == 0 ? top : ys[i - 1] + least_apart;
        ys[i] = std::max(ys[i], least);
    }
    double most = bottom;
    for (std::size_t i = ys.size(); i-- > 0;) {
        ys[i] = std::min(ys[i], most);
        most = ys[i] - least_apart;
    }
}

ValueStrip::ValueStrip(QString name, QString tip, ValueAxis axis, std::vector<CurveSpec> curves)
    : Strip(std::move(name), std::move(tip)),
      axis_(std::move(axis)),
      curves_(std::move(curves)),
      low_(axis_.low),
      high_(axis_.high) {}

const Series& ValueStrip::seriesOf(const CurveSpec& curve, const History& history) const {
    return history.series(curve.metric);
}

double ValueStrip::dataEndS(const History& history) const {
    double end = history.nowS();
    for (const auto& curve : curves_) {
        const auto& series = seriesOf(curve, history);
        const double last =
            series.values.empty() ? 0.0
                                  : series.first_s + double(series.values.size() - 1) * series.step_s;
        end = std::min(end, last);
    }
    return end;
}

double ValueStrip::yOf(double value, const StripFrame& frame) const {
    const double height = frame.rect.height() * frame.ratio;
    return height * (1.0 - (value - low_) / (high_ - low_));
}

std::vector<QPointF> ValueStrip::pointsOf(const Series& series, const PlotSink& sink,
                                          const StripFrame& frame) const {
    std::vector<QPointF> points;
    if (series.values.empty()) return points;
    const auto timeOf = [&](double column) { return (double(frame.phase) + column) / frame.px_per_s; };
    const auto last = std::int64_t(series.values.size()) - 1;
    const auto first = std::clamp<std::int64_t>(indexAt(series, timeOf(sink.from - 4)) - 1, 0, last);
    const auto end = std::clamp<std::int64_t>(indexAt(series, timeOf(sink.to + 4)) + 1, 0, last);
    points.reserve(std::size_t(end - first + 1));
    for (auto i = first; i <= end; ++i) {
        const double value = series.values[std::size_t(i)];
        const double time = series.first_s + double(i) * series.step_s;
        const bool gap = std::isnan(value) || isIdle(value, std::size_t(i), frame.history);
        points.emplace_back(time * frame.px_per_s - double(frame.phase),
                            gap ? kGap : yOf(value, frame));
    }
    return points;
}

void ValueStrip::updateAxis(const StripFrame& frame) {
    if (!axis_.grows) return;
    // Looked at again with each row of metrics, and when the view moves by hand.
    std::uint64_t key = frame.history.epoch();
    const auto mix = [&](std::uint64_t v) { key = (key ^ v) * 0x9E3779B97F4A7C15ULL; };
    for (const auto& curve : curves_) mix(seriesOf(curve, frame.history).values.size() / 4);
    mix(std::bit_cast<std::uint64_t>(frame.px_per_s));
    if (!frame.view.follows()) mix(std::uint64_t(frame.phase));
    mix(std::uint64_t(frame.rect.width()) << 16 | std::uint64_t(frame.rect.height()));
    if (key == axis_key_) return;
    axis_key_ = key;
    double low = axis_.low;
    double high = axis_.high;
    for (const auto& curve : curves_) {
        const auto& series = seriesOf(curve, frame.history);
        const auto size = std::int64_t(series.values.size());
        const auto first = std::clamp<std::int64_t>(indexAt(series, frame.fromS()), 0, size);
        const auto end = std::clamp<std::int64_t>(indexAt(series, frame.toS()), 0, size);
        for (auto i = first; i < end; ++i) {
            const double value = series.values[std::size_t(i)];
            if (std::isnan(value)) continue;
            low = std::min(low, value);
            high = std::max(high, value);
        }
    }
    extend(low, high, frame);
    const double step = roundStep((high - low) / 8.0);
    const double slack = kOvershoot * (axis_.high - axis_.low);
    low_ = low < axis_.low - slack ? step * std::floor(low / step) : axis_.low;
    high_ = high > axis_.high + slack ? step * std::ceil(1.03 * high / step) : axis_.high;
}

double ValueStrip::tickStep(const StripFrame& frame) const {
    const double most = std::max(frame.rect.height() / double(axis_.least_tick_px), 1.0);
    return roundStep((high_ - low_) / most);
}

std::vector<double> ValueStrip::gridLines(const StripFrame& frame) {
    updateAxis(frame);
    std::vector<double> ys;
    for (const double tick : ticksWithin(low_, high_, tickStep(frame))) {
        ys.push_back(frame.rect.top() + yOf(tick, frame) / frame.ratio);
    }
    return ys;
}

void ValueStrip::paint(PlotSink& sink, const StripFrame& frame) {
    paintUnder(sink, frame);
    const auto& theme = Theme::current();
    for (std::size_t i = 0; i < held_.size(); ++i) {
        const auto& curve = curves_[i];
        sink.curve(pointsOf(held_[i], sink, frame),
                   {theme.colour(curve.colour, kHeldOpacity), std::min(curve.width, 1.6),
                    Dash::dotted});
    }
    for (std::size_t i = curves_.size(); i-- > 0;) {  // the main one on top
        const auto& curve = curves_[i];
        sink.curve(pointsOf(seriesOf(curve, frame.history), sink, frame),
                   {theme.colour(curve.colour), curve.width, curve.dash});
    }
    paintOver(sink, frame);
}

void ValueStrip::draw(QPainter& painter, const StripFrame& frame) {
    drawUnder(painter, frame);
    if (frame.vector) {
        VectorSink sink(painter, frame.rect);
        paint(sink, frame);
        painter.setRenderHint(QPainter::Antialiasing, false);
        return;
    }
    const ScrolledImage::Key key{int(std::lround(frame.rect.width() * frame.ratio)),
                                 int(std::lround(frame.rect.height() * frame.ratio)),
                                 frame.px_per_s,
                                 low_,
                                 high_,
                                 frame.ratio,
                                 frame.history.epoch(),
                                 frame.style + held_version_ * 1000003};
    const auto end = std::int64_t(std::floor(dataEndS(frame.history) * frame.px_per_s));
    const auto [from, to] = image_.begin(key, frame.phase, end);
    if (to > from) {
        RasterSink sink(image_.image(), from, to, frame.ratio, frame.phase);
        paint(sink, frame);
    }
    image_.image().setDevicePixelRatio(frame.ratio);
    painter.drawImage(frame.rect.topLeft(), image_.image());
    image_.image().setDevicePixelRatio(1.0);
}

void ValueStrip::drawGutters(QPainter& painter, const StripFrame& frame) {
    const auto& theme = Theme::current();
    const auto& rect = frame.rect;
    painter.setFont(theme.title());
    painter.setPen(theme.colour(Token::text));
    const int text_px = theme.scaled(kTextPx);
    drawLabel(painter, QRect(kNameInset, rect.top() + 1, rect.left(), theme.scaled(16)),
                     Qt::AlignLeft | Qt::AlignVCenter, name());
    painter.setFont(theme.note());
    painter.setPen(theme.colour(Token::axis));
    const auto ticks = ticksWithin(low_, high_, tickStep(frame));
    const double step = tickStep(frame);
    const int decimals = step >= 1.0 ? 0 : step >= 0.1 ? 1 : 2;
    // From the top: the first label with room for it beside the name carries the unit.
    const double name_bottom = rect.top() + theme.scaled(15);
    const int name_width = QFontMetrics(theme.title()).horizontalAdvance(name());
    bool outermost = true;
    for (std::size_t i = ticks.size(); i-- > 0;) {
        const double y = rect.top() + yOf(ticks[i], frame) / frame.ratio;
        const double top = std::min(y - text_px / 2.0, rect.bottom() + 3.0 - text_px);
        QString text = plainNumber(ticks[i], decimals);
        if (top < name_bottom - 2.0) {
            const double left = rect.left() - 8 - painter.fontMetrics().horizontalAdvance(text);
            if (top < rect.top() - 2.0 || left < kNameInset + name_width + 6) continue;
        } else if (outermost) {
            if (!axis_.unit.isEmpty()) text += ' ' + axis_.unit;
            outermost = false;
        }
        drawLabel(painter, QRectF(0, top, rect.left() - 8, text_px),
                  Qt::AlignRight | Qt::AlignVCenter, text);
    }

    std::vector<Label> labels;
    for (const auto& curve : curves_) {
        if (!curve.in_gutter) continue;
        const auto& values = seriesOf(curve, frame.history).values;
        // Where the curve last was, so that its name does not jump while it is gated.
        auto at = values.size();
        while (at > 0 && std::isnan(values[at - 1])) --at;
        const double y = at > 0 ? yOf(std::clamp(values[at - 1], low_, high_), frame) : 0.0;
        QString text = frame.compact ? QString() : curve.name;
        if (!values.empty() && !std::isnan(values.back())) {
            if (!text.isEmpty()) text += ' ';
            text += valueText(values.back(), axis_.decimals);
        }
        labels.push_back({y / frame.ratio, text, curve.colour});
    }
    addLabels(labels, frame);
    std::stable_sort(labels.begin(), labels.end(), [](auto& a, auto& b) { return a.y < b.y; });
    std::vector<double> ys;
    for (const auto& label : labels) ys.push_back(rect.top() + label.y);
    spreadLabels(ys, text_px, rect.top() + text_px / 2.0, rect.bottom() - text_px / 2.0);
    const int right = rect.left() + rect.width();
    for (std::size_t i = 0; i < labels.size(); ++i) {
        painter.setPen(theme.colour(labels[i].colour));
        drawLabel(painter, QRectF(right + 8, ys[i] - text_px / 2.0, 400, text_px),
                         Qt::AlignLeft | Qt::AlignVCenter, labels[i].text);
    }
}

QString ValueStrip::valueText(double value, int decimals) const {
    const bool silent = axis_.unit == QLatin1String("dBFS") && value < kShownLeastDbfs;
    return silent ? QStringLiteral("< −%1").arg(-kShownLeastDbfs) : plainNumber(value, decimals);
}

std::vector<LegendEntry> ValueStrip::legend(bool compact) const {
    std::vector<LegendEntry> entries;
    for (const auto& curve : curves_) {
        if (curve.in_gutter && !compact) continue;  // named at their right end
        entries.push_back({curve.name, curve.colour,
                           curve.dash == Dash::solid ? LegendEntry::Mark::line
                                                     : LegendEntry::Mark::dashed});
    }
    return entries;
}

std::vector<std::string> ValueStrip::metrics() const {
    std::vector<std::string> ids;
    for (const auto& curve : curves_) {
        if (!curve.metric.empty()) ids.push_back(curve.metric);
    }
    return ids;
}

std::vector<CursorDot> ValueStrip::dotsAt(double time_s, const StripFrame& frame) {
    std::vector<CursorDot> dots;
    for (const auto& curve : curves_) {
        const auto& series = seriesOf(curve, frame.history);
        const double at = (time_s - series.first_s) / series.step_s;
        const auto i = std::int64_t(std::floor(at));
        if (i < 0 || i + 1 >= std::int64_t(series.values.size())) continue;
        const double a = series.values[std::size_t(i)];
        const double b = series.values[std::size_t(i + 1)];
        const double value = a + (b - a) * (at - double(i));
        if (std::isnan(value)) continue;
        dots.push_back(
            {frame.rect.top() + yOf(value, frame) / frame.ratio,
             Theme::current().colour(curve.colour),
             curve.name + ' ' + valueText(value, std::max(axis_.decimals, 1)) + ' ' + axis_.unit});
    }
    return dots;
}

void ValueStrip::hold(const History& history) {
    held_.clear();
    for (const auto& curve : curves_) held_.push_back(seriesOf(curve, history));
    ++held_version_;
}

void ValueStrip::release() {
    held_.clear();
    ++held_version_;
}

}  // namespace doubletalk::ui
