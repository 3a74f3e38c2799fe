// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "engine/core/event.h"
#include "engine/duplex/block_loop.h"
#include "engine/duplex/loudspeaker_truth.h"
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

    /// samples: the item's own audio at rate_hz.
    void item(ItemId item, const std::string& text, std::span<const float> samples, int rate_hz);
    /// Makes other instances of the running engine for the scores; the registry's without.
    void setCreate(echo::CreateCanceller create) { create_ = std::move(create); }
    /// After every block. block_ns: time the worker took for it; played: frames that left for the
    /// loudspeaker before it.
    void observe(const BlockLoop& loop, const BlockInput& input, std::int64_t block_ns,
                 std::span<const float> played);

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
    [[nodiscard]] double heardMs(const BlockLoop& loop, std::size_t nth, const Event& silent) const;

    Settings settings_;
    SampleRate rate_;
    std::vector<LabelledTurn> turns_;
    bool truth_;
    echo::CreateCanceller create_;
    struct ItemAudio {
        std::vector<float> samples;
        int rate_hz = 0;
    };
    std::vector<ItemFacts> items_;
    std::map<ItemId, ItemAudio> audio_;
    LoudspeakerTruth loudspeaker_;
    std::vector<LoudspeakerTruth::Ending> endings_;  ///< one a playback_silent
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
