// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/value_strip.h"

namespace doubletalk::ui {

/// Every packet's delay above the smallest seen, lost ones as ticks, against the delay played out.
class JitterStrip : public ValueStrip {
public:
    JitterStrip();
    [[nodiscard]] std::vector<LegendEntry> legend(bool compact) const override;

protected:
    [[nodiscard]] bool isIdle(double value, std::size_t row, const History& history) const override;
    void paintUnder(PlotSink& sink, const StripFrame& frame) override;
    void extend(double& low, double& high, const StripFrame& frame) override;
    void addLabels(std::vector<Label>& labels, const StripFrame& frame) override;
    [[nodiscard]] double dataEndS(const History& history) const override;

private:
    /// Smallest delay of the packets so far.
    double base(const History& history);
    /// Which of them came too late: each 100 ms the counter tells how many, the slowest were it.
    void markLate(const History& history);

    std::uint64_t epoch_ = 0;
    std::size_t seen_ = 0, marked_ = 0;
    double base_ms_ = 0.0;
    std::vector<bool> late_;
};

}  // namespace doubletalk::ui
