// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/lane_strip.h"

#include <QCoreApplication>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "engine/core/event.h"
#include "ui/models/history.h"
#include "ui/plots/label.h"
#include "ui/plots/problem_list.h"
#include "ui/plots/tick_text.h"
#include "ui/plots/time_view.h"
#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("LaneStrip", text); }
constexpr double kOnsetReachS = 2.0;  // as METRICS counts a stop to a labelled interruption
constexpr double kDecisionS = 0.02;
constexpr double kLossJoinS = 0.015;

QString laneName(Lane lane) {
    switch (lane) {
        case Lane::assistant: return tr("Assistant");
        case Lane::user: return tr("User");
        case Lane::barge_in: return tr("Barge-in");
        case Lane::problems: return tr("Problems");
        case Lane::concealed: return tr("Concealed");
        case Lane::lost: return tr("Lost");
        case Lane::network: return tr("Network");
    }
    return {};
}

QString laneTip(Lane lane) {
    switch (lane) {
        case Lane::assistant:
            return tr("When the assistant sounded. Hatched: audio that waited at the loudspeaker and "
                      "was dropped by an interruption. The rest of the item was not sent any more: "
                      "pale in the far end's waveform.");
        case Lane::user:
            return tr("Voice activity on the cleaned signal: when the program believes the user speaks.");
        case Lane::barge_in:
            return tr("Bars: the assistant was stopped; the time counts from the user's onset to "
                      "silence, good is below 200 ms. Boxes: voice was there, but the canceller was "
                      "not ready yet.");
        case Lane::problems:
            return tr("Loss, concealment, clipping, divergence, underruns. N and P step through them.");
        case Lane::concealed:
            return tr("Audio that was made up because its packet had not come. Good: nothing here. "
                      "Raise the buffer when it comes often.");
        case Lane::lost:
            return tr("Packets that never came, where the loss was known. Good: nothing here. No "
                      "buffer helps: mend the network, or choose the better concealer.");
        case Lane::network: return tr("What the simulated network did: delay spikes.");
    }
    return {};
}

}  // namespace

LaneStrip::LaneStrip(std::vector<Lane> lanes) : Strip({}, {}), lanes_(std::move(lanes)) {}

void LaneStrip::readEvents(const StripFrame& frame) {
    const auto& events = frame.history.events();
    if (epoch_ != frame.history.epoch() || seen_ > events.size()) {
        epoch_ = frame.history.epoch();
        seen_ = 0;
        decisions_.clear();
        unheard_.clear();
        network_.clear();
        onset_s_ = voice_s_ = -1.0;
        open_stop_ = -1;
    }
    const int rate = frame.view.rateHz();
    for (; seen_ < events.size(); ++seen_) {
        const auto& event = events[seen_];
        const double at = eventTimeS(event, rate);
        switch (event.kind) {
            case EventKind::talker_started: onset_s_ = at; break;
            case EventKind::barge_in_held: {
                const double from = event.value2 / rate;
                const auto cause = event.cause.view();
                const QString text = tr("held, %1").arg(
                    QString::fromUtf8(cause.data(), qsizetype(cause.size())));
                if (!decisions_.empty() && decisions_.back().form == Form::outline &&
                    std::abs(decisions_.back().from_s - from) < 1e-6) {
                    decisions_.back().to_s = at;
                } else {
                    decisions_.push_back({from, std::max(at, from), Form::outline, Token::decision,
                                          text});
                }
                break;
            }
            case EventKind::barge_in_decided: voice_s_ = event.value2 / rate; break;
            case EventKind::interrupt_issued: {
                const bool by_voice = event.cause == "barge_in";
                decisions_.push_back({at, at + kDecisionS, Form::tick, Token::decision,
                                      by_voice ? tr("speech") : tr("by hand")});
                if (!by_voice) voice_s_ = -1.0;
                open_stop_ = int(decisions_.size()) - 1;
                break;
            }
            case EventKind::playback_flushed: dropped_s_ = event.value / rate; break;
            case EventKind::playback_silent: {
                if (event.item == 0) {  // nothing was sounding, so nothing was stopped
                    open_stop_ = -1;
                    dropped_s_ = 0.0;
                    break;
                }
                if (dropped_s_ > 0.0) {
                    unheard_.push_back({at, at + dropped_s_, Form::hatched, Token::far_end, {}});
                    unheard_.back().tip =
                        tr("%1 that waited at the loudspeaker were dropped. The rest of the item was "
                           "not sent any more: pale in the far end's waveform.")
                            .arg(lengthText(dropped_s_));
                }
                if (open_stop_ < 0) break;
                auto& stop = decisions_[std::size_t(open_stop_)];
                open_stop_ = -1;
                dropped_s_ = 0.0;
                const bool labelled =
                    onset_s_ >= 0.0 && stop.from_s >= onset_s_ && stop.from_s - onset_s_ < kOnsetReachS;
                const double since = voice_s_ < 0.0 ? stop.from_s : labelled ? onset_s_ : voice_s_;
                if (at < since - kBlockMs / 1000.0) break;  // it had been silent before
                stop.before = tr("stop %1").arg(lengthText(at - since));
                stop.tip = voice_s_ < 0.0 ? tr("%1 from the command to silence, %2 heard of the item")
                           : labelled     ? tr("%1 from the user's onset to silence, %2 heard of the item")
                                          : tr("%1 from the first voice activity to silence, %2 heard of the item");
                stop.tip = stop.tip.arg(lengthText(at - since), lengthText(event.value / 1000.0));
                break;
            }
            case EventKind::network_spike: {
                const QString text = event.value > 0.0 ? tr("spike %1").arg(lengthText(event.value / 1000.0))
                                                       : tr("spike");
                network_.push_back({at, at + std::max(event.value / 1000.0, 0.08), Form::solid,
                                    Token::truth, text});
                break;
            }
            default: break;
        }
    }
}

void LaneStrip::readPackets(const StripFrame& frame) {
    const auto& packets = frame.history.packets();
    if (packets_epoch_ != frame.history.epoch() || packets_seen_ > packets.size()) {
        packets_epoch_ = frame.history.epoch();
        packets_seen_ = 0;
        lost_.clear();
    }
    for (; packets_seen_ < packets.size(); ++packets_seen_) {
        const auto& packet = packets[packets_seen_];
        if (!packet.lost) continue;
        const double at = double(packet.block) * kBlockMs / 1000.0;
        // A burst is one bar: packets come every few blocks.
        if (lost_.empty() || at - lost_.back().to_s > kLossJoinS) {
            lost_.push_back({at, at, Form::solid, Token::problem, {}});
            lost_count_ = 0;
        }
        auto& bar = lost_.back();
        bar.to_s = at + kBlockMs / 1000.0;
        ++lost_count_;
        bar.tip = lost_count_ == 1 ? tr("1 packet lost, %1").arg(clockText(bar.from_s, 3))
                                   : tr("%1 packets lost, %2")
                                         .arg(lost_count_)
                                         .arg(clockText(bar.from_s, 3));
    }
}

std::vector<LaneStrip::Bar> LaneStrip::barsOf(Lane lane, const StripFrame& frame) const {
    const double from_s = frame.fromS();
    const double to_s = frame.toS();
    const double now = frame.history.nowS();
    std::vector<Bar> bars;
    const auto addStretches = [&](const std::vector<Stretch>& stretches, Token colour) {
        auto at = std::lower_bound(stretches.begin(), stretches.end(), from_s,
                                   [](const Stretch& s, double t) { return s.from_s < t; });
        if (at != stretches.begin()) --at;
        for (; at != stretches.end() && at->from_s <= to_s; ++at) {
            const double end = at->to_s < at->from_s ? now : at->to_s;
            if (end < from_s) continue;
            bars.push_back({at->from_s, end, Form::solid, colour, {}});
        }
    };
    const auto addBars = [&](const std::vector<Bar>& from) {
        for (const auto& bar : from) {
            if (bar.to_s >= from_s - 2.0 && bar.from_s <= to_s + 2.0) bars.push_back(bar);
        }
    };
    const auto addProblems = [&](auto wanted, bool named) {
        for (const auto& problem : frame.problems.all()) {
            if (problem.at.from_s > to_s) break;
            if (problem.at.to_s < from_s - 2.0 || !wanted(problem.kind)) continue;
            bars.push_back({problem.at.from_s, problem.at.to_s, Form::solid, Token::problem,
                            named && problem.kind == ProblemKind::concealed
                                ? problemName(problem.kind) + ' ' + problem.text
                                : problem.text});
        }
    };
    switch (lane) {
        case Lane::assistant:
            addStretches(frame.history.assistant(), Token::far_end);
            addBars(unheard_);
            break;
        case Lane::user: addStretches(frame.history.user(), Token::microphone); break;
        case Lane::barge_in: addBars(decisions_); break;
        case Lane::problems:
            addProblems([](ProblemKind kind) { return kind != ProblemKind::held; }, true);
            break;
        case Lane::concealed:
            addProblems([](ProblemKind kind) { return kind == ProblemKind::concealed; }, false);
            break;
        case Lane::lost:
            addBars(lost_);
            break;
        case Lane::network: addBars(network_); break;
    }
    return bars;
}

QRect LaneStrip::rowRect(std::size_t index, const StripFrame& frame) const {
    const int height = frame.rect.height() / int(lanes_.size());
    return {frame.rect.left(), frame.rect.top() + int(index) * height, frame.rect.width(), height};
}

void LaneStrip::drawBars(QPainter& painter, const QRect& row, const std::vector<Bar>& bars,
                         const StripFrame& frame) const {
    const auto& theme = Theme::current();
    const double bar_height = std::round(row.height() * 0.52);
    const double top = row.top() + std::round((row.height() - bar_height) / 2.0);
    double free_from = row.left();  // right end of the last thing drawn
    double drawn_to = -1e9;
    const auto leftOf = [&](std::size_t i) { return frame.xOf(bars[i].from_s); };
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const auto& bar = bars[i];
        const QColor colour = theme.colour(bar.colour);
        double left = leftOf(i);
        double right = std::max(frame.xOf(bar.to_s), left + (bar.form == Form::tick ? 6.0 : 2.0));
        const double end = right;
        left = std::max(left, double(row.left()) - 2.0);
        right = std::min(right, double(row.left() + row.width()) + 2.0);
        if (right > left && right > drawn_to) {
            const QRectF area(std::round(left), top, std::max(std::round(right - left), 1.0), bar_height);
            switch (bar.form) {
                case Form::solid: painter.fillRect(area, colour); break;
                case Form::tick:
                    painter.fillRect(QRectF(area.left(), top, 2.0, bar_height), colour);
                    painter.fillRect(QRectF(area.left() + 4.0, top, 2.0, bar_height), colour);
                    break;
                case Form::hatched: {
                    QBrush brush(theme.colour(bar.colour, 0.55), Qt::BDiagPattern);
                    painter.setBrushOrigin(QPointF(-std::fmod(double(frame.phase) / frame.ratio, 8.0), 0));
                    painter.fillRect(area, brush);
                    [[fallthrough]];
                }
                case Form::outline:
                    painter.setPen(colour);
                    painter.setBrush(Qt::NoBrush);
                    painter.drawRect(area.adjusted(0, 0, -1, -1));
                    break;
            }
            drawn_to = right;
        }
        if (!bar.before.isEmpty() && left > row.left()) {
            painter.setFont(theme.title());
            const double width = labelWidth(painter, bar.before);
            if (left - 6 - width >= free_from) {
                painter.setPen(colour);
                drawLabel(painter, QRectF(left - 6 - width, row.top(), width + 2, row.height()),
                                 Qt::AlignLeft | Qt::AlignVCenter, bar.before);
            }
        }
        free_from = std::max(free_from, end);
        if (!bar.text.isEmpty() && end > row.left()) {
            painter.setFont(theme.note());
            const double width = labelWidth(painter, bar.text);
            const double limit = i + 1 < bars.size() ? leftOf(i + 1) : row.left() + row.width();
            if (end + 6 + width < limit) {
                painter.setPen(bar.form == Form::outline || bar.form == Form::tick
                                   ? theme.colour(Token::text2)
                                   : colour);
                drawLabel(painter, QRectF(end + 6, row.top(), width + 2, row.height()),
                                 Qt::AlignLeft | Qt::AlignVCenter, bar.text);
                free_from = end + 6 + width;
            }
        }
    }
}

void LaneStrip::draw(QPainter& painter, const StripFrame& frame) {
    readEvents(frame);
    readPackets(frame);
    painter.setPen(Theme::current().colour(Token::panel));
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        const auto row = rowRect(i, frame);
        if (i > 0) painter.drawLine(row.left(), row.top(), row.right(), row.top());
        drawBars(painter, row, barsOf(lanes_[i], frame), frame);
        painter.setPen(Theme::current().colour(Token::panel));
    }
}

void LaneStrip::drawGutters(QPainter& painter, const StripFrame& frame) {
    const auto& theme = Theme::current();
    painter.setFont(theme.note());
    painter.setPen(theme.colour(Token::text2));
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        const auto row = rowRect(i, frame);
        drawLabel(painter, QRect(12, row.top(), row.left(), row.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, laneName(lanes_[i]));
    }
}

std::vector<std::string> LaneStrip::metrics() const {
    std::vector<std::string> ids;
    for (const auto lane : lanes_) {
        if (lane == Lane::assistant) ids.emplace_back("assistant_plays");
        if (lane == Lane::user) ids.emplace_back("voice");
        if (lane == Lane::problems) ids.emplace_back("divergence_ratio");
        if (lane == Lane::concealed) ids.emplace_back("concealed_ratio");
        if (lane == Lane::lost) ids.emplace_back("loss_ratio");
    }
    return ids;
}

QString LaneStrip::tipAt(QPointF at, const StripFrame& frame) {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        const auto row = rowRect(i, frame);
        if (at.y() < row.top() || at.y() >= row.top() + row.height()) continue;
        const double time_s = frame.timeAt(at.x());
        const double reach = 4.0 * frame.ratio / frame.px_per_s;
        for (const auto& bar : barsOf(lanes_[i], frame)) {
            if (time_s < bar.from_s - reach || time_s > bar.to_s + reach) continue;
            if (!bar.tip.isEmpty()) return bar.tip;
            const QString what = bar.text.isEmpty() ? laneName(lanes_[i]) : bar.text;
            return tr("%1: %2, %3").arg(what, clockText(bar.from_s, 3), lengthText(bar.to_s - bar.from_s));
        }
        return laneTip(lanes_[i]);
    }
    return {};
}

}  // namespace doubletalk::ui
