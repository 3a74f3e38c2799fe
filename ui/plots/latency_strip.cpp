// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/latency_strip.h"

#include <QCoreApplication>
#include <cmath>

#include "ui/plots/tick_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("LatencyStrip", text); }
constexpr double kNamedFromMs = 1.0;

}  // namespace

LatencyStrip::LatencyStrip()
    : ValueStrip(tr("Latency"),
                 tr("What each stage adds between microphone and recogniser (orange) and between "
                    "packet and loudspeaker (blue), and their sum. Good: below 200 ms. The widest "
                    "band says where to save."),
                 {.unit = "ms", .low = 0.0, .high = 50.0, .decimals = 0, .grows = true,
                  .least_tick_px = 25},
                 {{"latency_ms", tr("total"), Token::accent, 1.8, Dash::solid, true}}),
      stages_{{"stage_latency_ms.block", tr("block"), Token::microphone, 0.75},
              {"stage_latency_ms.canceller", tr("canceller"), Token::microphone, 0.5},
              {"stage_latency_ms.reducer", tr("reducer"), Token::microphone, 0.3},
              {"stage_latency_ms.jitter_buffer", tr("jitter buffer"), Token::far_end, 0.75},
              {"stage_latency_ms.queue", tr("queue"), Token::far_end, 0.55},
              {"stage_latency_ms.loudspeaker_ring", tr("ring"), Token::far_end, 0.38},
              {"stage_latency_ms.output_device", tr("output"), Token::far_end, 0.25}} {}

void LatencyStrip::paintUnder(PlotSink& sink, const StripFrame& frame) {
    const auto& total = frame.history.series("latency_ms");
    const auto points = pointsOf(total, sink, frame);
    if (points.empty()) return;
    auto lower = points;
    const double floor_y = yOf(0.0, frame);
    for (auto& point : lower) point.setY(floor_y);
    for (const auto& stage : stages_) {
        const auto part = pointsOf(frame.history.series(stage.metric), sink, frame);
        if (part.size() != points.size()) continue;
        auto upper = lower;
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (!std::isnan(part[i].y())) upper[i].setY(lower[i].y() - (floor_y - part[i].y()));
        }
        sink.band(upper, lower, floor_y, Theme::current().colour(stage.colour, stage.opacity));
        lower = std::move(upper);
    }
}

void LatencyStrip::addLabels(std::vector<Label>& labels, const StripFrame& frame) {
    double below = 0.0;
    for (const auto& stage : stages_) {
        const double part = frame.history.value(stage.metric);
        if (std::isnan(part)) continue;
        if (part >= kNamedFromMs) {
            labels.push_back({yOf(below + 0.5 * part, frame) / frame.ratio,
                              (frame.compact ? QString() : stage.name + ' ') +
                                  plainNumber(part, part < 10.0 ? 1 : 0),
                              stage.colour});
        }
        below += part;
    }
}

std::vector<std::string> LatencyStrip::metrics() const {
    std::vector<std::string> ids;
    for (const auto& stage : stages_) ids.push_back(stage.metric);
    ids.emplace_back("latency_ms");
    return ids;
}

std::vector<LegendEntry> LatencyStrip::legend(bool) const {
    return {{tr("uplink"), Token::microphone, LegendEntry::Mark::box},
            {tr("downlink"), Token::far_end, LegendEntry::Mark::box},
            {tr("total"), Token::accent, LegendEntry::Mark::line}};
}

}  // namespace doubletalk::ui
