// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/plots/small_plot.h"

class QCPGraph;
class QCPItemStraightLine;
class QCPItemText;

namespace doubletalk::ui {

class History;

/// The canceller's estimate of the echo path: |h| in dB over milliseconds, with the delay before it
/// and the end of the filter.
class EchoPathPlot : public SmallPlot {
    Q_OBJECT
public:
    explicit EchoPathPlot(const History& history, QWidget* parent = nullptr);
    void refresh() override;
    /// delay_ms (from the reference), h, h_db of each coefficient.
    [[nodiscard]] QByteArray csv(ExportRange range) override;
    /// End of the filter, ms; NaN while there is none.
    [[nodiscard]] double tailEndMs() const;

protected:
    void restyle() override;
    void hold() override;
    void release() override;

private:
    const History& history_;
    QCPGraph* held_graph_;
    QCPGraph* graph_;
    QCPItemStraightLine* delay_line_;
    QCPItemStraightLine* tail_line_;
    QCPItemText* delay_text_;
    QCPItemText* tail_text_;
    QCPItemText* no_data_;
    std::int64_t drawn_block_ = -1;
    std::uint64_t drawn_epoch_ = 0;
};

}  // namespace doubletalk::ui
