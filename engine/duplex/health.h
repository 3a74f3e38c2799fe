// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/duplex/duplex_params.h"

namespace doubletalk::duplex {

class ChainMeter;

enum class HealthState : std::uint8_t { healthy, degraded, failing };

/// The rules of METRICS.md's health row.
enum class HealthRule : std::uint8_t {
    buffer_fill,
    latency,
    loss,
    divergence,
    reference_late,
    clipping,
    drift,
    underruns,
    count_
};

/// One state for the whole chain, with every rule that fired and its reason in words.
/// Thread: worker. Real-time safe.
class Health {
public:
    /// Once a meter row (100 ms). True when the state or the first reason changed.
    bool update(const ChainMeter& meter, const HealthParams& params) noexcept;
    [[nodiscard]] HealthState state() const noexcept { return state_; }
    [[nodiscard]] std::string_view stateName() const noexcept;
    /// Words of the gravest rule that fired; empty while healthy.
    [[nodiscard]] std::string_view reason() const noexcept;
    [[nodiscard]] bool fired(HealthRule rule) const noexcept {
        return fired_[static_cast<std::size_t>(rule)];
    }
    /// Bit i: the rule of that number fired.
    [[nodiscard]] std::uint32_t firedMask() const noexcept;
    /// Name of a rule in metrics: "latency".
    [[nodiscard]] static std::string_view ruleId(HealthRule rule) noexcept;
    [[nodiscard]] static std::string_view ruleText(HealthRule rule) noexcept;

private:
    static constexpr std::size_t kRules = static_cast<std::size_t>(HealthRule::count_);

    void judge(HealthRule rule, bool bad, int rows_needed) noexcept;

    std::array<int, kRules> bad_rows_{};
    std::array<bool, kRules> fired_{};
    HealthState state_ = HealthState::healthy;
    HealthRule first_ = HealthRule::count_;
    std::int64_t last_underrun_frames_ = 0;
    std::int64_t last_clipped_blocks_ = 0;
};

}  // namespace doubletalk::duplex
