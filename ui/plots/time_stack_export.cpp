// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <qcustomplot.h>

#include "ui/models/history.h"
#include "ui/plots/plot_header.h"
#include "ui/plots/strip.h"
#include "ui/plots/time_stack.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {

QSize TimeStack::exportSize() const {
    return {std::max(plot_->width(), 200), std::max(plot_->height(), 100) + PlotHeader::rowHeight()};
}

TimeRange TimeStack::rangeOf(ExportRange range) const {
    switch (range) {
        case ExportRange::all: return {0.0, std::max(history_.nowS(), TimeView::kShortestS)};
        case ExportRange::selection: {
            const auto [from, to] = std::minmax({view_.cursor(0), view_.cursor(1)});
            return {from, std::max(to, from + TimeView::kShortestS)};
        }
        case ExportRange::visible: break;
    }
    return view_.range();
}

void TimeStack::render(QCPPainter& painter, ExportRange range, bool vector) {
    problems_.update(history_, view_.rateHz());
    flags_.update(history_, view_);
    plot_->plotLayout()->update(QCPLayoutElement::upPreparation);
    plot_->plotLayout()->update(QCPLayoutElement::upMargins);
    plot_->plotLayout()->update(QCPLayoutElement::upLayout);
    header_->drawRow(painter, QRect(0, 0, plot_->width() - 16, PlotHeader::rowHeight()));
    painter.save();
    painter.translate(0, PlotHeader::rowHeight());
    const Drawing drawing{rangeOf(range), vector ? 1.0 : painter.device()->devicePixelRatioF(), vector};
    drawStrips(painter, drawing);
    drawOverlay(painter, drawing);
    painter.restore();
    ++style_;  // the images hold the export's pieces now
    dirty_ = true;
}

QByteArray TimeStack::csv(ExportRange range) {
    std::vector<std::string> ids;
    for (const auto& strip : strips_) {
        for (auto& id : strip->metrics()) {
            if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(std::move(id));
        }
    }
    std::vector<const Series*> columns;
    QByteArray text = "time_s";
    std::size_t rows = 0;
    for (const auto& id : ids) {
        columns.push_back(&history_.series(id));
        text += ',' + QByteArray::fromStdString(id);
        rows = std::max(rows, columns.back()->values.size());
    }
    text += '\n';
    const auto span = rangeOf(range);
    for (std::size_t row = 0; row < rows; ++row) {
        // As the session writes it: the end of the row's blocks.
        const double time_s = double(row + 1) / 10.0;
        if (time_s < span.from_s || time_s > span.to_s) continue;
        text += csvNumber(time_s);
        for (const auto* column : columns) {
            text += ',';
            if (row < column->values.size()) text += csvNumber(column->values[row]);
        }
        text += '\n';
    }
    return text;
}

}  // namespace doubletalk::ui
