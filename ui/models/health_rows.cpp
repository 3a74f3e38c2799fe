// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/health_rows.h"

#include <cmath>
#include <span>

#include "app/bench/bench.h"
#include "engine/duplex/health.h"
#include "ui/models/event_text.h"
#include "ui/models/health_judge.h"
#include "ui/models/history.h"

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

/// The engine's rules: all of them from a running engine, of a session those it told.
void HealthReader::readRules(const Input& in) {
    const auto count = static_cast<std::uint32_t>(duplex::HealthRule::count_);
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto rule = qt(duplex::Health::ruleText(static_cast<duplex::HealthRule>(i)));
        const bool fired = in.machine != nullptr ? ((in.machine->rules_fired >> i) & 1U) != 0
                                                 : rule == engine_reason_;
        if (fired) summary_.fired << rule;
        if (!fired) summary_.passed << rule;
    }
    const bool all_known = in.machine != nullptr || engine_reason_.isEmpty();
    if (all_known) summary_.rules_pass = int(summary_.passed.size());
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
    for (auto& row : rows_) {
        if (row.verdict == Verdict::no_data) row.numbers.clear();
    }
    summarise(in, running);
}

}  // namespace doubletalk::ui
