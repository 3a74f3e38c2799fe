// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/run_scores.h"

#include <algorithm>
#include <cmath>

#include "engine/dsp/level.h"
#include "engine/echo/canceller_factory.h"
#include "engine/echo/near_fidelity.h"
#include "engine/speech/turn_metrics.h"

namespace doubletalk::duplex {
namespace {

constexpr double kFarActiveDbfs = -50.0;

nlohmann::json percentilesJson(const speech::Percentiles& p) {
    if (p.n == 0) return nullptr;
    return {{"p10", p.p10}, {"p50", p.p50}, {"p90", p.p90}, {"p95", p.p95}, {"n", p.n}};
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
    for (const auto& event : input.events) {
        if (event.kind == EventKind::barge_in_decided) {
            decided.decided_frame = event.frame;
            decided.vad_frame = std::int64_t(event.value2);
        } else if (event.kind == EventKind::interrupt_issued) {
            decided.command_frame = (event.block + 1) * input.rate.blockFrames();
            if (event.cause != "barge_in") decided.decided_frame = decided.vad_frame = -1;
            stops.push_back(decided);
            decided = {};
        } else if (event.kind == EventKind::playback_flushed && !stops.empty()) {
            stops.back().flushed_frame = (event.block + 1) * input.rate.blockFrames();
        } else if (event.kind == EventKind::playback_silent && !stops.empty()) {
            stops.back().silent_frame = event.frame;
            stops.back().heard_ms = input.heard_ms ? input.heard_ms(event.item) : event.value;
            stops.back().reported_ms = event.value;
        }
    }
    // Only what the detector decided is scored: a scripted or manual stop answers to nobody.
    std::erase_if(stops, [](const auto& stop) { return stop.decided_frame < 0; });
    return stops;
}

/// The talker alone through a fresh engine with a silent far end.
std::vector<float> nearThroughEngine(const NearScoreInput& input) {
    auto built = echo::buildCanceller(input.rate, input.settings.echo);
    if (!built) return {};
    const auto block = std::size_t(input.rate.blockFrames());
    const std::vector<float> silence(block, 0.0F);
    std::vector<float> result(input.speech.size());
    for (std::size_t at = 0; at + block <= input.speech.size(); at += block) {
        built->canceller->process(silence, input.speech.subspan(at, block),
                                  std::span(result).subspan(at, block), {}, {});
    }
    return result;
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
    std::vector<double> there;
    for (const double v : values) {
        if (std::isfinite(v)) there.push_back(v);
    }
    if (there.empty()) return nullptr;
    const auto p = speech::percentilesOf(std::move(there));
    return {{"p10", p.p10}, {"p50", p.p50}, {"p90", p.p90}, {"n", p.n}};
}

nlohmann::json lastJson(const std::vector<double>& values) {
    for (auto it = values.rbegin(); it != values.rend(); ++it) {
        if (std::isfinite(*it)) return *it;
    }
    return nullptr;
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
    metrics["detect_ms"] = percentilesJson(result.detect_ms);
    metrics["stop_ms"] = percentilesJson(result.stop_ms);
    metrics["flush_ms"] = percentilesJson(result.flush_ms);
    metrics["heard_ms"] = percentilesJson(result.heard_ms);
    metrics["truncation_error_ms"] = percentilesJson(result.truncation_error_ms);
    metrics["first_word_loss_ms"] = percentilesJson(result.first_word_loss_ms);
    metrics["missed_ratio"] = numberJson(result.missed_ratio);
    metrics["success_ratio"] = numberJson(result.success_ratio);
    metrics["false_ratio"] = numberJson(result.false_ratio);
    metrics["false_per_min"] = numberJson(result.false_per_min);
    metrics["stops"] = stops.size();
    metrics["false_stops"] = result.false_stops;
}

void addConvergence(nlohmann::json& metrics, const echo::EchoMeter& meter) {
    const auto c = meter.convergence();
    metrics["convergence_linear_10_ms"] = numberJson(c.linear_10_ms);
    metrics["convergence_linear_20_ms"] = numberJson(c.linear_20_ms);
    metrics["convergence_final_10_ms"] = numberJson(c.final_10_ms);
    metrics["convergence_final_20_ms"] = numberJson(c.final_20_ms);
}

void addNearEndScores(nlohmann::json& metrics, const NearScoreInput& input) {
    metrics["near_si_sdr_db"] = nullptr;
    metrics["near_loss_db"] = nullptr;
    if (input.turns.empty() || input.speech.empty()) return;
    const auto reference = nearThroughEngine(input);
    if (reference.empty()) return;
    std::vector<float> out_joined;
    std::vector<float> reference_joined;
    std::vector<double> losses;
    const auto block = std::size_t(input.rate.blockFrames());
    for (const auto& turn : input.turns) {
        const auto from = std::size_t(turn.onset_s * input.rate.hz) / block * block;
        const auto to = std::min(std::size_t(turn.end_s * input.rate.hz), input.out.size());
        const auto stretch = out_joined.size();
        for (std::size_t at = from; at + block <= to; at += block) {
            if (dsp::levelDbfs(input.far.subspan(at, block)) < kFarActiveDbfs) continue;
            const auto out = input.out.subspan(at, block);
            const auto near = std::span(reference).subspan(at, block);
            out_joined.insert(out_joined.end(), out.begin(), out.end());
            reference_joined.insert(reference_joined.end(), near.begin(), near.end());
        }
        if (out_joined.size() == stretch) continue;
        losses.push_back(echo::nearLossDb(std::span<const float>(reference_joined).subspan(stretch),
                                          std::span<const float>(out_joined).subspan(stretch)));
    }
    if (!out_joined.empty()) {
        metrics["near_si_sdr_db"] = numberJson(echo::siSdrDb(reference_joined, out_joined));
    }
    metrics["near_loss_db"] = distributionJson(losses);
}

}  // namespace doubletalk::duplex
