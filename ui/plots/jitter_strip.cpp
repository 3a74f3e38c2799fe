// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/jitter_strip.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "ui/theme/theme.h"

namespace doubletalk::ui {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("JitterStrip", text); }
constexpr double kBlockS = kBlockMs / 1000.0;
constexpr double kDot = 1.5;

std::size_t firstAt(const std::vector<bench::FeedPacket>& packets, double time_s) {
    const auto block = BlockIndex(std::floor(time_s / kBlockS));
    return std::size_t(std::lower_bound(packets.begin(), packets.end(), block,
                                        [](const auto& packet, BlockIndex at) {
                                            return packet.block < at;
                                        }) -
                       packets.begin());
}

}  // namespace

JitterStrip::JitterStrip()
    : ValueStrip(tr("Delay"),
                 tr("Delay of each packet above the smallest so far, when it came. The line is the "
                    "audio buffered at each playout deadline: packets above it come too late (×). "
                    "Ticks at the top are lost packets. Good: dots stay below the line. If not, "
                    "raise the buffer's floor or ceiling."),
                 {.unit = "ms", .low = 0.0, .high = 60.0, .decimals = 0, .grows = true,
                  .least_tick_px = 30},
                 {{"playout_lead_ms", tr("playout"), Token::decision, 2.0, Dash::solid, true},
                  {"jitter_ms", tr("jitter"), Token::truth, 1.2, Dash::dashed, true}}) {
    setWeight(2.4);
}

double JitterStrip::dataEndS(const History& history) const {
    return std::min(ValueStrip::dataEndS(history), history.nowS() - 2 * kBlockS);
}

double JitterStrip::base(const History& history) {
    const auto& packets = history.packets();
    if (epoch_ != history.epoch() || seen_ > packets.size()) {
        epoch_ = history.epoch();
        seen_ = marked_ = 0;
        late_.clear();
        base_ms_ = 0.0;
    }
    bool any = seen_ > 0;
    for (; seen_ < packets.size(); ++seen_) {
        if (packets[seen_].lost) continue;
        base_ms_ = any ? std::min(base_ms_, packets[seen_].delay_ms) : packets[seen_].delay_ms;
        any = true;
    }
    return base_ms_;
}

void JitterStrip::markLate(const History& history) {
    const auto& packets = history.packets();
    const auto& late = history.series("late").values;
    late_.resize(packets.size(), false);
    // One row a time, once it is there.
    for (; marked_ < late.size(); ++marked_) {
        const double before = marked_ == 0 ? 0.0 : late[marked_ - 1];
        auto count = int(std::lround(late[marked_] - before));
        if (!(late[marked_] > before)) continue;
        const auto from = firstAt(packets, 0.1 * double(marked_));
        const auto to = firstAt(packets, 0.1 * double(marked_ + 1));
        std::vector<std::size_t> order;
        for (auto i = from; i < to; ++i) {
            if (!packets[i].lost) order.push_back(i);
        }
        std::sort(order.begin(), order.end(), [&](auto a, auto b) {
            return packets[a].delay_ms > packets[b].delay_ms;
        });
        for (std::size_t i = 0; i < order.size() && count > 0; ++i, --count) late_[order[i]] = true;
    }
}

void JitterStrip::extend(double& low, double& high, const StripFrame& frame) {
    const auto& packets = frame.history.packets();
    const double least = base(frame.history);
    const double to_s = frame.toS();
    for (auto i = firstAt(packets, frame.fromS()); i < packets.size(); ++i) {
        if (double(packets[i].block) * kBlockS > to_s) break;
        if (!packets[i].lost) high = std::max(high, packets[i].delay_ms - least);
    }
    low = 0.0;
}

bool JitterStrip::isIdle(double value, std::size_t row, const History& history) const {
    const auto& plays = history.series("assistant_plays").values;
    return value == 0.0 && row < plays.size() && !(plays[row] > 0.0);
}

void JitterStrip::paintUnder(PlotSink& sink, const StripFrame& frame) {
    const auto& packets = frame.history.packets();
    const double least = base(frame.history);
    markLate(frame.history);
    const auto& theme = Theme::current();
    const QColor dot = theme.colour(Token::far_end);
    const QColor problem = theme.colour(Token::problem);
    const auto timeOf = [&](int column) { return (double(frame.phase) + column) / frame.px_per_s; };
    for (auto i = firstAt(packets, timeOf(sink.from - 8)); i < packets.size(); ++i) {
        const auto& packet = packets[i];
        const double x = double(packet.block) * kBlockS * frame.px_per_s - double(frame.phase);
        if (x > sink.to + 8) break;
        if (packet.lost) {
            const int left = int(std::floor(x));
            for (int c = 0; c < std::max(1, int(std::lround(1.4 * frame.ratio))); ++c) {
                sink.bar(left + c, 2.0 * frame.ratio, 9.0 * frame.ratio, problem);
            }
            continue;
        }
        const double y = yOf(packet.delay_ms - least, frame);
        if (late_[i]) {
            sink.cross(x, y, 2.6, 1.4, problem);
        } else {
            sink.dot(x, y, kDot, dot);
        }
    }
}

void JitterStrip::addLabels(std::vector<Label>& labels, const StripFrame& frame) {
    const double lost = frame.history.value("lost");
    if (lost > 0.0) labels.push_back({5.0, tr("lost %1").arg(lost, 0, 'f', 0), Token::problem});
}

std::vector<LegendEntry> JitterStrip::legend(bool) const {
    return {{tr("packet"), Token::far_end, LegendEntry::Mark::dot},
            {tr("late"), Token::problem, LegendEntry::Mark::cross},
            {tr("playout delay"), Token::decision, LegendEntry::Mark::line},
            {tr("jitter, RFC 3550"), Token::truth, LegendEntry::Mark::dashed}};
}

}  // namespace doubletalk::ui
