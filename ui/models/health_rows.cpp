// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/health_rows.h"

#include <cmath>
#include <span>

#include "app/bench/bench.h"
#include "engine/duplex/health.h"
#include "engine/duplex/settings.h"
#include "ui/models/event_text.h"
#include "ui/models/health_judge.h"
#include "ui/models/history.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

QString tr(const char* text) { return healthText(text); }
QString qt(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

}  // namespace

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

void HealthReader::summarise(const Input& in, bool running) {
    summary_ = {};
    QStringList failing;
    for (const auto& row : rows_) {
        summary_.good += row.verdict == Verdict::good ? 1 : 0;
        summary_.watch += row.verdict == Verdict::watch ? 1 : 0;
        if (row.verdict == Verdict::failing) failing << row.name;
    }
    summary_.failing = int(failing.size());
    if (summary_.good + summary_.watch + summary_.failing == 0 && !running) {
        summary_.word = tr("Not running");
        summary_.reason = tr("Press Run (R)");
        return;
    }
    if (engine_state_ == QLatin1String("failing")) {
        summary_.word = tr("Failing");
        summary_.verdict = Verdict::failing;
    } else if (engine_state_ == QLatin1String("degraded") || summary_.failing > 0) {
        // No chain is healthy of which a value fails.
        summary_.word = tr("Degraded");
        summary_.verdict = Verdict::watch;
    } else {
        summary_.word = tr("Healthy");
        summary_.verdict = Verdict::good;
    }
    readRules(in);
    QStringList parts = summary_.fired;
    if (running && in.machine != nullptr && !in.machine->device_problem.isEmpty()) {
        summary_.word = tr("Device lost");
        summary_.verdict = Verdict::failing;
        parts.prepend(in.machine->device_problem);
    }
    if (summary_.rules_pass >= 0) {
        parts << (summary_.rules_pass == 1 ? tr("1 rule passes")
                                           : tr("%1 rules pass").arg(summary_.rules_pass));
    }
    if (!failing.isEmpty()) parts << tr("failing: %1").arg(failing.join(QStringLiteral(", ")));
    if (summary_.watch > 0) {
        parts << (summary_.watch == 1 ? tr("1 value to watch")
                                      : tr("%1 values to watch").arg(summary_.watch));
    }
    auto reason = parts.join(QStringLiteral(", "));
    summary_.reason = reason.left(1).toUpper() + reason.mid(1);
    if (running || in.machine == nullptr) return;
    // The values stay to be read; they are of a run that is over.
    summary_.reason = tr("Last run: %1. %2").arg(summary_.word, summary_.reason);
    summary_.word = tr("Not running");
    summary_.verdict = Verdict::no_data;
}

/// What a rule is about, with the value that broke it where one is known.
QString HealthReader::ruleWords(duplex::HealthRule rule, bool fired, const Input& in) {
    if (rule != duplex::HealthRule::latency) return qt(duplex::Health::ruleText(rule));
    const auto limit = numberText(in.settings.health.max_latency_ms, 0);
    const double ms = newest(in.history.series("latency_ms")).value;
    if (!fired || !std::isfinite(ms)) return tr("latency is above the limit of %1 ms").arg(limit);
    const bool plays = in.history.value("assistant_plays") > 0.5;
    return (plays ? tr("latency %1 ms is above the limit of %2 ms")
                  : tr("latency at rest, nothing plays; it was %1 ms, the limit is %2 ms"))
        .arg(numberText(ms, 0), limit);
}

/// The engine's rules. Whether one fired the history says, as it gives the word; which ones beside
/// the first, only a running engine.
void HealthReader::readRules(const Input& in) {
    const bool any = !engine_state_.isEmpty() && engine_state_ != QLatin1String("healthy");
    const auto mask = any && in.machine != nullptr ? in.machine->rules_fired : 0U;
    const auto count = static_cast<std::uint32_t>(duplex::HealthRule::count_);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto rule = static_cast<duplex::HealthRule>(i);
        const bool first = any && qt(duplex::Health::ruleText(rule)) == engine_reason_;
        const bool fired = first || ((mask >> i) & 1U) != 0;
        (fired ? summary_.fired : summary_.passed) << ruleWords(rule, fired, in);
    }
    if (in.machine != nullptr || !any) summary_.rules_pass = int(summary_.passed.size());
}

void HealthReader::update(const History& history, const duplex::Settings& settings,
                          const bench::MachineState* machine, int rate_hz, bool running) {
    // A run that never began has no machine; what is known is of the run before.
    const bool begun = running || history.nowS() > 0.0 || !history.series("erle_db").values.empty();
    const Input in{history, settings, begun ? machine : nullptr, rate_hz};
    readEvents(in);
    rows_.clear();
    addEcho(in);
    addTurns(in);
    addNetwork(in);
    addMachine(in);
    for (auto& row : rows_) {
        if (row.verdict == Verdict::no_data) row.numbers.clear();
    }
    summarise(in, running);
}

}  // namespace doubletalk::ui
