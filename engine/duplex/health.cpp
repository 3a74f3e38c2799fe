// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/health.h"

#include <algorithm>
#include <cmath>

#include "engine/duplex/chain_meter.h"

namespace doubletalk::duplex {
namespace {

constexpr int kTwoSeconds = 20;  // rows of 100 ms
constexpr int kOneSecond = 10;
constexpr int kRecoverRows = 10;
constexpr double kLowFillRatio = 0.1;
constexpr double kHighFillRatio = 0.9;
constexpr double kLossRatio = 0.05;
constexpr double kDriftPpm = 100.0;

/// Rules that mean sound is wrong now, not only worse than it could be.
bool isGrave(HealthRule rule) {
    return rule == HealthRule::divergence || rule == HealthRule::reference_late ||
           rule == HealthRule::underruns;
}

}  // namespace

std::string_view Health::ruleId(HealthRule rule) noexcept {
    switch (rule) {
        case HealthRule::buffer_fill:
            return "buffer_fill";
        case HealthRule::latency:
            return "latency";
        case HealthRule::loss:
            return "loss";
        case HealthRule::divergence:
            return "divergence";
        case HealthRule::reference_late:
            return "reference_late";
        case HealthRule::clipping:
            return "clipping";
        case HealthRule::drift:
            return "drift";
        case HealthRule::underruns:
            return "underruns";
        case HealthRule::count_:
            break;
    }
    return {};
}

std::string_view Health::ruleText(HealthRule rule) noexcept {
    switch (rule) {
        case HealthRule::buffer_fill:
            return "jitter buffer fill is outside 10-90 %";
        case HealthRule::latency:
            return "latency is above health.max_latency_ms";
        case HealthRule::loss:
            return "packet loss is above 5 %";
        case HealthRule::divergence:
            return "the canceller makes the echo louder";
        case HealthRule::reference_late:
            return "the reference comes after its echo";
        case HealthRule::clipping:
            return "the microphone clips";
        case HealthRule::drift:
            return "the clocks drift by more than 100 ppm";
        case HealthRule::underruns:
            return "the loudspeaker ran out of audio";
        case HealthRule::count_:
            break;
    }
    return {};
}

std::string_view Health::stateName() const noexcept {
    switch (state_) {
        case HealthState::healthy:
            return "healthy";
        case HealthState::degraded:
            return "degraded";
        case HealthState::failing:
            return "failing";
    }
    return "?";
}

std::string_view Health::reason() const noexcept { return ruleText(first_); }

std::uint32_t Health::firedMask() const noexcept {
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < kRules; ++i) mask |= std::uint32_t{fired_[i]} << i;
    return mask;
}

void Health::judge(HealthRule rule, bool bad, int rows_needed) noexcept {
    const auto i = static_cast<std::size_t>(rule);
    bad_rows_[i] = bad ? std::max(bad_rows_[i], 0) + 1 : std::min(bad_rows_[i], 0) - 1;
    if (bad_rows_[i] >= rows_needed) fired_[i] = true;
    if (bad_rows_[i] <= -kRecoverRows) fired_[i] = false;
}

bool Health::update(const ChainMeter& meter, const HealthParams& params) noexcept {
    const auto facts = meter.healthFacts();
    judge(HealthRule::buffer_fill,
          facts.buffer_active &&
              (facts.buffer_fill_ratio < kLowFillRatio || facts.buffer_fill_ratio > kHighFillRatio),
          kTwoSeconds);
    judge(HealthRule::latency, facts.playing && facts.latency_ms > params.max_latency_ms,
          kTwoSeconds);
    judge(HealthRule::loss, facts.recent_loss_ratio > kLossRatio, 1);
    judge(HealthRule::divergence, facts.divergence_ratio > 0.0, kOneSecond);
    judge(HealthRule::reference_late, facts.reference_late, 1);
    judge(HealthRule::clipping, facts.clipped_blocks > last_clipped_blocks_, 1);
    // Known worse than the limit it is still being measured.
    judge(HealthRule::drift,
          facts.drift_confidence_ppm <= kDriftPpm && std::abs(facts.drift_ppm) > kDriftPpm,
          kTwoSeconds);
    judge(HealthRule::underruns, facts.underrun_frames > last_underrun_frames_, 1);
    last_clipped_blocks_ = facts.clipped_blocks;
    last_underrun_frames_ = facts.underrun_frames;

    auto state = HealthState::healthy;
    auto first = HealthRule::count_;
    for (std::size_t i = 0; i < kRules; ++i) {
        if (!fired_[i]) continue;
        const auto rule = static_cast<HealthRule>(i);
        const auto now = isGrave(rule) ? HealthState::failing : HealthState::degraded;
        if (now > state) {
            state = now;
            first = rule;
        }
    }
    const bool changed = state != state_ || first != first_;
    state_ = state;
    first_ = first;
    return changed;
}

}  // namespace doubletalk::duplex
