// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/duplex/run_scores.h"

namespace doubletalk::duplex {
namespace {

std::string figure(const nlohmann::json& value, const char* unit, int decimals = 1) {
    double number = 0.0;
    if (value.is_number()) {
        number = value.get<double>();
    } else if (value.is_object() && value.contains("p50")) {
        number = value["p50"].get<double>();
    } else {
        return "-";
    }
    return fmt::format("{:.{}f} {}", number, decimals, unit);
}

std::string timeText(const Event& event, SampleRate rate) {
    const double seconds =
        double(event.frame >= 0 ? event.frame : event.block * rate.blockFrames()) / rate.hz;
    return fmt::format("{:02d}:{:06.3f}", int(seconds) / 60, std::fmod(seconds, 60.0));
}

/// The events a reader wants to see in a story; the rest is in events.jsonl.
bool tells(EventKind kind) {
    switch (kind) {
        case EventKind::voice_on:
        case EventKind::voice_off:
        case EventKind::segment_started:
        case EventKind::segment_ended:
        case EventKind::frame_concealed:
        case EventKind::packet_late:
        case EventKind::packet_duplicate:
        case EventKind::packet_discarded:
        case EventKind::item_queued:
        case EventKind::interrupt_issued:
        case EventKind::clipping:
            return false;
        default:
            return true;
    }
}

std::string sentence(const Event& e) {
    switch (e.kind) {
        case EventKind::item_started:
            return fmt::format("item {} sounds from here", e.item);
        case EventKind::item_ended:
            return fmt::format("item {} was heard to its end ({:.0f} ms)", e.item, e.value);
        case EventKind::item_interrupted:
            return fmt::format("item {} is interrupted ({})", e.item, e.cause.view());
        case EventKind::barge_in_held:
            return "voice over the trigger, held: canceller not ready";
        case EventKind::barge_in_decided:
            return fmt::format("barge-in decided, headroom {:.1f} dB", e.value);
        case EventKind::canceller_ready:
            return fmt::format("canceller ready, headroom {:.1f} dB", e.value);
        case EventKind::playback_flushed:
            return fmt::format("queue empty, {:.0f} frames dropped", e.value);
        case EventKind::playback_silent:
            if (e.item == 0) return "loudspeaker silent, nothing was sounding";
            return fmt::format("loudspeaker silent, {:.1f} ms of item {} were heard", e.value,
                               e.item);
        case EventKind::delay_moved:
            return fmt::format("reference moved by {:+.1f} ms, now {:.1f} ms later", e.value2,
                               e.value);
        case EventKind::delay_state:
            return std::isfinite(e.value)
                       ? fmt::format("echo delay {} ({:.1f} ms)", e.text.view(), e.value)
                       : fmt::format("echo delay {}", e.text.view());
        case EventKind::reference_late:
            return fmt::format("the reference is late by {:.1f} ms", -e.value);
        case EventKind::talker_started:
            return "the talker speaks";
        case EventKind::talker_ended:
            return "the talker is silent";
        case EventKind::health_changed:
            return fmt::format("health {} {}", e.text.view(), e.cause.view());
        default:
            break;
    }
    return fmt::format("{} {} {}", eventId(e.kind), e.text.view(), e.cause.view());
}

std::string clipped(const std::string& text, std::size_t most) {
    return text.size() <= most ? text : text.substr(0, most - 3) + "...";
}

void appendStory(std::string& text, const ReportInput& input) {
    text += "\nWhat happened\n";
    int delay_lines = 0;
    for (const auto& event : input.events) {
        if (!tells(event.kind)) continue;
        if (event.kind == EventKind::delay_state && ++delay_lines > 8) continue;
        text += fmt::format("  {}  {}\n", timeText(event, input.rate), sentence(event));
    }
    for (const auto& turn : input.turns) {
        if (turn.label != room::TalkerLabel::interruption) continue;
        text += fmt::format("  (the talker interrupts from {:.3f} s to {:.3f} s)\n", turn.onset_s,
                            turn.end_s);
    }
}

void appendItems(std::string& text, const ReportInput& input) {
    text += "\nWhat was heard\n";
    for (const auto& item : input.items) {
        const auto& heard_ms = input.metrics[itemKey(item.item, "heard_ms")];
        const bool interrupted = input.metrics[itemKey(item.item, "interrupted")] == 1;
        text += fmt::format("  item {}: {:.0f} of {:.0f} ms{}  \"{}\"\n", item.item,
                            heard_ms.is_number() ? heard_ms.get<double>() : 0.0, item.length_ms,
                            interrupted ? ", interrupted" : "", clipped(item.text, 60));
    }
}

void appendTranscript(std::string& text, const nlohmann::json& metrics) {
    if (!metrics.contains("transcript")) return;
    text += "\nWhat was understood\n";
    for (const auto& line : metrics["transcript"]) {
        const auto said = line.contains("text") ? "\"" + line["text"].get<std::string>() + "\""
                                                : line["error"].get<std::string>();
        text += fmt::format("  {:.2f} s to {:.2f} s  {}\n", line["start_s"].get<double>(),
                            line["end_s"].get<double>(), said);
    }
}

}  // namespace

std::string makeReport(const ReportInput& input) {
    const auto& m = input.metrics;
    // Not every run has every figure: a microphone of packets has no ground truth.
    const auto metric = [&m](const char* id) { return m.value(id, nlohmann::json()); };
    std::string text = input.title + "\n" + std::string(input.title.size(), '=') + "\n";
    const auto& uplink = input.loop.uplink();
    const auto& playout = input.loop.downlink().playout();
    const auto is_switch = [](const Event& event) {
        return event.kind == EventKind::engine_changed || event.kind == EventKind::engine_fallback;
    };
    const bool switched = std::any_of(input.events.begin(), input.events.end(), is_switch);
    text += fmt::format("{:.1f} s at {} Hz · {}canceller {} · reducer {} · jitter buffer {} · {}\n",
                        m["duration_s"].get<double>(), input.rate.hz,
                        switched ? "at the end: " : "", uplink.traits().name, uplink.reducerName(),
                        playout.bufferName(), playout.concealerName());
    appendStory(text, input);
    appendItems(text, input);
    appendTranscript(text, m);

    text += "\nEcho\n";
    text += fmt::format("  echo return loss {} · ERLE linear {} · final {} · ceiling {}\n",
                        figure(metric("erl_db"), "dB"), figure(metric("erle_linear_db"), "dB"),
                        figure(metric("erle_db"), "dB"), figure(metric("erle_ceiling_db"), "dB"));
    text += fmt::format("  linear, true {} · attenuation of the echo {} · echo loss {}\n",
                        figure(metric("erle_true_linear_db"), "dB"),
                        figure(metric("echo_attenuation_db"), "dB"),
                        figure(metric("echo_loss_db"), "dB"));
    text += fmt::format("  20 dB after {} (final) · {} (linear)\n",
                        figure(metric("convergence_final_20_ms"), "ms", 0),
                        figure(metric("convergence_linear_20_ms"), "ms", 0));
    text += fmt::format("  echo delay {} · drift {} · barge-in headroom {}\n",
                        figure(metric("echo_delay_ms"), "ms"), figure(metric("drift_ppm"), "ppm"),
                        figure(metric("barge_in_headroom_db"), "dB"));
    text += fmt::format("  near end: SI-SDR {} · loss {}\n", figure(metric("near_si_sdr_db"), "dB"),
                        figure(metric("near_loss_db"), "dB"));
    text += "\nInterruptions\n";
    text += fmt::format(
        "  stops {} · false {} · missed {} · onset to decision {} · onset to silence {}\n",
        m["stops"].get<int>(), m["false_stops"].get<int>(),
        figure(metric("missed_ratio"), "(ratio)", 2), figure(metric("detect_ms"), "ms"),
        figure(metric("stop_ms"), "ms"));
    text += fmt::format("  command to silence {} · heard position error {}\n",
                        figure(metric("flush_ms"), "ms"),
                        figure(metric("truncation_error_ms"), "ms", 3));
    text += "\nNetwork\n";
    text += fmt::format("  jitter {} · buffer {} (wants {}) · concealed {} · late {} · lost {}\n",
                        figure(metric("jitter_ms"), "ms"), figure(metric("buffer_ms"), "ms"),
                        figure(metric("buffer_target_ms"), "ms"),
                        figure(metric("concealed_ratio"), "(ratio)", 3),
                        figure(metric("late"), "packets", 0), figure(metric("lost"), "packets", 0));
    text += "\nWhere the time goes\n";
    for (const auto& [key, value] : m.items()) {
        if (key.rfind("stage_latency_ms.", 0) == 0) {
            text += fmt::format("  {:<18} {}\n", key.substr(17), figure(value, "ms"));
        }
    }
    text += fmt::format("  {:<18} {}\n", "uplink", figure(metric("uplink_latency_ms"), "ms"));
    text += fmt::format("  {:<18} {}\n", "downlink", figure(metric("downlink_latency_ms"), "ms"));
    text += fmt::format("  {:<18} {} (of 10 ms)\n", "worker, a block",
                        figure(metric("block_ms"), "ms", 3));
    return text;
}

}  // namespace doubletalk::duplex
