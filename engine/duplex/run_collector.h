// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/event.h"
#include "engine/duplex/block_loop.h"
#include "engine/duplex/run_scores.h"
#include "engine/duplex/scene_material.h"
#include "engine/duplex/truth_taps.h"

namespace doubletalk::duplex {

/// Gathers rows, events and the audio that off-line scores need while a run goes on, and makes the
/// numbers of METRICS and the readable report of it. Thread: the driver's.
class RunCollector {
public:
    /// truth: inputs bring the parts of the microphone.
    RunCollector(const Settings& settings, std::vector<LabelledTurn> turns, bool truth);

    void item(const ItemFacts& facts) { items_.push_back(facts); }
    /// Makes other instances of the running engine for the scores; the registry's without.
    void setCreate(echo::CreateCanceller create) { create_ = std::move(create); }
    /// After every block. block_ns: time the worker took for it.
    void observe(const BlockLoop& loop, const BlockInput& input, std::int64_t block_ns);

    /// Keeps the cleaned signal, which transcript() needs. Before the first block.
    void keepClean() { keep_clean_ = true; }
    /// What the recogniser understood of every segment: [{start_s, end_s, text}]; an error as text.
    [[nodiscard]] nlohmann::json transcript() const;
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }
    /// Flat object with the ids of METRICS as keys.
    [[nodiscard]] nlohmann::json metrics(const BlockLoop& loop) const;
    /// What happened, how much was heard, where the time went.
    [[nodiscard]] std::string report(const BlockLoop& loop, const nlohmann::json& metrics,
                                     const std::string& title) const;
    [[nodiscard]] BlockIndex blocks() const { return blocks_; }

private:
    void addTruth(nlohmann::json& metrics) const;
    void addTurns(nlohmann::json& metrics, const BlockLoop& loop) const;

    Settings settings_;
    SampleRate rate_;
    std::vector<LabelledTurn> turns_;
    bool truth_;
    echo::CreateCanceller create_;
    std::vector<ItemFacts> items_;
    std::vector<Event> events_;
    std::vector<std::vector<double>> columns_;  ///< one a metrics.csv column
    std::vector<double> block_ms_;
    TruthTaps taps_;
    std::vector<float> clean_;
    bool keep_clean_ = false;
    std::int64_t assistant_frames_ = 0;
    BlockIndex blocks_ = 0;
};

}  // namespace doubletalk::duplex
