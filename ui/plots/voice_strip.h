// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plots/value_strip.h"

namespace doubletalk::ui {

/// What decides a barge-in: level of the cleaned signal against the trigger, and voice activity.
class VoiceStrip : public ValueStrip {
public:
    VoiceStrip();
    /// "barge_in.trigger_dbfs".
    void setLimit(std::string_view name, double value) override;
    [[nodiscard]] std::vector<LegendEntry> legend(bool) const override { return {}; }
    [[nodiscard]] std::vector<std::string> metrics() const override;

protected:
    [[nodiscard]] const Series& seriesOf(const CurveSpec& curve,
                                         const History& history) const override;
    void paintUnder(PlotSink& sink, const StripFrame& frame) override;
    void drawUnder(QPainter& painter, const StripFrame& frame) override;
    void addLabels(std::vector<Label>& labels, const StripFrame& frame) override;

private:
    double trigger_dbfs_;
};

}  // namespace doubletalk::ui
