// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/small_plot.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/plots/plot_header.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kZoomStep = 0.7;
constexpr double kPanStep = 0.15;
constexpr double kMostZoom = 500.0;

bool isOurKey(int key) {
    switch (key) {
        case Qt::Key_Plus:
        case Qt::Key_Minus:
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Home:
            return true;
        default:
            return false;
    }
}

}  // namespace

SmallPlot::SmallPlot(const QString& title, const QString& name, const QString& tip, QWidget* parent)
    : QWidget(parent),
      name_(name),
      header_(new PlotHeader(title, this)),
      plot_(new QCustomPlot(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(header_);
    column->addWidget(plot_, 1);
    setAccessibleName(title);
    plot_->setAccessibleName(title);
    plot_->setToolTip(
        tip +
        tr(" Wheel, + and − zoom; drag or the arrows move; Home or a double click shows all."));
    setFocusPolicy(Qt::StrongFocus);
    plot_->setFocusProxy(this);
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot_->axisRect()->setRangeDrag(Qt::Horizontal);
    plot_->axisRect()->setRangeZoom(Qt::Horizontal);
    plot_->axisRect()->setRangeZoomFactor(kZoomStep);
    connect(plot_->xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this,
            &SmallPlot::keepInside);
    connect(plot_, &QCustomPlot::mouseDoubleClick, this, &SmallPlot::showAll);
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

void SmallPlot::setFullRange(double from, double to) {
    full_from_ = from;
    full_to_ = to;
    if (!zoomed_) plot_->xAxis->setRange(from, to);
}

void SmallPlot::keepInside() {
    const auto range = plot_->xAxis->range();
    const double full = full_to_ - full_from_;
    const double size = std::clamp(range.size(), full / kMostZoom, full);
    const double from = std::clamp(range.lower, full_from_, full_to_ - size);
    zoomed_ = size < full * (1.0 - 1e-9);
    const QSignalBlocker quiet(plot_->xAxis);
    plot_->xAxis->setRange(from, from + size);
}

void SmallPlot::zoom(double factor, double about) {
    const auto range = plot_->xAxis->range();
    plot_->xAxis->setRange(about - (about - range.lower) * factor,
                           about + (range.upper - about) * factor);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void SmallPlot::pan(double ratio) {
    const auto range = plot_->xAxis->range();
    const double by = ratio * range.size();
    const double room = by > 0.0 ? full_to_ - range.upper : range.lower - full_from_;
    plot_->xAxis->setRange(range + std::copysign(std::min(std::abs(by), room), by));
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

void SmallPlot::showAll() {
    plot_->xAxis->setRange(full_from_, full_to_);
    plot_->replot(QCustomPlot::rpQueuedReplot);
}

bool SmallPlot::isExported(double at, ExportRange range) const {
    return range == ExportRange::all || plot_->xAxis->range().contains(at);
}

bool SmallPlot::event(QEvent* event) {
    // The window has shortcuts on some of these keys; here they are the plot's.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (isOurKey(key->key()) && !(key->modifiers() & ~Qt::KeypadModifier)) event->accept();
    }
    return QWidget::event(event);
}

void SmallPlot::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
        case Qt::Key_Plus:
            return zoom(kZoomStep, plot_->xAxis->range().center());
        case Qt::Key_Minus:
            return zoom(1.0 / kZoomStep, plot_->xAxis->range().center());
        case Qt::Key_Left:
            return pan(-kPanStep);
        case Qt::Key_Right:
            return pan(kPanStep);
        case Qt::Key_Home:
            return showAll();
        default:
            QWidget::keyPressEvent(event);
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
    return {std::max(plot_->width(), 200),
            std::max(plot_->height(), 120) + PlotHeader::rowHeight()};
}

void SmallPlot::render(QCPPainter& painter, ExportRange range, bool) {
    const auto seen = plot_->xAxis->range();
    if (range == ExportRange::all) plot_->xAxis->setRange(full_from_, full_to_);
    const auto size = exportSize();
    header_->drawRow(painter, QRect(0, 0, size.width() - 16, PlotHeader::rowHeight()));
    painter.save();
    painter.translate(0, PlotHeader::rowHeight());
    plot_->toPainter(&painter, size.width(), size.height() - PlotHeader::rowHeight());
    painter.restore();
    plot_->xAxis->setRange(seen);
}

}  // namespace doubletalk::ui
