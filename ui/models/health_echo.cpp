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

// Limits of METRICS.md; where it has none, of the setting that decides whether it is enough.
constexpr double kDelaySearchLeastMs = -50.0, kDelaySearchMostMs = 750.0;
constexpr double kDelayUsableMostMs = 500.0;
constexpr double kDriftGoodPpm = 50.0, kDriftRulePpm = 100.0;
constexpr double kErleGoodDb = 20.0, kErleWatchDb = 10.0;  ///< the two convergence marks
constexpr int kErleRowsToJudge = 30;                       ///< 3 s of active echo
/// [rows] 2 s of active echo: where an utterance ends the quotient of two decaying powers means
/// little.
constexpr std::size_t kErleRows = 20;
constexpr double kHeadroomAboveReadyDb = 4.0;
constexpr double kStopTargetMs = 200.0, kStopMissedMs = 2000.0;

QString tr(const char* text) { return healthText(text); }

}  // namespace

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
    const double confidence_ppm = in.machine != nullptr && std::isfinite(ppm)
                                      ? in.machine->drift_confidence_ppm
                                      : std::numeric_limits<double>::quiet_NaN();
    if (std::isfinite(confidence_ppm)) {
        drift.value += QStringLiteral(" ± ") + numberText(std::ceil(confidence_ppm), 0);
    }
    judge(drift, ppm, -150, 150,
          {{-kDriftRulePpm, Verdict::failing},
           {-kDriftGoodPpm, Verdict::watch},
           {kDriftGoodPpm, Verdict::good},
           {kDriftRulePpm, Verdict::watch},
           {150, Verdict::failing}});
    if (drift.verdict != Verdict::no_data && confidence_ppm > kDriftRulePpm) {
        drift.verdict = Verdict::good;  // not known yet is no fault
        drift.word = tr("measuring");
    }
    drift.tip =
        tr("How much faster the loudspeaker's clock runs than the microphone's. Good: within "
           "50 ppm; 200 ppm move the echo by 12 ms a minute. To cure it use one device for "
           "both. ± is the 95 % confidence of the clock map.");
    drift.numbers = tr("%1 ppm move the echo by %2 ms a minute.")
                        .arg(drift.value, numberText(std::abs(ppm) * 0.06, 1));
    if (std::isfinite(confidence_ppm)) {
        drift.numbers += tr(" Known to %1 ppm with 95 % confidence.")
                             .arg(numberText(confidence_ppm, confidence_ppm < 10 ? 1 : 0));
    }
    drift.rule = tr("Degraded above 100 ppm for 2 s; devices in order stay within 50 ppm.");
    rows_.push_back(drift);

    HealthRow erle{.id = "erle", .group = tr("Echo"), .name = tr("ERLE"), .unit = tr("dB")};
    const auto& final_series = history.series("erle_db");
    const auto newest_row = newest(final_series);
    const double final_db = recentMedian(final_series, kErleRows);
    const auto& linear_series = history.series("erle_linear_db");
    // Of a canceller that has been switched off since it says nothing.
    const bool together = newest(linear_series).rows_ago == newest_row.rows_ago;
    const double linear_db = recentMedian(linear_series, kErleRows);
    if (together && std::isfinite(linear_db) && std::isfinite(final_db)) {
        const double more = final_db - linear_db;
        erle.value = numberText(linear_db, 1) +
                     (more < 0 ? QStringLiteral(" − ") : QStringLiteral(" + ")) +
                     numberText(std::abs(more), 1);
    } else {
        erle.value = numberText(final_db, 1);
    }
    judge(erle, final_db, -5, 40,
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
    if (erle.verdict != Verdict::no_data && young && final_db < kErleGoodDb) {
        erle.verdict = Verdict::good;
        erle.word = tr("converging");
    } else if (erle.verdict != Verdict::no_data && newest_row.rows_ago > 5) {
        erle.word = tr("%1, gated").arg(erle.word);
    }
    erle.tip =
        tr("How much quieter the echo is after the canceller: by its filter + by what follows. "
           "Measured only while the far end sounds and nobody speaks. Good: 20 dB and more. "
           "If it stays low, lengthen the tail and check the delay.");
    erle.numbers = tr("%1 dB in all, the middle of the last 2 s of echo, up to %2.")
                       .arg(numberText(final_db, 1), timeText(newest_row.time_s, 1));
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
    // Times spread over decades: the band is logarithmic.
    const auto scale = [](double at_ms) { return std::log2(std::max(at_ms, 1.0)); };
    judge(stop, scale(ms), scale(25), scale(2 * kStopMissedMs),
          {{scale(kStopTargetMs), Verdict::good},
           {scale(kStopMissedMs), Verdict::watch},
           {scale(2 * kStopMissedMs), Verdict::failing}});
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
    stop.rule =
        tr("Seen in the field: p95 below 200 ms, so more is to watch. After 2 s an interruption "
           "counts as missed.");
    rows_.push_back(stop);
}

}  // namespace doubletalk::ui
