// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/small_plot.h"

#include <QVBoxLayout>
#include <qcustomplot.h>

#include "ui/plots/plot_header.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {

SmallPlot::SmallPlot(const QString& title, const QString& name, const QString& tip, QWidget* parent)
    : QWidget(parent), name_(name), header_(new PlotHeader(title, this)), plot_(new QCustomPlot(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(header_);
    column->addWidget(plot_, 1);
    setAccessibleName(title);
    plot_->setAccessibleName(title);
    plot_->setToolTip(tip);
    plot_->layer("overlay")->setMode(QCPLayer::lmLogical);
    connect(header_, &PlotHeader::holdToggled, this, &SmallPlot::setHeld);
    connect(header_, &PlotHeader::exportAsked, this,
            [this] { showExportMenu(header_->exportButton(), *this); });
    connect(&Theme::current(), &Theme::changed, this, [this] {
        restyle();
        plot_->replot(QCustomPlot::rpQueuedReplot);
    });
}

void SmallPlot::restyle() {
    const auto& theme = Theme::current();
    plot_->setBackground(QBrush(theme.colour(Token::panel)));
    auto* rect = plot_->axisRect();
    rect->setBackground(QBrush(theme.colour(Token::plot)));
    rect->setMinimumMargins(QMargins(theme.scaled(12), 4, theme.scaled(14), 4));
    for (auto* axis : rect->axes()) {
        axis->setBasePen(Qt::NoPen);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLength(0);
        axis->setSubTicks(false);
        axis->setTickLabelFont(theme.note());
        axis->setTickLabelColor(theme.colour(Token::axis));
        axis->grid()->setPen(QPen(theme.colour(Token::grid)));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->grid()->setAntialiased(false);
    }
}

void SmallPlot::setHeld(bool held) {
    if (held == held_) return;
    held_ = held;
    if (held) {
        hold();
    } else {
        release();
    }
    header_->setHeld(held);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

QSize SmallPlot::exportSize() const {
    return {std::max(plot_->width(), 200), std::max(plot_->height(), 120) + PlotHeader::rowHeight()};
}

void SmallPlot::render(QCPPainter& painter, ExportRange, bool) {
    const auto size = exportSize();
    header_->drawRow(painter, QRect(0, 0, size.width() - 16, PlotHeader::rowHeight()));
    painter.save();
    painter.translate(0, PlotHeader::rowHeight());
    plot_->toPainter(&painter, size.width(), size.height() - PlotHeader::rowHeight());
    painter.restore();
}

}  // namespace doubletalk::ui
