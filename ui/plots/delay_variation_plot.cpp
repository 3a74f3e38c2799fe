// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/delay_variation_plot.h"

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

constexpr double kLeastPercent = 0.1;
constexpr std::size_t kRedrawPackets = 50;  // a second of 20 ms packets
constexpr int kRestMs = 500;
constexpr int kMostPoints = 400;
constexpr std::array kShares{0.50, 0.95, 0.99};

/// 100 %, 10 %, 1 %, 0.1 %.
class PercentTicker : public QCPAxisTickerLog {
protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return plainNumber(tick, tick < 1.0 ? 1 : 0) + QStringLiteral(" %");
    }
};

}  // namespace

DelayVariationPlot::DelayVariationPlot(const History& history, QWidget* parent)
    : SmallPlot(tr("Delay variation"), "delay_variation",
                tr("Share of the packets whose delay was more than so many milliseconds above the "
                   "smallest. The buffer has to be at least as long as the delay at the loss you can "
                   "bear: read it at 1 %."),
                parent),
      history_(history),
      held_graph_(plot().addGraph()),
      graph_(plot().addGraph()),
      marks_(plot().addGraph()),
      playout_line_(new QCPItemStraightLine(&plot())) {
    plot().setPlottingHint(QCP::phFastPolylines);
    plot().yAxis->setScaleType(QCPAxis::stLogarithmic);
    auto ticker = QSharedPointer<PercentTicker>::create();
    plot().yAxis->setTicker(ticker);
    plot().yAxis->setRange(kLeastPercent, 100.0);
    setFullRange(0.0, 100.0);
    for (auto& text : mark_texts_) {
        text = new QCPItemText(&plot());
        text->setPositionAlignment(Qt::AlignLeft | Qt::AlignBottom);
        text->setPadding(QMargins(5, 0, 0, 3));
        text->setVisible(false);
    }
    marks_->setLineStyle(QCPGraph::lsNone);
    playout_line_->setVisible(false);
    playout_line_->setAntialiased(false);
    header().setLegend({{tr("this session"), Token::far_end, LegendEntry::Mark::line},
                        {tr("target"), Token::decision, LegendEntry::Mark::dashed}});
    restyle();
}

void DelayVariationPlot::restyle() {
    SmallPlot::restyle();
    const auto& theme = Theme::current();
    graph_->setPen(QPen(theme.colour(Token::far_end), 2.0));
    QPen held(theme.colour(Token::far_end, 0.5), 1.2);
    held.setDashPattern({2, 3});
    held_graph_->setPen(held);
    marks_->setScatterStyle(QCPScatterStyle(QCPScatterStyle::ssCircle,
                                            QPen(theme.colour(Token::far_end), 1.4),
                                            QBrush(theme.colour(Token::plot)), 7));
    QPen dashed(theme.colour(Token::decision), 1.0);
    dashed.setDashPattern({6, 4});
    playout_line_->setPen(dashed);
    for (auto* text : mark_texts_) {
        text->setFont(theme.note());
        text->setColor(theme.colour(Token::text2));
    }
}

void DelayVariationPlot::collect() {
    sorted_.clear();
    for (const auto& packet : history_.packets()) {
        if (!packet.lost) sorted_.push_back(packet.delay_ms);
    }
    std::sort(sorted_.begin(), sorted_.end());
    if (sorted_.empty()) return;
    const double least = sorted_.front();
    for (double& delay : sorted_) delay -= least;
}

double DelayVariationPlot::percentile(double share) const {
    if (sorted_.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto rank = std::size_t(std::ceil(share * double(sorted_.size())));
    return sorted_[std::min(std::max<std::size_t>(rank, 1), sorted_.size()) - 1];
}

void DelayVariationPlot::refresh() {
    const auto size = history_.packets().size();
    const bool restarted = history_.epoch() != drawn_epoch_;
    // Twice a second is enough, and less often the more there is to sort.
    const auto wait = std::max(kRedrawPackets, drawn_ / 50);
    if (size != seen_) {
        seen_ = size;
        since_news_.start();
    }
    const bool rests = size != drawn_ && since_news_.hasExpired(kRestMs);
    if (!isVisible() || (!restarted && !rests && size < drawn_ + (drawn_ == 0 ? 1 : wait))) return;
    drawn_ = size;
    drawn_epoch_ = history_.epoch();
    collect();
    QList<double> keys;
    QList<double> values;
    const auto n = double(sorted_.size());
    double last_percent = 101.0;
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
        const double percent = 100.0 * (n - double(i)) / n;
        // Evenly on the logarithmic scale, every one near the end.
        const bool last = i + 1 == sorted_.size();
        if (!last && i > 0 && std::log10(last_percent / percent) < 3.0 / kMostPoints) continue;
        last_percent = percent;
        keys.append(sorted_[i]);
        values.append(percent);
    }
    graph_->setData(keys, values, true);
    QList<double> mark_keys;
    QList<double> mark_values;
    for (std::size_t i = 0; i < kShares.size(); ++i) {
        mark_texts_[i]->setVisible(!sorted_.empty());
        if (sorted_.empty()) continue;
        const double at = percentile(kShares[i]);
        mark_keys.append(at);
        mark_values.append(100.0 * (1.0 - kShares[i]));
        mark_texts_[i]->position->setCoords(at, mark_values.last());
        mark_texts_[i]->setText(QStringLiteral("p%1  %2").arg(int(std::lround(100.0 * kShares[i])))
                                    .arg(plainNumber(at, at < 10.0 ? 1 : 0)));
    }
    marks_->setData(mark_keys, mark_values, true);
    const double target = history_.value("buffer_target_ms");
    playout_line_->setVisible(!std::isnan(target) && target > 0.0);
    playout_line_->point1->setCoords(target, 1.0);
    playout_line_->point2->setCoords(target, 10.0);
    if (!sorted_.empty()) {
        const double end = std::max({sorted_.back(), std::isnan(target) ? 0.0 : target, 10.0});
        const double step = roundStep(end / 6.0);
        setFullRange(0.0, step * std::ceil(1.1 * end / step));
    }
    header().setNote(sorted_.empty() ? QString() : tr("ms, N = %1").arg(sorted_.size()), false);
    plot().replot(QCustomPlot::rpQueuedReplot);
}

void DelayVariationPlot::hold() { held_graph_->setData(QSharedPointer<QCPGraphDataContainer>::create(*graph_->data())); }

void DelayVariationPlot::release() { held_graph_->setData({}, {}); }

QByteArray DelayVariationPlot::csv(ExportRange range) {
    collect();
    QByteArray text = "pdv_ms,share_above_percent\n";
    const auto n = double(sorted_.size());
    for (std::size_t i = 0; i < sorted_.size(); ++i) {
        if (!isExported(sorted_[i], range)) continue;
        text += csvNumber(sorted_[i]) + ',' + csvNumber(100.0 * (n - double(i) - 1.0) / n) + '\n';
    }
    return text;
}

}  // namespace doubletalk::ui
