// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/echo_path_plot.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <qcustomplot.h>

#include "ui/models/history.h"
#include "ui/plots/plot_header.h"
#include "ui/plots/strip.h"
#include "ui/plots/tick_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kFloorDb = -80.0;
constexpr int kMostPoints = 400;  // a point a pixel: the largest coefficient in it

double decibels(double h) { return 20.0 * std::log10(std::max(std::abs(h), 1e-10)); }

QCPItemStraightLine* addLine(QCustomPlot& plot) {
    auto* line = new QCPItemStraightLine(&plot);
    line->setVisible(false);
    line->setAntialiased(false);
    return line;
}

QCPItemText* addText(QCustomPlot& plot, Qt::Alignment alignment) {
    auto* text = new QCPItemText(&plot);
    text->position->setTypeX(QCPItemPosition::ptPlotCoords);
    text->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    text->setPositionAlignment(alignment);
    text->setTextAlignment(Qt::AlignLeft);
    text->setPadding(QMargins(4, 2, 4, 2));
    text->setVisible(false);
    return text;
}

}  // namespace

EchoPathPlot::EchoPathPlot(const History& history, QWidget* parent)
    : SmallPlot(tr("Echo path"), "echo_path",
                tr("The canceller's own estimate of loudspeaker, room and microphone: how strongly "
                   "each delay comes back. Good: a clear peak behind the delay and a slope that has "
                   "fallen by 30 dB where the filter ends. If it has not, lengthen the tail."),
                parent),
      history_(history),
      held_graph_(plot().addGraph()),
      graph_(plot().addGraph()),
      delay_line_(addLine(plot())),
      tail_line_(addLine(plot())),
      delay_text_(addText(plot(), Qt::AlignTop | Qt::AlignRight)),
      tail_text_(addText(plot(), Qt::AlignTop | Qt::AlignRight)),
      no_data_(addText(plot(), Qt::AlignCenter)) {
    no_data_->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
    no_data_->position->setCoords(0.5, 0.5);
    no_data_->setTextAlignment(Qt::AlignCenter);
    for (auto* graph : {held_graph_, graph_}) graph->setAdaptiveSampling(false);
    plot().setPlottingHint(QCP::phFastPolylines);
    plot().yAxis->setRange(kFloorDb, 0.0);
    setFullRange(0.0, 300.0);
    plot().yAxis->ticker()->setTickCount(5);
    header().setLegend({{tr("estimate"), Token::output, LegendEntry::Mark::line}});
    header().setNote(tr("dB over ms"), false);
    restyle();
}

void EchoPathPlot::restyle() {
    SmallPlot::restyle();
    const auto& theme = Theme::current();
    graph_->setPen(QPen(theme.colour(Token::output), 1.4));
    QPen held(theme.colour(Token::output, 0.5), 1.2);
    held.setDashPattern({2, 3});
    held_graph_->setPen(held);
    QPen dotted(theme.colour(Token::text2), 1.0);
    dotted.setDashPattern({2, 3});
    for (auto* line : {delay_line_, tail_line_}) line->setPen(dotted);
    for (auto* text : {delay_text_, tail_text_, no_data_}) {
        text->setFont(theme.note());
        text->setColor(theme.colour(Token::text2));
    }
}

double EchoPathPlot::tailEndMs() const {
    const auto* path = history_.echoPath();
    if (path == nullptr) return std::numeric_limits<double>::quiet_NaN();
    return path->delay_ms + 1000.0 * path->frames / path->rate_hz;
}

void EchoPathPlot::refresh() {
    const auto* path = history_.echoPath();
    const auto block = path == nullptr ? -1 : path->block;
    if (!isVisible() || (block == drawn_block_ && history_.epoch() == drawn_epoch_)) return;
    drawn_block_ = block;
    drawn_epoch_ = history_.epoch();
    QList<double> keys;
    QList<double> values;
    for (auto* item : {delay_line_, tail_line_}) item->setVisible(path != nullptr);
    for (auto* item : {delay_text_, tail_text_}) item->setVisible(path != nullptr);
    no_data_->setVisible(path == nullptr);
    no_data_->setText(history_.nowS() > 0.0 ? tr("No data: sessions hold no echo path,\n"
                                                 "a run shows it from its first second on")
                                            : tr("Appears after Run, R"));
    if (path != nullptr) {
        const int points = std::min(path->frames, kMostPoints);
        for (int i = 0; i < points; ++i) {
            const int from = int(std::int64_t(path->frames) * i / points);
            const int to = int(std::int64_t(path->frames) * (i + 1) / points);
            float most = 0.0F;
            for (int j = from; j < to; ++j) most = std::max(most, std::abs(path->response[std::size_t(j)]));
            keys.append(path->delay_ms + 500.0 * (from + to - 1) / path->rate_hz);
            values.append(std::max(decibels(most), kFloorDb));
        }
        const double end = tailEndMs();
        const double top = values.isEmpty() ? 0.0 : *std::max_element(values.begin(), values.end());
        plot().yAxis->setRange(kFloorDb, std::max(0.0, 20.0 * std::ceil(top / 20.0)));
        const double step = roundStep(end / 6.0);
        setFullRange(0.0, step * std::ceil(1.05 * end / step));
        delay_line_->point1->setCoords(path->delay_ms, 0.0);
        delay_line_->point2->setCoords(path->delay_ms, 1.0);
        tail_line_->point1->setCoords(end, 0.0);
        tail_line_->point2->setCoords(end, 1.0);
        delay_text_->setText(tr("delay %1 ms").arg(plainNumber(path->delay_ms, 1)));
        delay_text_->setPositionAlignment(
            Qt::AlignTop | (path->delay_ms > 0.45 * plot().xAxis->range().upper ? Qt::AlignRight
                                                                                : Qt::AlignLeft));
        delay_text_->position->setCoords(path->delay_ms, 0.0);
        const double use = history_.value("tail_use_ratio");
        tail_text_->setText(tr("filter %1 ms").arg(plainNumber(end - path->delay_ms, 0)) +
                            (std::isnan(use) ? QString() : tr("\ntail use %1").arg(plainNumber(use, 3))));
        tail_text_->position->setCoords(end, 0.12);
    }
    graph_->setData(keys, values, true);
    plot().replot(QCustomPlot::rpQueuedReplot);
}

void EchoPathPlot::hold() { held_graph_->setData(QSharedPointer<QCPGraphDataContainer>::create(*graph_->data())); }

void EchoPathPlot::release() { held_graph_->setData({}, {}); }

QByteArray EchoPathPlot::csv(ExportRange range) {
    QByteArray text = "delay_ms,h,h_db\n";
    const auto* path = history_.echoPath();
    for (int i = 0; path != nullptr && i < path->frames; ++i) {
        const double h = path->response[std::size_t(i)];
        const double at_ms = path->delay_ms + 1000.0 * i / path->rate_hz;
        if (!isExported(at_ms, range)) continue;
        text += csvNumber(at_ms) + ',' + csvNumber(h) + ',' +
                csvNumber(decibels(h)) + '\n';
    }
    return text;
}

}  // namespace doubletalk::ui
