// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>

#include "app/bench/bench.h"
#include "engine/duplex/settings.h"
#include "ui/models/health_judge.h"
#include "ui/models/history.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

constexpr double kLossRule = 0.05, kLossGood = 0.01;
constexpr double kBlockMsLimit = 10.0;
constexpr std::size_t kVariationPackets = 1500;  ///< 30 s of 20 ms packets
constexpr double kJitterPerBuffer = 4.0;         ///< a buffer needs about four times the jitter

QString tr(const char* text) { return healthText(text); }

QString counted(double count, const QString& one, const QString& many) {
    return count == 1.0 ? one : many.arg(numberText(count, 0));
}

}  // namespace

void HealthReader::addNetwork(const Input& in) {
    const auto& history = in.history;
    const double max_ms = std::max(double(in.settings.jitter.max_ms), 1.0);
    const auto group = tr("Network");
    HealthRow jitter{
        .id = "jitter", .group = group, .name = tr("Jitter, RFC 3550"), .unit = tr("ms")};
    const double jitter_ms = newest(history.series("jitter_ms")).value;
    jitter.value = numberText(jitter_ms, 1);
    const double most_jitter = max_ms / kJitterPerBuffer;
    judge(jitter, jitter_ms, 0, most_jitter * 1.5,
          {{most_jitter / 2, Verdict::good},
           {most_jitter, Verdict::watch},
           {most_jitter * 1.5, Verdict::failing}});
    jitter.tip =
        tr("Smoothed change of the delay from packet to packet. Good: below %1 ms, an eighth of "
           "the largest target. Raise the largest target or mend the network.")
            .arg(numberText(most_jitter / 2, 0));
    jitter.numbers =
        tr("Jitter %1 ms, largest target %2 ms.").arg(jitter.value, numberText(max_ms, 0));
    jitter.rule =
        tr("A buffer needs about four times the jitter: failing above a quarter of "
           "jitter.max_ms.");
    rows_.push_back(jitter);

    const auto& packets = history.packets();
    std::vector<double> delays;
    for (auto i = packets.size() - std::min(packets.size(), kVariationPackets); i < packets.size();
         ++i) {
        if (std::isfinite(packets[i].delay_ms)) delays.push_back(packets[i].delay_ms);
    }
    packets_ = packets.size();
    double p95 = std::numeric_limits<double>::quiet_NaN();
    if (delays.size() >= 20) {
        const double least = *std::min_element(delays.begin(), delays.end());
        const auto at =
            delays.begin() + std::ptrdiff_t(std::ceil(0.95 * double(delays.size()))) - 1;
        std::nth_element(delays.begin(), at, delays.end());
        p95 = *at - least;
    }
    HealthRow variation{
        .id = "variation", .group = group, .name = tr("Delay variation p95"), .unit = tr("ms")};
    variation.value = numberText(p95, p95 < 10 ? 1 : 0);
    judge(
        variation, p95, 0, max_ms * 1.5,
        {{max_ms / 2, Verdict::good}, {max_ms, Verdict::watch}, {max_ms * 1.5, Verdict::failing}});
    variation.tip =
        tr("95 % of the packets of the last 30 s are at most this much later than the "
           "fastest. Good: half the largest target or less. Above it every twentieth packet "
           "is too late: raise the largest target.");
    variation.numbers = tr("p95 %1 ms of %2 packets, largest target %3 ms.")
                            .arg(variation.value)
                            .arg(delays.size())
                            .arg(numberText(max_ms, 0));
    variation.rule = tr("Failing above jitter.max_ms: the buffer cannot wait that long.");
    rows_.push_back(variation);

    HealthRow buffer{
        .id = "buffer", .group = group, .name = tr("Buffer level / target"), .unit = tr("ms")};
    const auto level = newest(history.series("buffer_ms"));
    const double target = newest(history.series("buffer_target_ms")).value;
    const bool plays = history.value("assistant_plays") > 0.5;
    const double mean_ms = recentMean(history.series("buffer_ms"), 20);
    buffer.value = numberText(level.value, 0) + QStringLiteral(" / ") + numberText(target, 0);
    judge(buffer, 100.0 * mean_ms / max_ms, 0, 100,
          {{10, Verdict::watch}, {90, Verdict::good}, {100, Verdict::watch}});
    if (buffer.verdict == Verdict::watch && !plays) {
        buffer.verdict = Verdict::good;
        buffer.word = tr("at rest");
    }
    buffer.tip =
        tr("Audio waiting in the jitter buffer, and what it aims at. Good: between 10 and 90 % of "
           "the largest target. Empty: raise the smallest target; full: raise the largest.");
    buffer.numbers = tr("%1 ms on average of 2 s, %2 % of the largest target.")
                         .arg(numberText(mean_ms, 0), numberText(100.0 * mean_ms / max_ms, 0));
    buffer.rule = tr("Degraded when the fill is outside 10–90 % of jitter.max_ms for 2 s.");
    rows_.push_back(buffer);

    const bool stream = std::isfinite(jitter_ms);
    const auto share = [&](const char* id, const QString& name, const char* column,
                           const QString& tip, const QString& rule) {
        HealthRow row{.id = id, .group = group, .name = name, .unit = tr("%")};
        const double ratio = stream ? newest(history.series(column)).value
                                    : std::numeric_limits<double>::quiet_NaN();
        row.value = numberText(100.0 * ratio, 1);
        judge(row, 100.0 * ratio, 0, 10,
              {{100 * kLossGood, Verdict::good},
               {100 * kLossRule, Verdict::watch},
               {10, Verdict::failing}});
        row.tip = tip;
        row.rule = rule;
        return row;
    };
    auto concealed =
        share("concealed", tr("Concealed"), "concealed_ratio",
              tr("Share of played audio that was made up because its packet was missing or "
                 "late. Good: below 1 %. Raise the smallest target, or mend the network."),
              tr("Good below 1 %, failing above 5 %, over the whole run."));
    concealed.numbers = tr("%1, %2, %3 of 150 ms and more.")
                            .arg(counted(newest(history.series("concealment_events")).value,
                                         tr("1 event"), tr("%1 events")),
                                 counted(newest(history.series("late")).value, tr("1 late packet"),
                                         tr("%1 late packets")),
                                 counted(newest(history.series("playout_interruptions")).value,
                                         tr("1 interruption"), tr("%1 interruptions")));
    rows_.push_back(concealed);
    auto lost =
        share("lost", tr("Lost"), "loss_ratio",
              tr("Share of packets that never came. Good: below 1 %. No buffer helps: mend the "
                 "network, or choose the better concealer."),
              tr("Degraded above 5 %; good below 1 %."));
    lost.numbers =
        counted(newest(history.series("lost")).value, tr("1 packet lost."), tr("%1 packets lost."));
    rows_.push_back(lost);

    HealthRow lead{.id = "lead", .group = group, .name = tr("Playout lead"), .unit = tr("ms")};
    const double lead_ms = recentMean(history.series("playout_lead_ms"), 10);
    lead.value = numberText(lead_ms, 0);
    judge(lead, lead_ms, -20, max_ms,
          {{-0.001, Verdict::failing}, {kBlockMsLimit, Verdict::watch}, {max_ms, Verdict::good}});
    if (!plays && (lead.verdict == Verdict::watch || lead.verdict == Verdict::failing)) {
        lead.verdict = Verdict::good;
        lead.word = tr("at rest");
    }
    lead.tip =
        tr("Audio that is there when the loudspeaker needs it. Good: more than a block (10 ms); "
           "negative is late and heard as a gap.");
    lead.numbers = tr("%1 ms on average of 1 s.").arg(numberText(lead_ms, 1));
    lead.rule = tr("Negative is late; less than one block is close.");
    rows_.push_back(lead);
}

void HealthReader::addMachine(const Input& in) {
    HealthRow block{
        .id = "block", .group = tr("Machine"), .name = tr("Block time p99"), .unit = tr("ms")};
    const double nothing = std::numeric_limits<double>::quiet_NaN();
    const bool there = in.machine != nullptr && in.machine->block_max_ms > 0.0;
    const double ms = there ? in.machine->block_p99_ms : nothing;
    block.value = numberText(ms, 1);
    judge(block, ms, 0, 15,
          {{kBlockMsLimit / 2, Verdict::good},
           {kBlockMsLimit, Verdict::watch},
           {15, Verdict::failing}});
    block.tip =
        tr("99 of 100 blocks of 10 ms are computed in this time. Good: below 5 ms. Above 10 ms "
           "sound is late: close other programs or choose a lighter engine.");
    if (in.machine != nullptr) {
        block.numbers =
            tr("p99 %1 ms, longest block %2 ms, load %3 %, %4 begun late.")
                .arg(block.value, numberText(in.machine->block_max_ms, 1),
                     numberText(100.0 * in.machine->load_ratio, 0),
                     counted(double(in.machine->late_blocks), tr("1 block"), tr("%1 blocks")));
    }
    block.rule = tr("A block has to be done in 10 ms.");
    rows_.push_back(block);

    HealthRow load{.id = "load", .group = tr("Machine"), .name = tr("Load"), .unit = tr("%")};
    const double percent = there ? 100.0 * in.machine->load_ratio : nothing;
    load.value = numberText(percent, 0);
    judge(load, percent, 0, 100,
          {{50, Verdict::good}, {80, Verdict::watch}, {100, Verdict::failing}});
    load.tip =
        tr("Time the engine works out of the time it has. Good: below 50 %. Choose a lighter "
           "engine or a shorter tail.");
    load.numbers = block.numbers;
    load.rule = tr("Above 80 % the next burst of other work is heard.");
    rows_.push_back(load);
}

}  // namespace doubletalk::ui
