// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/core/event.h"
#include "engine/duplex/block_loop.h"
#include "engine/duplex/scene_material.h"
#include "engine/speech/turn_metrics.h"

namespace doubletalk::duplex {

/// {p10, p50, p90, n} of the values that are there; null without any.
[[nodiscard]] nlohmann::json distributionJson(const std::vector<double>& values);
/// The last value that is there; null without any.
[[nodiscard]] nlohmann::json lastJson(const std::vector<double>& values);
/// NaN becomes null.
[[nodiscard]] nlohmann::json numberJson(double value);

/// Stretches that reached recognition, out of the event log.
[[nodiscard]] std::vector<speech::ReceivedSpan> segmentsOf(std::span<const Event> events,
                                                           SampleRate rate, BlockIndex blocks);

/// Convergence and, after a change of the path, reconvergence: by erle_linear_db and erle_db.
void addConvergence(nlohmann::json& metrics, const echo::EchoMeter& meter);

struct TurnScoreInput {
    SampleRate rate;
    std::span<const Event> events;
    std::span<const LabelledTurn> turns;
    double assistant_s = 0.0;
    BlockIndex blocks = 0;
    /// Of the nth playback_silent from 0: how far its item was heard by the loudspeaker's own
    /// samples; NaN where these do not tell. Empty: nobody knows.
    std::function<double(std::size_t nth, const Event& silent)> heard_ms;
};
/// detect_ms, stop_ms, flush_ms, heard_ms, missed_ratio, false_per_min, ... of METRICS.
void addTurnMetrics(nlohmann::json& metrics, const TurnScoreInput& input);

/// What is known of an item beside what was heard of it.
struct ItemFacts {
    ItemId item = 0;
    std::string text;
    double length_ms = 0.0;
};
/// Key of a figure of one item: items.<id>.<name>.
[[nodiscard]] std::string itemKey(ItemId item, std::string_view name);

struct ReportInput {
    std::string title;
    const Settings& settings;
    nlohmann::json metrics;
    std::span<const ItemFacts> items;
    std::span<const Event> events;
    std::span<const LabelledTurn> turns;
    SampleRate rate;
    const BlockLoop& loop;
};
[[nodiscard]] std::string makeReport(const ReportInput& input);

}  // namespace doubletalk::duplex
