// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/health_rows.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "app/bench/bench.h"
#include "engine/duplex/settings.h"
#include "ui/models/event_text.h"
#include "ui/models/history.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

// Limits of METRICS.md; where it has none, of the setting that decides whether it is enough.
constexpr double kDelaySearchLeastMs = -50.0, kDelaySearchMostMs = 750.0;
constexpr double kDelayUsableMostMs = 500.0;
constexpr double kDriftGoodPpm = 50.0, kDriftRulePpm = 100.0;
constexpr double kErleGoodDb = 20.0, kErleWatchDb = 10.0;  ///< the two convergence marks
constexpr int kErleRowsToJudge = 30;                       ///< 3 s of active echo
constexpr double kHeadroomAboveReadyDb = 4.0;
constexpr double kLossRule = 0.05, kLossGood = 0.01;
constexpr double kStopTargetMs = 200.0;
constexpr double kBlockMsLimit = 10.0;
constexpr std::size_t kVariationPackets = 1500;  ///< 30 s of 20 ms packets
constexpr double kJitterPerBuffer = 4.0;         ///< a buffer needs about four times the jitter

QString tr(const char* text) { return QCoreApplication::translate("Health", text); }
QString qt(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

struct Limit {
    double upto;
    Verdict verdict;
};

/// Fills band, marker, verdict and word of a value between least and most.
void judge(HealthRow& row, double value, double least, double most, std::vector<Limit> limits) {
    const auto ratio = [&](double at) {
        return std::clamp((at - least) / (most - least), 0.0, 1.0);
    };
    for (const auto& limit : limits) row.parts.push_back({ratio(limit.upto), limit.verdict});
    if (!std::isfinite(value)) {
        row.word = tr("no data");
        return;
    }
    row.marker = ratio(value);
    row.verdict = limits.back().verdict;
    for (const auto& limit : limits) {
        if (value <= limit.upto) {
            row.verdict = limit.verdict;
            break;
        }
    }
    row.word = row.verdict == Verdict::good    ? tr("good")
               : row.verdict == Verdict::watch ? tr("watch")
                                               : tr("failing");
}

/// Mean of the last `count` values that are there; NaN when none is.
double recentMean(const Series& series, std::size_t count) {
    double sum = 0.0;
    int n = 0;
    const auto size = series.values.size();
    for (auto i = size - std::min(size, count); i < size; ++i) {
        if (!std::isfinite(series.values[i])) continue;
        sum += series.values[i];
        ++n;
    }
    return n > 0 ? sum / n : std::numeric_limits<double>::quiet_NaN();
}

/// Newest value that is there, and how old it is.
struct Newest {
    double value = std::numeric_limits<double>::quiet_NaN();
    std::size_t rows_ago = 0;
    double time_s = 0.0;
};
Newest newest(const Series& series) {
    for (auto i = series.values.size(); i > 0; --i) {
        if (std::isfinite(series.values[i - 1])) {
            return {series.values[i - 1], series.values.size() - i,
                    series.first_s + double(i - 1) * series.step_s};
        }
    }
    return {};
}

int countSince(const Series& series, double from_s, int enough) {
    int n = 0;
    for (auto i = series.values.size(); i > 0 && n < enough; --i) {
        if (series.first_s + double(i - 1) * series.step_s < from_s) break;
        n += std::isfinite(series.values[i - 1]) ? 1 : 0;
    }
    return n;
}

}  // namespace

struct HealthReader::Input {
    const History& history;
    const duplex::Settings& settings;
    const bench::MachineState* machine;
    int rate_hz;
};

const HealthRow* HealthReader::find(const QString& id) const {
    for (const auto& row : rows_) {
        if (row.id == id) return &row;
    }
    return nullptr;
}

void HealthReader::readEvents(const Input& in) {
    if (in.history.epoch() != epoch_) {
        *this = HealthReader();
        epoch_ = in.history.epoch();
    }
    const auto& events = in.history.events();
    for (; events_read_ < events.size(); ++events_read_) {
        const auto& event = events[events_read_];
        if (event.kind == EventKind::delay_state || event.kind == EventKind::reference_late) {
            delay_state_ = qt(event.text);
            reference_late_ = event.kind == EventKind::reference_late;
        } else if (event.kind == EventKind::health_changed) {
            engine_state_ = qt(event.text);
            engine_reason_ = qt(event.cause);
        } else if (event.kind == EventKind::playback_silent) {
            const auto stop = stopTime(event, std::span(events).first(events_read_), in.rate_hz);
            if (std::isfinite(stop.flush_ms)) {
                stop_ms_ = stop.stop_ms;
                flush_ms_ = stop.flush_ms;
                stop_onset_ = stop.onset;
                stop_by_hand_ = stop.by_hand;
                heard_ms_ = event.value;
                ++stops_;
            }
        }
    }
}

void HealthReader::addEcho(const Input& in) {
    const auto& history = in.history;
    HealthRow delay{.id = "delay", .group = tr("Echo"), .name = tr("Delay"), .unit = tr("ms")};
    const double delay_ms = newest(history.series("echo_delay_ms")).value;
    delay.value = numberText(delay_ms, 1);
    judge(delay, delay_ms, kDelaySearchLeastMs, kDelaySearchMostMs,
          {{-0.001, Verdict::failing},
           {kDelayUsableMostMs, Verdict::good},
           {kDelaySearchMostMs, Verdict::watch}});
    if (delay.verdict != Verdict::no_data && !delay_state_.isEmpty()) {
        delay.word = delay_state_;
        if (reference_late_) delay.verdict = Verdict::failing;
        if (!reference_late_ && delay_state_ == QLatin1String("searching")) {
            delay.verdict = Verdict::good;  // not decided yet is no fault
        }
    }
    delay.tip =
        tr("Time from handing audio to the loudspeaker until its echo is in the microphone. "
           "Good: locked between 0 and 500 ms. If it is late, give the canceller its "
           "reference earlier; if it is outside, use a device with smaller buffers.");
    delay.numbers = tr("The echo comes %1 ms after its reference.").arg(delay.value);
    delay.rule =
        tr("Usable from 0 to 500 ms, searched from −50 to 750 ms. Below 0 the reference "
           "comes after its echo: no canceller can remove it.");
    rows_.push_back(delay);

    HealthRow drift{.id = "drift", .group = tr("Echo"), .name = tr("Drift"), .unit = tr("ppm")};
    const double ppm = newest(history.series("drift_ppm")).value;
    drift.value = ppm > 0.5 ? QLatin1Char('+') + numberText(ppm, 0) : numberText(ppm, 0);
    judge(drift, ppm, -150, 150,
          {{-kDriftRulePpm, Verdict::failing},
           {-kDriftGoodPpm, Verdict::watch},
           {kDriftGoodPpm, Verdict::good},
           {kDriftRulePpm, Verdict::watch},
           {150, Verdict::failing}});
    drift.tip =
        tr("How much faster the loudspeaker's clock runs than the microphone's. Good: within "
           "50 ppm; 200 ppm move the echo by 12 ms a minute. To cure it use one device for "
           "both.");
    drift.numbers = tr("%1 ppm move the echo by %2 ms a minute.")
                        .arg(drift.value, numberText(std::abs(ppm) * 0.06, 1));
    drift.rule = tr("Degraded above 100 ppm for 2 s; devices in order stay within 50 ppm.");
    rows_.push_back(drift);

    HealthRow erle{.id = "erle", .group = tr("Echo"), .name = tr("ERLE"), .unit = tr("dB")};
    const auto& final_series = history.series("erle_db");
    const auto final_db = newest(final_series);
    const double linear_db = newest(history.series("erle_linear_db")).value;
    if (std::isfinite(linear_db) && std::isfinite(final_db.value)) {
        const double more = final_db.value - linear_db;
        erle.value = numberText(linear_db, 1) +
                     (more < 0 ? QStringLiteral(" − ") : QStringLiteral(" + ")) +
                     numberText(std::abs(more), 1);
    } else {
        erle.value = numberText(final_db.value, 1);
    }
    judge(erle, final_db.value, -5, 40,
          {{kErleWatchDb, Verdict::failing}, {kErleGoodDb, Verdict::watch}, {40, Verdict::good}});
    double path_s = 0.0;
    const auto& events = history.events();
    for (auto i = events.size(); i > 0; --i) {
        if (events[i - 1].kind == EventKind::echo_path_changed ||
            events[i - 1].kind == EventKind::reset) {
            path_s = eventTimeS(events[i - 1], in.rate_hz);
            break;
        }
        if (events.size() - i > 2000) break;
    }
    const bool young = countSince(final_series, path_s, kErleRowsToJudge) < kErleRowsToJudge;
    if (erle.verdict != Verdict::no_data && young && final_db.value < kErleGoodDb) {
        erle.verdict = Verdict::good;
        erle.word = tr("converging");
    } else if (erle.verdict != Verdict::no_data && final_db.rows_ago > 5) {
        erle.word = tr("%1, gated").arg(erle.word);
    }
    erle.tip =
        tr("How much quieter the echo is after the canceller: by its filter + by what follows. "
           "Measured only while the far end sounds and nobody speaks. Good: 20 dB and more. "
           "If it stays low, lengthen the tail and check the delay.");
    erle.numbers =
        tr("%1 dB in all at %2.").arg(numberText(final_db.value, 1), timeText(final_db.time_s, 1));
    erle.rule =
        tr("Good from 20 dB, watch from 10 dB; judged after 3 s of active echo since the "
           "start or the last change of the echo path. Negative for a second is divergence.");
    rows_.push_back(erle);

    HealthRow room{
        .id = "headroom", .group = tr("Echo"), .name = tr("Barge-in headroom"), .unit = tr("dB")};
    const double headroom_db = newest(history.series("barge_in_headroom_db")).value;
    const double residual = newest(history.series("residual_dbfs")).value;
    const double ready_db = in.settings.barge_in.ready_margin_db;
    const double good_db = ready_db + kHeadroomAboveReadyDb;
    room.value = numberText(headroom_db, 1);
    judge(room, headroom_db, 0, 30,
          {{std::max(ready_db - 1e-3, 0.0), Verdict::failing},
           {good_db - 1e-3, Verdict::watch},
           {30, Verdict::good}});
    if (room.verdict == Verdict::failing && young) {
        room.verdict = Verdict::good;
        room.word = tr("not ready yet");
    }
    room.tip = tr("What the residual echo would have to grow by to interrupt the assistant. Good: "
                  "above %1 dB. If it is small, lower the loudspeaker, raise the trigger level or "
                  "lengthen the tail.")
                   .arg(numberText(good_db, 0));
    room.numbers =
        tr("Residual %1 dBFS, trigger %2 dBFS. Below %3 dB echo may interrupt the assistant.")
            .arg(numberText(residual, 1), numberText(in.settings.barge_in.trigger_dbfs, 1),
                 numberText(good_db, 0));
    room.rule =
        tr("Interruptions are believed from barge_in.ready_margin_db (%1 dB) on; %2 dB more "
           "are safe.")
            .arg(numberText(ready_db, 1), numberText(kHeadroomAboveReadyDb, 0));
    rows_.push_back(room);
}

void HealthReader::addTurns(const Input&) {
    HealthRow stop{.id = "stop", .group = tr("Turns"), .name = tr("Stop time"), .unit = tr("ms")};
    const double ms = stops_ == 0     ? std::numeric_limits<double>::quiet_NaN()
                      : stop_by_hand_ ? flush_ms_
                                      : stop_ms_;
    stop.value = numberText(ms, 0);
    judge(stop, ms, 0, 500,
          {{kStopTargetMs, Verdict::good},
           {2 * kStopTargetMs, Verdict::watch},
           {500, Verdict::failing}});
    if (stop_by_hand_ && stop.verdict == Verdict::good) stop.word = tr("by hand");
    stop.tip =
        tr("From the first sound of the last interruption until the loudspeaker is silent. Good: "
           "below 200 ms. Shorten the least speech or the fade, or use a smaller device buffer.");
    stop.numbers =
        stop_by_hand_
            ? tr("Silent %1 ms after the command; %2 ms of the item were heard.")
                  .arg(numberText(flush_ms_, 1), numberText(heard_ms_, 0))
            : tr("%1 ms since %2, %3 ms of them after the decision; %4 ms of the item were heard.")
                  .arg(numberText(stop_ms_, 0),
                       stop_onset_ ? tr("the talker's onset") : tr("the first voice"),
                       numberText(flush_ms_, 1), numberText(heard_ms_, 0));
    stop.rule = tr("Seen in the field: p95 below 200 ms. Twice that fails.");
    rows_.push_back(stop);
}

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
    concealed.numbers =
        tr("%1 events, %2 late packets, %3 interruptions of 150 ms and more.")
            .arg(numberText(newest(history.series("concealment_events")).value, 0),
                 numberText(newest(history.series("late")).value, 0),
                 numberText(newest(history.series("playout_interruptions")).value, 0));
    rows_.push_back(concealed);
    auto lost =
        share("lost", tr("Lost"), "loss_ratio",
              tr("Share of packets that never came. Good: below 1 %. No buffer helps: mend the "
                 "network, or choose the better concealer."),
              tr("Degraded above 5 %; good below 1 %."));
    lost.numbers = tr("%1 packets lost.").arg(numberText(newest(history.series("lost")).value, 0));
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
        .id = "block", .group = tr("Machine"), .name = tr("Block time, longest"), .unit = tr("ms")};
    const double nothing = std::numeric_limits<double>::quiet_NaN();
    const bool there = in.machine != nullptr && in.machine->block_max_ms > 0.0;
    const double ms = there ? in.machine->block_max_ms : nothing;
    block.value = numberText(ms, 1);
    judge(block, ms, 0, 15,
          {{kBlockMsLimit / 2, Verdict::good},
           {kBlockMsLimit, Verdict::watch},
           {15, Verdict::failing}});
    block.tip =
        tr("The longest time the engine needed for one block of 10 ms. Good: below 5 ms. Above "
           "10 ms sound is late: close other programs or choose a lighter engine.");
    if (in.machine != nullptr) {
        block.numbers = tr("Longest block %1 ms, load %2 %, %3 blocks begun late.")
                            .arg(block.value, numberText(100.0 * in.machine->load_ratio, 0))
                            .arg(in.machine->late_blocks);
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

void HealthReader::summarise(bool running) {
    summary_ = {};
    for (const auto& row : rows_) {
        summary_.good += row.verdict == Verdict::good ? 1 : 0;
        summary_.watch += row.verdict == Verdict::watch ? 1 : 0;
        summary_.failing += row.verdict == Verdict::failing ? 1 : 0;
    }
    if (summary_.good + summary_.watch + summary_.failing == 0 && !running) {
        summary_.word = tr("Not running");
        summary_.reason = tr("Press Run (R)");
        return;
    }
    if (engine_state_ == QLatin1String("failing")) {
        summary_.word = tr("Failing");
        summary_.verdict = Verdict::failing;
    } else if (engine_state_ == QLatin1String("degraded")) {
        summary_.word = tr("Degraded");
        summary_.verdict = Verdict::watch;
    } else {
        summary_.word = tr("Healthy");
        summary_.verdict = Verdict::good;
    }
    QStringList parts;
    parts << (engine_reason_.isEmpty()
                  ? QCoreApplication::translate("Health", "%n good", nullptr, summary_.good)
                  : engine_reason_.left(1).toUpper() + engine_reason_.mid(1));
    if (summary_.failing > 0) {
        parts << QCoreApplication::translate("Health", "%n failing", nullptr, summary_.failing);
    }
    if (summary_.watch > 0) {
        parts << QCoreApplication::translate("Health", "%n to watch", nullptr, summary_.watch);
    }
    summary_.reason = parts.join(QStringLiteral(", "));
}

void HealthReader::update(const History& history, const duplex::Settings& settings,
                          const bench::MachineState* machine, int rate_hz, bool running) {
    const Input in{history, settings, machine, rate_hz};
    readEvents(in);
    rows_.clear();
    addEcho(in);
    addTurns(in);
    addNetwork(in);
    addMachine(in);
    summarise(running);
}

}  // namespace doubletalk::ui
