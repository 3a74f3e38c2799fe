// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/bench/live_feed.h"
#include "ui/plots/strip.h"

namespace doubletalk::ui {

enum class ProblemKind;

/// One tap's waveform: a min / max column a pixel with the RMS core on top, problems as bar and
/// veil, the level at the right.
class WaveformStrip : public Strip {
public:
    struct Spec {
        bench::FeedTap tap = bench::FeedTap::far;
        QString name, legend, tip;
        std::string level;  ///< METRICS id of its level
        Token colour = Token::far_end;
        std::vector<ProblemKind> marks;
    };
    explicit WaveformStrip(Spec spec);

    [[nodiscard]] double weight() const override { return 0.75; }
    [[nodiscard]] std::vector<double> gridLines(const StripFrame&) override { return {}; }
    void draw(QPainter& painter, const StripFrame& frame) override;
    void drawGutters(QPainter& painter, const StripFrame& frame) override;
    [[nodiscard]] std::vector<LegendEntry> legend(bool compact) const override;
    [[nodiscard]] std::vector<std::string> metrics() const override { return {spec_.level}; }
    [[nodiscard]] QString tipAt(QPointF at, const StripFrame& frame) override;

private:
    void paint(PlotSink& sink, const StripFrame& frame) const;
    void drawQueued(QPainter& painter, const StripFrame& frame) const;
    void drawMarks(QPainter& painter, const StripFrame& frame) const;
    [[nodiscard]] bool isMarked(ProblemKind kind) const;

    Spec spec_;
    ScrolledImage image_;
};

}  // namespace doubletalk::ui
