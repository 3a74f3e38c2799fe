// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/run_collector.h"

#include <algorithm>
#include <cmath>

#include "engine/dsp/resampler.h"
#include "engine/duplex/truth_scores.h"
#include "engine/echo/canceller_registry.h"
#include "engine/voice/recogniser.h"

namespace doubletalk::duplex {
namespace {

constexpr BlockIndex kMaxScoredBlocks = 5 * 60 * 100;  // off-line scores: the first 5 minutes

}  // namespace

RunCollector::RunCollector(const Settings& settings, std::vector<LabelledTurn> turns, bool truth)
    : settings_(settings),
      rate_{settings.engine.rate_hz},
      turns_(std::move(turns)),
      truth_(truth),
      create_(echo::createCanceller),
      loudspeaker_(rate_),
      columns_(ChainMeter::columns().size()) {}

void RunCollector::item(ItemId item, const std::string& text, std::span<const float> samples,
                        int rate_hz) {
    items_.push_back({item, text, 1000.0 * double(samples.size()) / std::max(rate_hz, 1)});
    audio_[item] = {{samples.begin(), samples.end()}, rate_hz};
}

void RunCollector::observe(const BlockLoop& loop, const BlockInput& input, std::int64_t block_ns,
                           std::span<const float> played) {
    ++blocks_;
    loudspeaker_.played(played);
    const auto& barge_in = loop.settings().barge_in;
    for (const auto& event : loop.events()) {
        if (event.kind != EventKind::playback_silent) continue;
        endings_.push_back(loudspeaker_.ending(barge_in.hard_cut ? 0.0 : barge_in.fade_ms));
    }
    events_.insert(events_.end(), loop.events().begin(), loop.events().end());
    block_ms_.push_back(double(block_ns) * 1e-6);
    if (loop.account().lastItemFrames() > 0) assistant_frames_ += rate_.blockFrames();
    if (blocks_ % 10 == 0) {
        const auto row = loop.meter().row();
        for (std::size_t i = 0; i < row.size(); ++i) columns_[i].push_back(row[i]);
    }
    if (blocks_ > kMaxScoredBlocks) return;
    if (keep_clean_) {
        const auto clean = loop.uplink().clean();
        clean_.insert(clean_.end(), clean.begin(), clean.end());
    }
    if (truth_) taps_.add(loop, input);
}

nlohmann::json RunCollector::metrics(const BlockLoop& loop) const {
    nlohmann::json all = nlohmann::json::object();
    const auto names = ChainMeter::columns();
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name(names[i]);
        all[name] =
            ChainMeter::isTotal(names[i]) ? lastJson(columns_[i]) : distributionJson(columns_[i]);
    }
    all["block_ms"] = distributionJson(block_ms_);
    for (int i = 0; i < int(HealthRule::count_); ++i) {
        const auto rule = HealthRule(i);
        const bool fired = std::any_of(events_.begin(), events_.end(), [&](const Event& event) {
            return event.kind == EventKind::health_changed &&
                   event.cause == Health::ruleText(rule).substr(0, Name::kCapacity);
        });
        all["health." + std::string(Health::ruleId(rule))] = fired ? 1 : 0;
    }
    addConvergence(all, loop.meter().echo());
    addTurns(all, loop);
    if (truth_) addTruth(all);
    for (const auto& facts : items_) {
        const auto* heard = loop.account().ledger().find(facts.item);
        const auto set = [&](std::string_view name, double value) {
            all[itemKey(facts.item, name)] = numberJson(value);
        };
        set("length_ms", facts.length_ms);
        set("heard_ms", loop.heardMs(facts.item));
        set("interrupted", heard != nullptr && heard->interrupted ? 1.0 : 0.0);
        set("ended", heard != nullptr && heard->ended ? 1.0 : 0.0);
    }
    all["duration_s"] = double(blocks_) * kBlockMs / 1000.0;
    return all;
}

nlohmann::json RunCollector::transcript() const {
    auto lines = nlohmann::json::array();
    auto recogniser = voice::createPocketsphinxRecogniser();
    for (const auto& span : segmentsOf(events_, rate_, blocks_)) {
        const auto from = std::size_t(std::max<std::int64_t>(span.start_frame, 0));
        const auto to = std::min(std::size_t(span.end_frame), clean_.size());
        if (from >= to) continue;
        nlohmann::json line{{"start_s", double(from) / rate_.hz}, {"end_s", double(to) / rate_.hz}};
        auto text =
            recogniser
                ? (*recogniser)->recognise(std::span(clean_).subspan(from, to - from), rate_.hz)
                : tl::unexpected(recogniser.error());
        line[text ? "text" : "error"] = text ? *text : text.error().message();
        lines.push_back(std::move(line));
    }
    return lines;
}

void RunCollector::addTurns(nlohmann::json& metrics, const BlockLoop& loop) const {
    addTurnMetrics(metrics, {.rate = rate_,
                             .events = events_,
                             .turns = turns_,
                             .assistant_s = double(assistant_frames_) / rate_.hz,
                             .blocks = blocks_,
                             .heard_ms = [&](std::size_t nth, const Event& silent) {
                                 return heardMs(loop, nth, silent);
                             }});
}

double RunCollector::heardMs(const BlockLoop& loop, std::size_t nth, const Event& silent) const {
    const auto found = audio_.find(silent.item);
    if (nth >= endings_.size() || found == audio_.end()) return speech::kMissing;
    const auto& [samples, rate_hz] = found->second;
    double heard_ms = speech::kMissing;
    if (rate_hz == rate_.hz) {
        heard_ms = loudspeaker_.heardMs(endings_[nth], samples, silent.value);
    } else if (const auto item = dsp::resampleAll(samples, rate_hz, rate_.hz)) {
        heard_ms = loudspeaker_.heardMs(endings_[nth], *item, silent.value);
    }
    // Nothing of the item may sound after the report.
    const double after_ms = loop.heardMs(silent.item) - silent.value;
    return heard_ms + std::max(after_ms, 0.0);
}

void RunCollector::addTruth(nlohmann::json& metrics) const {
    const TruthScoreInput input{.taps = taps_, .turns = turns_, .create = create_};
    addEchoTruth(metrics, input);
    addNearEndScores(metrics, input);
}

std::string RunCollector::report(const BlockLoop& loop, const nlohmann::json& metrics,
                                 const std::string& title) const {
    return makeReport({.title = title,
                       .settings = settings_,
                       .metrics = metrics,
                       .items = items_,
                       .events = events_,
                       .turns = turns_,
                       .rate = rate_,
                       .loop = loop});
}

}  // namespace doubletalk::duplex
