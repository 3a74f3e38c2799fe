// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/value_strip.h"

namespace doubletalk::ui {

/// Latency by stage, stacked, with the sum as a line.
class LatencyStrip : public ValueStrip {
public:
    LatencyStrip();
    [[nodiscard]] std::vector<std::string> metrics() const override;
    [[nodiscard]] std::vector<LegendEntry> legend(bool compact) const override;

protected:
    void paintUnder(PlotSink& sink, const StripFrame& frame) override;
    void addLabels(std::vector<Label>& labels, const StripFrame& frame) override;

private:
    struct Stage {
        std::string metric;
        QString name;
        Token colour;
        double opacity;
    };
    std::vector<Stage> stages_;
};

}  // namespace doubletalk::ui
