// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/run_scores.h"

#include <algorithm>
#include <cmath>

#include "engine/speech/turn_metrics.h"

namespace doubletalk::duplex {
namespace {

nlohmann::json summaryJson(const metrics::Summary& p) {
    if (p.n == 0) return nullptr;
    return {{"p10", p.p10}, {"p50", p.p50}, {"p90", p.p90}, {"n", p.n}};
}
/// With the percentile that interruptions are judged by.
nlohmann::json turnJson(const metrics::Summary& p) {
    auto json = summaryJson(p);
    if (p.n > 0) json["p95"] = p.p95;
    return json;
}

speech::TurnLabel turnLabel(room::TalkerLabel label) {
    switch (label) {
        case room::TalkerLabel::interruption:
            return speech::TurnLabel::interruption;
        case room::TalkerLabel::backchannel:
            return speech::TurnLabel::backchannel;
        case room::TalkerLabel::cough:
            return speech::TurnLabel::cough;
        case room::TalkerLabel::speech:
        case room::TalkerLabel::side_speech:
            break;
    }
    return speech::TurnLabel::side_speech;
}

/// Chains of times out of the event log: one stop per issued interruption.
std::vector<speech::StopTimes> stopsOf(const TurnScoreInput& input) {
    std::vector<speech::StopTimes> stops;
    speech::StopTimes decided;
    std::size_t silences = 0;
    for (const auto& event : input.events) {
        if (event.kind == EventKind::barge_in_decided) {
            decided.decided_frame = event.frame;
            decided.vad_frame = std::int64_t(event.value2);
        } else if (event.kind == EventKind::interrupt_issued) {
            decided.command_frame = event.frame;
            if (event.cause != "barge_in") decided.decided_frame = decided.vad_frame = -1;
            stops.push_back(decided);
            decided = {};
        } else if (event.kind == EventKind::playback_flushed && !stops.empty()) {
            stops.back().flushed_frame = event.frame;
        } else if (event.kind == EventKind::playback_silent) {
            const double heard_ms =
                input.heard_ms ? input.heard_ms(silences, event) : speech::kMissing;
            ++silences;
            // A second interruption before the silence ends with it.
            for (auto stop = stops.rbegin(); stop != stops.rend() && stop->silent_frame < 0;
                 ++stop) {
                stop->silent_frame = event.frame;
                stop->heard_ms = heard_ms;
                stop->reported_ms = event.value;
            }
        }
    }
    // Only what the detector decided is scored: a scripted or manual stop answers to nobody.
    std::erase_if(stops, [](const auto& stop) { return stop.decided_frame < 0; });
    return stops;
}

}  // namespace

std::vector<speech::ReceivedSpan> segmentsOf(std::span<const Event> events, SampleRate rate,
                                             BlockIndex blocks) {
    std::vector<speech::ReceivedSpan> spans;
    for (const auto& event : events) {
        if (event.kind == EventKind::segment_started) {
            spans.push_back({event.frame, blocks * rate.blockFrames()});
        } else if (event.kind == EventKind::segment_ended && !spans.empty()) {
            spans.back().end_frame = event.frame;
        }
    }
    return spans;
}

nlohmann::json numberJson(double value) {
    return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(nullptr);
}

nlohmann::json distributionJson(const std::vector<double>& values) {
    return summaryJson(metrics::summarize(values));
}

nlohmann::json lastJson(const std::vector<double>& values) {
    for (auto it = values.rbegin(); it != values.rend(); ++it) {
        if (std::isfinite(*it)) return *it;
    }
    return nullptr;
}

std::string itemKey(ItemId item, std::string_view name) {
    return "items." + std::to_string(item) + "." + std::string(name);
}

void addTurnMetrics(nlohmann::json& metrics, const TurnScoreInput& input) {
    std::vector<speech::LabelledTurn> turns;
    for (const auto& turn : input.turns) {
        if (turn.label == room::TalkerLabel::speech) continue;
        turns.push_back({std::int64_t(std::llround(turn.onset_s * input.rate.hz)),
                         std::int64_t(std::llround(turn.end_s * input.rate.hz)),
                         turnLabel(turn.label)});
    }
    const auto stops = stopsOf(input);
    const auto received = segmentsOf(input.events, input.rate, input.blocks);
    const auto result = speech::computeTurnMetrics({.rate = input.rate,
                                                    .turns = turns,
                                                    .stops = stops,
                                                    .received = received,
                                                    .assistant_s = input.assistant_s});
    metrics["detect_ms"] = turnJson(result.detect_ms);
    metrics["stop_ms"] = turnJson(result.stop_ms);
    metrics["flush_ms"] = turnJson(result.flush_ms);
    metrics["heard_ms"] = turnJson(result.heard_ms);
    metrics["truncation_error_ms"] = turnJson(result.truncation_error_ms);
    metrics["first_word_loss_ms"] = turnJson(result.first_word_loss_ms);
    metrics["missed_ratio"] = numberJson(result.missed_ratio);
    metrics["success_ratio"] = numberJson(result.success_ratio);
    metrics["false_ratio"] = numberJson(result.false_ratio);
    metrics["false_per_min"] = numberJson(result.false_per_min);
    metrics["stops"] = stops.size();
    metrics["false_stops"] = result.false_stops;
}

void addConvergence(nlohmann::json& metrics, const echo::EchoMeter& meter) {
    const auto add = [&](const std::string& name, const echo::Convergence& c) {
        metrics[name + "_linear_10_ms"] = numberJson(c.linear.ms10());
        metrics[name + "_linear_20_ms"] = numberJson(c.linear.ms20());
        metrics[name + "_final_10_ms"] = numberJson(c.final.ms10());
        metrics[name + "_final_20_ms"] = numberJson(c.final.ms20());
    };
    add("convergence", meter.convergence());
    add("reconvergence", meter.reconvergence());
}

}  // namespace doubletalk::duplex
