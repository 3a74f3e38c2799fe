// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <array>
#include <vector>

#include "ui/plots/small_plot.h"

class QCPGraph;
class QCPItemText;
class QCPItemStraightLine;

namespace doubletalk::ui {

class History;

/// RFC 5481: which share of the packets came later than so many milliseconds above the smallest
/// delay, on a logarithmic scale, with p50, p95 and p99.
class DelayVariationPlot : public SmallPlot {
    Q_OBJECT
public:
    explicit DelayVariationPlot(const History& history, QWidget* parent = nullptr);
    void refresh() override;
    /// pdv_ms and the share of packets above it, in percent.
    [[nodiscard]] QByteArray csv(ExportRange range) override;
    /// Sorted delays above the smallest, ms.
    [[nodiscard]] const std::vector<double>& delays() const { return sorted_; }
    /// share 0..1; NaN without packets. Nearest rank.
    [[nodiscard]] double percentile(double share) const;

protected:
    void restyle() override;
    void hold() override;
    void release() override;

private:
    void collect();

    const History& history_;
    QCPGraph* held_graph_;
    QCPGraph* graph_;
    QCPGraph* marks_;
    QCPItemStraightLine* playout_line_;
    std::array<QCPItemText*, 3> mark_texts_{};
    std::vector<double> sorted_;
    std::size_t drawn_ = 0, seen_ = 0;
    QElapsedTimer since_news_;
    std::uint64_t drawn_epoch_ = 0;
};

}  // namespace doubletalk::ui
