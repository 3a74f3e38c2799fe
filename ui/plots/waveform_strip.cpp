// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/waveform_strip.h"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/models/history.h"
#include "ui/plots/label.h"
#include "ui/plots/plot_sinks.h"
#include "ui/plots/problem_list.h"
#include "ui/plots/tick_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kExtentOpacity = 0.52;
constexpr double kFullScale = 32767.0;
constexpr double kGhostOpacity = 0.22;
constexpr double kVeilOpacity = 0.22;
constexpr double kQuietDbfs = -90.0;

QString tr(const char* text) { return QCoreApplication::translate("WaveformStrip", text); }

}  // namespace

WaveformStrip::WaveformStrip(Spec spec) : Strip(spec.name, spec.tip), spec_(std::move(spec)) {}

bool WaveformStrip::isMarked(ProblemKind kind) const {
    return std::find(spec_.marks.begin(), spec_.marks.end(), kind) != spec_.marks.end();
}

void WaveformStrip::paint(PlotSink& sink, const StripFrame& frame) const {
    const auto& level = frame.history.wave(spec_.tap, 1.0 / frame.px_per_s);
    const auto size = std::int64_t(level.columns.size());
    const double per_column = 1.0 / (frame.px_per_s * level.step_s);  // wave columns a pixel
    const double height = frame.rect.height() * frame.ratio;
    const double middle = 0.5 * height;
    const double scale = (middle - 2.0 * frame.ratio) / (frame.wave_peak * kFullScale);
    const QColor extent = Theme::current().colour(spec_.colour, kExtentOpacity);
    const QColor core = Theme::current().colour(spec_.colour);
    for (int x = sink.from; x < sink.to; ++x) {
        const double at = double(frame.phase + x) * per_column;
        const auto first = std::int64_t(std::floor(at));
        const auto end = std::min(
            std::max(first + 1, std::int64_t(std::floor(at + per_column))), size);
        if (first < 0 || first >= end) continue;
        int low = 0;
        int high = 0;
        double energy = 0.0;
        for (auto i = first; i < end; ++i) {
            const auto& column = level.columns[std::size_t(i)];
            low = i == first ? column.min : std::min<int>(low, column.min);
            high = i == first ? column.max : std::max<int>(high, column.max);
            energy += double(column.rms) * column.rms;
        }
        const double rms = std::sqrt(energy / double(end - first));
        double top = middle - high * scale;
        double bottom = middle - low * scale;
        const double thin = frame.ratio - (bottom - top);  // silence is a line
        if (thin > 0.0) {
            top -= 0.5 * thin;
            bottom += 0.5 * thin;
        }
        sink.bar(x, top, bottom, extent);
        const double core_top = std::max(top, middle - rms * scale);
        const double core_bottom = std::min(bottom, middle + rms * scale);
        if (thin > 0.0) {
            sink.bar(x, top, bottom, extent);
        } else if (core_bottom > core_top) {
            sink.bar(x, core_top, core_bottom, core);
        }
    }
}

void WaveformStrip::draw(QPainter& painter, const StripFrame& frame) {
    const auto& rect = frame.rect;
    painter.setPen(Theme::current().colour(Token::zero));
    const int middle = rect.top() + rect.height() / 2;
    painter.drawLine(rect.left(), middle, rect.right(), middle);
    if (frame.vector) {
        VectorSink sink(painter, rect);
        painter.setRenderHint(QPainter::Antialiasing, false);
        paint(sink, frame);
    } else {
        const ScrolledImage::Key key{int(std::lround(rect.width() * frame.ratio)),
                                     int(std::lround(rect.height() * frame.ratio)),
                                     frame.px_per_s,
                                     0.0,
                                     frame.wave_peak,
                                     frame.ratio,
                                     frame.history.epoch(),
                                     frame.style};
        const auto& level = frame.history.wave(spec_.tap, 1.0 / frame.px_per_s);
        const auto end = std::int64_t(
            std::floor(double(level.columns.size()) * level.step_s * frame.px_per_s));
        const auto [from, to] = image_.begin(key, frame.phase, end);
        if (to > from) {
            RasterSink sink(image_.image(), from, to, frame.ratio, frame.phase);
            paint(sink, frame);
        }
        image_.image().setDevicePixelRatio(frame.ratio);
        painter.drawImage(rect.topLeft(), image_.image());
        image_.image().setDevicePixelRatio(1.0);
    }
    if (spec_.tap == bench::FeedTap::far) drawQueued(painter, frame);
    drawMarks(painter, frame);
}

/// What will sound, or would have, as a ghost.
void WaveformStrip::drawQueued(QPainter& painter, const StripFrame& frame) const {
    const auto queued = frame.history.queued();
    const auto& rect = frame.rect;
    const double middle = rect.top() + 0.5 * rect.height();
    const double scale = (0.5 * rect.height() - 2.0) / (frame.wave_peak * kFullScale);
    const QColor ghost = Theme::current().colour(spec_.colour, kGhostOpacity);
    const auto size = double(queued.columns.size());
    const int first = std::max(int(std::ceil(frame.xOf(queued.from_s))), rect.left());
    for (int x = first; x < rect.left() + rect.width(); ++x) {
        const double from = std::max((frame.timeAt(x) - queued.from_s) / bench::kColumnS, 0.0);
        const double to = (frame.timeAt(x + 1) - queued.from_s) / bench::kColumnS;
        if (from >= size) break;
        int low = 0;
        int high = 0;
        for (auto i = std::size_t(from); double(i) < std::min(to, size); ++i) {
            low = std::min<int>(low, queued.columns[i].min);
            high = std::max<int>(high, queued.columns[i].max);
        }
        const double height = std::max((high - low) * scale, 1.0);
        painter.fillRect(QRectF(x, middle - high * scale, 1.0, height), ghost);
    }
}

void WaveformStrip::drawMarks(QPainter& painter, const StripFrame& frame) const {
    const auto& all = frame.problems.all();
    const double from_s = frame.fromS();
    const double to_s = frame.toS();
    const QColor bar = Theme::current().colour(Token::problem);
    const QColor veil = Theme::current().colour(Token::problem, kVeilOpacity);
    double drawn_to = frame.rect.left();
    for (const auto& problem : all) {
        if (problem.at.from_s > to_s) break;
        if (problem.at.to_s < from_s || !isMarked(problem.kind)) continue;
        const double begin = frame.xOf(problem.at.from_s);
        const double right = std::min(std::max(frame.xOf(problem.at.to_s), begin + 2.0),
                                      double(frame.rect.left() + frame.rect.width()));
        if (right <= drawn_to) continue;
        const double left = std::max(begin, drawn_to);
        painter.fillRect(QRectF(left, frame.rect.top(), right - left, frame.rect.height()), veil);
        painter.fillRect(QRectF(left, frame.rect.top(), right - left, 2.0), bar);
        drawn_to = right;
    }
}

void WaveformStrip::drawGutters(QPainter& painter, const StripFrame& frame) {
    const auto& theme = Theme::current();
    const auto& rect = frame.rect;
    painter.setFont(theme.note());
    painter.setPen(theme.colour(spec_.colour));
    drawLabel(painter, QRect(12, rect.top(), rect.left(), rect.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, name());
    const double level = frame.history.value(spec_.level);
    const int right = rect.left() + rect.width();
    const int number_width = theme.scaled(46);
    QString text = QChar(0x2013);
    if (!std::isnan(level)) {
        text = level < kQuietDbfs ? "< " + plainNumber(kQuietDbfs, 0) : plainNumber(level, 1);
    }
    painter.setFont(theme.number());
    painter.setPen(theme.colour(Token::text));
    drawLabel(painter, QRect(right, rect.top(), number_width, rect.height()),
                     Qt::AlignRight | Qt::AlignVCenter, text);
    if (frame.compact) return;
    painter.setFont(theme.note());
    painter.setPen(theme.colour(Token::text3));
    drawLabel(painter, QRect(right + number_width + 5, rect.top(), 80, rect.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("dBFS"));
}

std::vector<LegendEntry> WaveformStrip::legend(bool) const {
    return {{spec_.legend, spec_.colour, LegendEntry::Mark::line}};
}

QString WaveformStrip::tipAt(QPointF at, const StripFrame& frame) {
    const double time_s = frame.timeAt(at.x());
    const double reach = 3.0 * frame.ratio / frame.px_per_s;
    for (const auto& problem : frame.problems.all()) {
        if (!isMarked(problem.kind) || time_s < problem.at.from_s - reach ||
            time_s > problem.at.to_s + reach) {
            continue;
        }
        return tr("%1 at %2, %3. Step through problems with N and P.")
            .arg(problemName(problem.kind), clockText(problem.at.from_s, 3),
                 lengthText(problem.at.length()));
    }
    return {};
}

}  // namespace doubletalk::ui
