// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/run_collector.h"

#include <algorithm>
#include <cmath>

#include "engine/duplex/run_scores.h"
#include "engine/voice/recogniser.h"

namespace doubletalk::duplex {
namespace {

constexpr BlockIndex kMaxScoredBlocks = 15 * 60 * 100;  // off-line scores: the first 15 minutes

}  // namespace

RunCollector::RunCollector(const Settings& settings, std::vector<LabelledTurn> turns, bool truth)
    : settings_(settings),
      rate_{settings.engine.rate_hz},
      turns_(std::move(turns)),
      truth_(truth),
      columns_(ChainMeter::columns().size()) {}

void RunCollector::observe(const BlockLoop& loop, const BlockInput& input, std::int64_t block_ns) {
    ++blocks_;
    events_.insert(events_.end(), loop.events().begin(), loop.events().end());
    block_ms_.push_back(double(block_ns) * 1e-6);
    if (loop.account().lastItemFrames() > 0) assistant_frames_ += rate_.blockFrames();
    if (blocks_ % 10 == 0) {
        const auto row = loop.meter().row();
        for (std::size_t i = 0; i < row.size(); ++i) columns_[i].push_back(row[i]);
    }
    if (blocks_ > kMaxScoredBlocks) return;
    const auto append = [](std::vector<float>& to, std::span<const float> from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    if (keep_clean_) append(clean_, loop.uplink().clean());
    if (!truth_) return;
    append(out_, loop.uplink().out());
    append(far_, loop.uplink().reference().far());
    append(speech_, input.truth.speech);
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
    addNearScores(all);
    all["items"] = nlohmann::json::array();
    for (const auto& facts : items_) {
        const auto* heard = loop.account().ledger().find(facts.item);
        all["items"].push_back(
            {{"item", facts.item},
             {"text", facts.text},
             {"length_ms", facts.length_ms},
             {"heard_ms", heard != nullptr ? nlohmann::json(loop.heardMs(facts.item)) : nullptr},
             {"interrupted", heard != nullptr && heard->interrupted},
             {"ended", heard != nullptr && heard->ended}});
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
                             .heard_ms = [&loop](ItemId item) { return loop.heardMs(item); }});
}

void RunCollector::addNearScores(nlohmann::json& metrics) const {
    addNearEndScores(metrics, {.settings = settings_,
                               .rate = rate_,
                               .turns = turns_,
                               .out = out_,
                               .far = far_,
                               .speech = speech_});
}

std::string RunCollector::report(const BlockLoop& loop, const nlohmann::json& metrics,
                                 const std::string& title) const {
    return makeReport({.title = title,
                       .settings = settings_,
                       .metrics = metrics,
                       .events = events_,
                       .turns = turns_,
                       .rate = rate_,
                       .loop = loop});
}

}  // namespace doubletalk::duplex
