// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "engine/dsp/delay_line.h"
#include "engine/duplex/block_io.h"
#include "engine/duplex/downlink.h"
#include "engine/duplex/playback_account.h"
#include "engine/duplex/settings.h"
#include "engine/duplex/turn_control.h"
#include "engine/duplex/uplink.h"
#include "engine/echo/echo_meter.h"

namespace doubletalk::duplex {

/// What the health rules look at.
struct HealthFacts {
    bool playing = false;
    bool buffer_active = false;
    double buffer_fill_ratio = 0.5;
    double latency_ms = 0.0;
    double recent_loss_ratio = 0.0;
    double divergence_ratio = 0.0;
    double drift_ppm = 0.0;
    double drift_confidence_ppm = 0.0;
    bool reference_late = false;
    std::int64_t clipped_blocks = 0;
    std::int64_t underrun_frames = 0;
};

/// Everything measured of one engine: one row of METRICS ids each 100 ms, taken from our own taps.
/// Thread: worker. process() and makeRow() are real-time safe.
class ChainMeter {
public:
    struct Block {
        const Uplink& uplink;
        const Downlink& downlink;
        const TurnControl& turn;
        const PlaybackAccount& account;
        const TruthBlock& truth;
        bool lost;
        const Settings& settings;
    };

    [[nodiscard]] Result<void> prepare(SampleRate rate, bool truth, double output_latency_ms,
                                       double input_latency_ms);
    void reset() noexcept;
    /// Convergence is measured anew from here.
    void pathChanged() noexcept { echo_.pathChanged(); }
    void process(const Block& block) noexcept;
    void makeRow() noexcept;
    void setHealth(double state) noexcept;

    /// Columns of metrics.csv, in the order of row().
    [[nodiscard]] static std::span<const std::string_view> columns() noexcept;
    /// A counter since the start (never reset), not a gauge.
    [[nodiscard]] static bool isTotal(std::string_view id) noexcept;
    [[nodiscard]] std::span<const double> row() const noexcept { return row_; }
    [[nodiscard]] double value(std::string_view id) const noexcept;
    [[nodiscard]] HealthFacts healthFacts() const noexcept;
    [[nodiscard]] const echo::EchoMeter& echo() const noexcept { return echo_; }

private:
    static constexpr std::size_t kColumns = 48;

    SampleRate rate_;
    bool truth_ = false;
    double output_latency_ms_ = 0.0;
    double input_latency_ms_ = 0.0;
    echo::EchoMeter echo_;
    dsp::DelayLine near_for_linear_, near_for_out_;
    std::vector<float> near_linear_, near_out_;
    std::array<double, kColumns> row_{};
    std::int64_t blocks_ = 0;
    std::int64_t clipped_blocks_ = 0;
    std::int64_t row_lost_ = 0, row_received_ = 0;
    double recent_loss_ratio_ = 0.0;
    // of the last block
    double far_dbfs_ = 0.0, near_dbfs_ = 0.0, out_dbfs_ = 0.0, clean_dbfs_ = 0.0;
    echo::DelayState delay_;
    double drift_ppm_ = 0.0, drift_confidence_ppm_ = 0.0;
    double headroom_db_ = 0.0;
    double tail_use_ratio_ = std::numeric_limits<double>::quiet_NaN();
    bool ready_ = false, voice_ = false, playing_ = false;
    jitter::PlayoutState playout_;
    double max_buffer_ms_ = 200.0;
    double canceller_lag_ms_ = 0.0, reducer_lag_ms_ = 0.0;
    double loudspeaker_fill_ms_ = 0.0, queue_ms_ = 0.0;
    double underrun_ms_ = 0.0;
    double stream_rate_hz_ = 16000.0;
};

}  // namespace doubletalk::duplex
