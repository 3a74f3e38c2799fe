// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/value_strip.h"

namespace doubletalk::ui {

/// Fill of the jitter buffer against what its controller wants.
class BufferStrip : public ValueStrip {
public:
    BufferStrip();
    [[nodiscard]] std::vector<LegendEntry> legend(bool compact) const override {
        return compact ? ValueStrip::legend(true) : std::vector<LegendEntry>();
    }

protected:
    [[nodiscard]] bool isIdle(double value, std::size_t row, const History& history) const override;
    void paintUnder(PlotSink& sink, const StripFrame& frame) override;
};

}  // namespace doubletalk::ui
