// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/event_text.h"

#include <QCoreApplication>
#include <cmath>
#include <limits>

#include "engine/duplex/settings.h"
#include "ui/models/history.h"
#include "ui/models/setting_text.h"

namespace doubletalk::ui {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kLookBack = 4000;  ///< events searched for the beginning of something

QString tr(const char* text) { return QCoreApplication::translate("Events", text); }
QString qt(std::string_view text) { return QString::fromUtf8(text.data(), qsizetype(text.size())); }

QString ms(double value, int decimals = 0) {
    return std::isfinite(value) ? tr("%1 ms").arg(numberText(value, decimals)) : QString();
}
QString db(double value) {
    return std::isfinite(value) ? tr("%1 dB").arg(numberText(value, 1)) : QString();
}
QString item(const Event& event) {
    return event.item > 0 ? tr("item %1").arg(event.item) : QString();
}

/// Words of the source of a command.
QString sourceText(std::string_view source) {
    if (source == "api" || source == "user" || source == "form" || source == "command") {
        return tr("by hand");
    }
    if (source == "barge_in") return tr("barge-in");
    if (source == "scene") return tr("by the scene");
    return qt(source).replace(QLatin1Char('_'), QLatin1Char(' '));
}

const Event* lastOf(std::span<const Event> before, EventKind kind) {
    const auto least = before.size() > kLookBack ? before.size() - kLookBack : 0;
    for (auto i = before.size(); i > least; --i) {
        if (before[i - 1].kind == kind) return &before[i - 1];
    }
    return nullptr;
}

QString settingTitle(const Name& name) {
    const auto ref = duplex::findSetting(name.view());
    return ref ? settingLabel(*ref->row) : qt(name.view());
}

EventWords playoutWords(const Event& e, std::span<const Event> before, int rate_hz) {
    switch (e.kind) {
        case EventKind::item_queued:
            return {tr("Queued"), item(e), {}};
        case EventKind::item_started:
            return {tr("Speaks"), item(e), tr("sounds from here")};
        case EventKind::item_ended:
            return {tr("Spoken"), ms(e.value), tr("%1 heard to its end").arg(item(e))};
        case EventKind::item_interrupted:
            return {tr("Interrupted"), ms(e.value),
                    tr("%1, heard until here; %2").arg(item(e), sourceText(e.cause))};
        case EventKind::interrupt_issued:
            return {tr("Interrupt"), e.item != 0 ? item(e) : QString(), sourceText(e.cause)};
        case EventKind::playback_flushed:
            return {tr("Flushed"), ms(1000.0 * e.value / std::max(rate_hz, 1)),
                    tr("of queued audio dropped")};
        case EventKind::playback_silent: {
            const auto stop = stopTime(e, before, rate_hz);
            const auto heard = tr("%1 of %2 heard").arg(ms(e.value), item(e));
            if (std::isfinite(stop.stop_ms)) {
                return {tr("Silent"), ms(stop.stop_ms),
                        (stop.onset ? tr("after the talker's onset; %1")
                                    : tr("after the first voice; %1"))
                            .arg(heard)};
            }
            if (!std::isfinite(stop.flush_ms))
                return {tr("Silent"), {}, tr("nothing was sounding")};
            return {tr("Silent"), ms(stop.flush_ms), tr("after the command; %1").arg(heard)};
        }
        default:
            return {};
    }
}

EventWords speechWords(const Event& e) {
    switch (e.kind) {
        case EventKind::voice_on:
            return {tr("Voice"), tr("on"), tr("in the cleaned microphone")};
        case EventKind::voice_off:
            return {tr("Voice"), tr("off"), {}};
        case EventKind::segment_started:
            return {tr("Segment"), tr("begins"), tr("the user speaks; pre-roll included")};
        case EventKind::segment_ended:
            return {tr("Segment"), tr("ends"), tr("silence ended it")};
        case EventKind::barge_in_held:
            return {tr("Barge-in"), tr("held"),
                    std::isfinite(e.value) ? tr("%1, headroom %2").arg(qt(e.cause), db(e.value))
                                           : qt(e.cause)};
        case EventKind::barge_in_decided:
            return {tr("Barge-in"), tr("decided"),
                    std::isfinite(e.value) ? tr("headroom %1").arg(db(e.value)) : QString()};
        case EventKind::canceller_ready:
            return {tr("Canceller ready"), db(e.value), tr("headroom passed the ready margin")};
        case EventKind::talker_started:
            return {tr("Talker"), tr("begins"), sourceText(e.cause)};
        case EventKind::talker_ended:
            return {tr("Talker"), tr("ends"), sourceText(e.cause)};
        default:
            return {};
    }
}

EventWords engineWords(const Event& e) {
    switch (e.kind) {
        case EventKind::run_started:
            return {tr("Run"), tr("started"), {}};
        case EventKind::run_stopped:
            return {tr("Run"), tr("stopped"), {}};
        case EventKind::engine_changed:
            return {tr("Engine"), qt(e.text), tr("in use from here")};
        case EventKind::engine_fallback:
            return {tr("Engine"), qt(e.text), tr("fell back: %1").arg(qt(e.cause))};
        case EventKind::engine_failed:
            return {tr("Engine failed"), qt(e.text), qt(e.cause)};
        case EventKind::delay_moved:
            return {tr("Delay"), ms(e.value, 1), tr("reference moved by %1").arg(ms(e.value2, 1))};
        case EventKind::delay_state:
            return {tr("Delay"), e.text == "searching" ? QString() : ms(e.value, 1), qt(e.text)};
        case EventKind::reference_late:
            return {tr("Reference late"), ms(-e.value, 1),
                    tr("the echo comes before its reference")};
        case EventKind::drift_changed:
            return {tr("Drift"), tr("%1 ppm").arg(numberText(e.value, 0)), qt(e.cause)};
        case EventKind::parameter_changed:
            return {tr("Parameter"), parameterChangeText(e), sourceText(e.cause)};
        case EventKind::setting_notice:
            return {tr("Setting"), settingTitle(e.text), qt(e.cause)};
        case EventKind::reset:
            return {tr("Reset"), {}, sourceText(e.cause)};
        case EventKind::health_changed:
            return {tr("Health"), qt(e.text), qt(e.cause)};
        default:
            return {};
    }
}

EventWords streamWords(const Event& e, int rate_hz) {
    const double frames_ms = 1000.0 / std::max(rate_hz, 1);
    switch (e.kind) {
        case EventKind::packet_late:
            return {tr("Late packet"), ms(e.value), tr("came after its turn")};
        case EventKind::packet_duplicate:
            return {tr("Duplicate"), {}, tr("packet came twice")};
        case EventKind::packet_discarded:
            return {tr("Discarded"), {}, tr("packet of something interrupted")};
        case EventKind::frame_concealed:
            return {tr("Concealed"), item(e),
                    e.value > 0.0 ? tr("a packet was missing") : tr("still missing")};
        case EventKind::network_spike:
            return {tr("Spike"), {}, sourceText(e.cause)};
        case EventKind::echo_path_changed:
            return {tr("Echo path"), tr("moved"), sourceText(e.cause)};
        case EventKind::clipping:
            return {tr("Clipping"), {}, tr("the microphone reached full scale")};
        case EventKind::underrun:
            return {tr("Underrun"), ms(e.value * frames_ms, 1), tr("the loudspeaker had no audio")};
        case EventKind::overrun:
            return {tr("Overrun"), ms(e.value * frames_ms, 1), tr("captured audio was dropped")};
        case EventKind::gap:
            return {tr("Gap"), ms(e.value), tr("the microphone's audio is missing")};
        case EventKind::silence_inserted:
            return {tr("Silence"), {}, tr("the device gave nothing; silence stands in")};
        default:
            return {};
    }
}

}  // namespace

bool isDecision(EventKind kind) {
    switch (kind) {
        case EventKind::barge_in_held:
        case EventKind::barge_in_decided:
        case EventKind::interrupt_issued:
        case EventKind::item_interrupted:
        case EventKind::playback_flushed:
        case EventKind::playback_silent:
            return true;
        default:
            return false;
    }
}

StopTime stopTime(const Event& silent, std::span<const Event> before, int rate_hz) {
    StopTime stop{kMissing, kMissing};
    if (rate_hz <= 0) return stop;
    if (silent.item == 0) {
        stop.by_hand = true;  // no item was stopped: nothing that a talker did
        return stop;
    }
    const auto* issued = lastOf(before, EventKind::interrupt_issued);
    if (issued == nullptr) return stop;
    const double silent_s = eventTimeS(silent, rate_hz);
    stop.flush_ms = 1000.0 * (silent_s - eventTimeS(*issued, rate_hz));
    if (stop.flush_ms < -kBlockMs) {
        stop.flush_ms = kMissing;  // it had been silent before
        stop.by_hand = issued->cause != "barge_in";
        return stop;
    }
    if (issued->cause != "barge_in") {
        stop.by_hand = true;
        return stop;
    }
    const auto* decided = lastOf(before, EventKind::barge_in_decided);
    if (decided == nullptr) return stop;
    double onset_s = decided->value2 / rate_hz;
    const auto* talker = lastOf(before, EventKind::talker_started);
    if (talker != nullptr) {
        const auto* ended = lastOf(before, EventKind::talker_ended);
        const double began_s = eventTimeS(*talker, rate_hz);
        const double decided_s = eventTimeS(*decided, rate_hz);
        const bool over = ended != nullptr && eventTimeS(*ended, rate_hz) > began_s &&
                          eventTimeS(*ended, rate_hz) < decided_s - 2.0;
        if (!over && began_s <= decided_s) {
            onset_s = began_s;
            stop.onset = true;
        }
    }
    stop.stop_ms = 1000.0 * (silent_s - onset_s);
    return stop;
}

QString parameterChangeText(const Event& event) {
    const auto ref = duplex::findSetting(event.text.view());
    if (!ref) return qt(event.text);
    const auto& row = *ref->row;
    const auto text = [&](double number) -> QString {
        params::ParamValue value = number;
        if (row.kind == params::ParamKind::toggle) value = number != 0.0;
        if (row.kind == params::ParamKind::integer) value = int(number);
        if (row.kind == params::ParamKind::text) {
            const auto choices = row.choices != nullptr ? row.choices() : params::ChoiceList();
            if (number < 0.0 || number >= double(choices.size())) return {};
            value = Name(choices[std::size_t(number)]);
        }
        return valueText(row, event.text.view(), value);
    };
    auto words =
        settingLabel(row) + ' ' + text(event.value2) + QStringLiteral(" → ") + text(event.value);
    if (!row.text.unit.empty()) words += ' ' + qt(row.text.unit);
    return words;
}

EventWords eventWords(const Event& event, std::span<const Event> before, int rate_hz) {
    auto words = playoutWords(event, before, rate_hz);
    if (words.kind.isEmpty()) words = speechWords(event);
    if (words.kind.isEmpty()) words = engineWords(event);
    if (words.kind.isEmpty()) words = streamWords(event, rate_hz);
    if (words.kind.isEmpty()) words.kind = qt(eventId(event.kind));
    return words;
}

QString eventKindTitle(EventKind kind) {
    Event event;
    event.kind = kind;
    return eventWords(event, {}, 16000).kind;
}

}  // namespace doubletalk::ui
