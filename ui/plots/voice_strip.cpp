// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/voice_strip.h"

#include <QCoreApplication>
#include <QPainter>
#include <cmath>

#include "engine/speech/speech_params.h"
#include "ui/plots/tick_text.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

constexpr double kActiveOpacity = 0.16;
QString tr(const char* text) { return QCoreApplication::translate("VoiceStrip", text); }

}  // namespace

VoiceStrip::VoiceStrip()
    : ValueStrip(tr("Voice"),
                 tr("Level of the cleaned signal and, as a filled stretch, where its voice activity "
                    "is on. The assistant is interrupted when voice is active above the trigger "
                    "(dashed). Good: echo stays 10 dB below the line. If it does not, raise the "
                    "trigger level or improve the canceller."),
                 {.unit = "dBFS", .low = -80.0, .high = 0.0, .decimals = 0, .grows = false,
                  .least_tick_px = 18},
                 {{"clean_dbfs", tr("output"), Token::output, 1.6, Dash::solid, true},
                  {"near_dbfs", tr("mic"), Token::microphone, 1.2, Dash::solid, false}}),
      trigger_dbfs_(speech::BargeInParams{}.trigger_dbfs) {
    setWeight(0.85);
}

void VoiceStrip::setLimit(std::string_view name, double value) {
    if (name == "barge_in.trigger_dbfs") trigger_dbfs_ = value;
}

std::vector<std::string> VoiceStrip::metrics() const { return {"clean_dbfs", "near_dbfs", "voice"}; }

const Series& VoiceStrip::seriesOf(const CurveSpec& curve, const History& history) const {
    return curve.metric == "clean_dbfs" ? history.cleanLevel() : history.series(curve.metric);
}

void VoiceStrip::paintUnder(PlotSink& sink, const StripFrame& frame) {
    const auto& voice = frame.history.voice();
    const auto size = std::int64_t(voice.values.size());
    const QColor fill = Theme::current().colour(Token::output, kActiveOpacity);
    const QColor edge = Theme::current().colour(Token::output);
    const double height = frame.rect.height() * frame.ratio;
    for (int x = sink.from; x < sink.to; ++x) {
        const double at = double(frame.phase + x) / frame.px_per_s / voice.step_s;
        const auto i = std::int64_t(std::floor(at));
        if (i < 0 || i >= size || !(voice.values[std::size_t(i)] > 0.5)) continue;
        sink.bar(x, 0.0, height, fill);
        sink.bar(x, 0.0, 2.0 * frame.ratio, edge);
    }
}

void VoiceStrip::drawUnder(QPainter& painter, const StripFrame& frame) {
    const double y = frame.rect.top() + std::round(yOf(trigger_dbfs_, frame) / frame.ratio);
    QPen pen(Theme::current().colour(Token::decision), 1.0);
    pen.setDashPattern({6, 4});
    painter.setPen(pen);
    painter.drawLine(QPointF(frame.rect.left(), y),
                     QPointF(frame.rect.left() + frame.rect.width(), y));
}

void VoiceStrip::addLabels(std::vector<Label>& labels, const StripFrame& frame) {
    labels.push_back({yOf(trigger_dbfs_, frame) / frame.ratio,
                      (frame.compact ? QStringLiteral("%1") : tr("trigger %1")).arg(plainNumber(trigger_dbfs_, 0)),
                      Token::decision});
}

}  // namespace doubletalk::ui
