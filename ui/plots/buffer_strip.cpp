// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/buffer_strip.h"

#include <QCoreApplication>

#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("BufferStrip", text); }
constexpr double kFill = 0.18;

}  // namespace

BufferStrip::BufferStrip()
    : ValueStrip(tr("Buffer"),
                 tr("Audio waiting in the jitter buffer, against the level its controller wants. "
                    "Good: the level stays near the target and never reaches 0, where the next "
                    "frame has to be made up."),
                 {.unit = "ms", .low = 0.0, .high = 100.0, .decimals = 0, .grows = true,
                  .least_tick_px = 25},
                 {{"buffer_target_ms", tr("target"), Token::decision, 1.8, Dash::solid, true},
                  {"buffer_ms", tr("level"), Token::far_end, 1.4, Dash::solid, true}}) {
    setWeight(1.2);
}

bool BufferStrip::isIdle(double value, std::size_t row, const History& history) const {
    const auto& plays = history.series("assistant_plays").values;
    return value == 0.0 && row < plays.size() && !(plays[row] > 0.0);
}

void BufferStrip::paintUnder(PlotSink& sink, const StripFrame& frame) {
    const auto level = pointsOf(frame.history.series("buffer_ms"), sink, frame);
    sink.band(level, {}, yOf(0.0, frame), Theme::current().colour(Token::far_end, kFill));
}

}  // namespace doubletalk::ui
