// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/chain_meter.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/dsp/level.h"

namespace doubletalk::duplex {
namespace {

constexpr int kMaxLagMs = 40;
constexpr int kTailEveryBlocks = 100;  // reading a response back costs as much as a few blocks
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// Columns of metrics.csv; makeRow() fills them in this order.
constexpr std::array kColumnNames{std::string_view("far_dbfs"),
                                  std::string_view("near_dbfs"),
                                  std::string_view("out_dbfs"),
                                  std::string_view("clean_dbfs"),
                                  std::string_view("erl_db"),
                                  std::string_view("erle_linear_db"),
                                  std::string_view("erle_db"),
                                  std::string_view("erle_ceiling_db"),
                                  std::string_view("residual_dbfs"),
                                  std::string_view("divergence_ratio"),
                                  std::string_view("echo_delay_ms"),
                                  std::string_view("drift_ppm"),
                                  std::string_view("tail_use_ratio"),
                                  std::string_view("barge_in_headroom_db"),
                                  std::string_view("canceller_ready"),
                                  std::string_view("voice"),
                                  std::string_view("assistant_plays"),
                                  std::string_view("jitter_ms"),
                                  std::string_view("last_d_ms"),
                                  std::string_view("buffer_target_ms"),
                                  std::string_view("buffer_ms"),
                                  std::string_view("buffer_min_ms"),
                                  std::string_view("playout_lead_ms"),
                                  std::string_view("concealed_ratio"),
                                  std::string_view("silent_concealed_ratio"),
                                  std::string_view("concealment_events"),
                                  std::string_view("playout_interruptions"),
                                  std::string_view("late"),
                                  std::string_view("lost"),
                                  std::string_view("duplicate"),
                                  std::string_view("reordered"),
                                  std::string_view("discarded"),
                                  std::string_view("loss_ratio"),
                                  std::string_view("buffer_adjustments"),
                                  std::string_view("inserted_ms"),
                                  std::string_view("removed_ms"),
                                  std::string_view("underrun_ms"),
                                  std::string_view("stage_latency_ms.block"),
                                  std::string_view("stage_latency_ms.canceller"),
                                  std::string_view("stage_latency_ms.reducer"),
                                  std::string_view("stage_latency_ms.jitter_buffer"),
                                  std::string_view("stage_latency_ms.queue"),
                                  std::string_view("stage_latency_ms.loudspeaker_ring"),
                                  std::string_view("stage_latency_ms.output_device"),
                                  std::string_view("uplink_latency_ms"),
                                  std::string_view("downlink_latency_ms"),
                                  std::string_view("latency_ms"),
                                  std::string_view("health")};

constexpr std::array kTotals{std::string_view("concealed_ratio"),
                             std::string_view("silent_concealed_ratio"),
                             std::string_view("concealment_events"),
                             std::string_view("playout_interruptions"),
                             std::string_view("late"),
                             std::string_view("lost"),
                             std::string_view("duplicate"),
                             std::string_view("reordered"),
                             std::string_view("discarded"),
                             std::string_view("loss_ratio"),
                             std::string_view("buffer_adjustments"),
                             std::string_view("inserted_ms"),
                             std::string_view("removed_ms"),
                             std::string_view("underrun_ms")};

/// Share of the response's energy in its last tenth.
double tailUse(std::span<const float> response) {
    if (response.size() < 10) return kMissing;
    double all = 0.0;
    double tail = 0.0;
    const auto from = response.size() - response.size() / 10;
    for (std::size_t i = 0; i < response.size(); ++i) {
        const double e = double(response[i]) * response[i];
        all += e;
        if (i >= from) tail += e;
    }
    return all > 0.0 ? tail / all : kMissing;
}

}  // namespace

std::span<const std::string_view> ChainMeter::columns() noexcept {
    static_assert(kColumnNames.size() == kColumns);
    return kColumnNames;
}

bool ChainMeter::isTotal(std::string_view id) noexcept {
    return std::find(kTotals.begin(), kTotals.end(), id) != kTotals.end();
}

Result<void> ChainMeter::prepare(SampleRate rate, bool truth, double output_latency_ms,
                                 double input_latency_ms) {
    rate_ = rate;
    truth_ = truth;
    output_latency_ms_ = output_latency_ms;
    input_latency_ms_ = input_latency_ms;
    echo_.prepare(rate, truth);
    const int most = rate.framesOf(kMaxLagMs);
    for (auto* line : {&near_for_linear_, &near_for_out_}) line->prepare(most, rate.blockFrames());
    near_linear_.assign(std::size_t(rate.blockFrames()), 0.0F);
    near_out_.assign(std::size_t(rate.blockFrames()), 0.0F);
    row_.fill(kMissing);
    return {};
}

void ChainMeter::reset() noexcept { echo_.reset(); }

void ChainMeter::process(const Block& block) noexcept {
    ++blocks_;
    const auto& uplink = block.uplink;
    const auto lags = uplink.cancellerLags();
    near_for_linear_.setDelay(lags.linear_frames);
    near_for_out_.setDelay(lags.out_frames);
    near_for_linear_.process(uplink.near(), near_linear_);
    near_for_out_.process(uplink.near(), near_out_);
    echo_.process({.far = uplink.reference().echoAligned(),
                   .near = uplink.near(),
                   .linear = uplink.hasLinear() ? uplink.linear() : std::span<const float>(),
                   .near_for_linear = near_linear_,
                   .out = uplink.out(),
                   .near_for_out = near_out_,
                   .echo = block.truth.echo,
                   .speech = block.truth.speech,
                   .noise = block.truth.noise,
                   .near_silent = block.turn.nearSilent()});
    clipped_blocks_ += uplink.clipped() ? 1 : 0;
    underrun_ms_ = rate_.toMs({block.account.underrunFrames()});
    if (blocks_ % 10 != 0) return;

    far_dbfs_ = dsp::levelDbfs(uplink.reference().echoAligned());
    near_dbfs_ = dsp::levelDbfs(uplink.near());
    out_dbfs_ = dsp::levelDbfs(uplink.out());
    clean_dbfs_ = dsp::levelDbfs(uplink.clean());
    delay_ = uplink.reference().delay();
    drift_ppm_ = uplink.reference().clockMap().driftPpm();
    drift_confidence_ppm_ = uplink.reference().clockMap().driftConfidencePpm();
    headroom_db_ = block.turn.headroomDb();
    if (blocks_ % kTailEveryBlocks == 0) {
        tail_use_ratio_ = tailUse(uplink.cancellerState().impulse_response);
    }
    ready_ = block.turn.ready();
    voice_ = block.turn.voice();
    playing_ = block.account.lastItemFrames() > 0;
    playout_ = block.downlink.playout().state();
    max_buffer_ms_ = block.settings.jitter.max_ms;
    stream_rate_hz_ = block.settings.stream.rate_hz;
    canceller_lag_ms_ = rate_.toMs({lags.out_frames});
    reducer_lag_ms_ = rate_.toMs({uplink.reducerLagFrames()});
    queue_ms_ = block.downlink.queuedMs();
    loudspeaker_fill_ms_ = rate_.toMs({block.account.fillFrames()});
}

void ChainMeter::makeRow() noexcept {
    const auto& echo = echo_.values();
    const auto& jb = playout_.jitter;
    const bool stream = jb.received > 0;
    const double expected = double(jb.received - jb.duplicate + jb.lost);
    const double uplink_ms = input_latency_ms_ + kBlockMs + canceller_lag_ms_ + reducer_lag_ms_;
    const double downlink_ms =
        (stream ? playout_.delay_ms : 0.0) + queue_ms_ + loudspeaker_fill_ms_ + output_latency_ms_;
    const double frames_ms = 1000.0 / stream_rate_hz_;
    const auto when = [](bool there, double value) { return there ? value : kMissing; };
    const std::array values{far_dbfs_,
                            near_dbfs_,
                            out_dbfs_,
                            clean_dbfs_,
                            echo.erl_db,
                            echo.erle_linear_db,
                            echo.erle_db,
                            echo.erle_ceiling_db,
                            echo.residual_dbfs,
                            echo.divergence_ratio,
                            when(delay_.estimates > 0, delay_.delay_ms),
                            drift_ppm_,
                            tail_use_ratio_,
                            headroom_db_,
                            ready_ ? 1.0 : 0.0,
                            voice_ ? 1.0 : 0.0,
                            playing_ ? 1.0 : 0.0,
                            when(stream, jb.jitter_ms),
                            when(stream, jb.last_d_ms),
                            when(stream, jb.target_ms),
                            when(stream, jb.buffer_ms),
                            when(stream, jb.min_ms),
                            when(stream, playout_.playout_lead_ms),
                            playout_.concealedRatio(),
                            playout_.silentConcealedRatio(),
                            double(playout_.concealment_events),
                            double(playout_.playout_interruptions),
                            double(jb.late),
                            double(jb.lost),
                            double(jb.duplicate),
                            double(jb.reordered),
                            double(jb.discarded),
                            when(expected > 0.0, double(jb.lost) / std::max(expected, 1.0)),
                            double(jb.adjustments),
                            double(playout_.inserted_frames) * frames_ms,
                            double(playout_.removed_frames) * frames_ms,
                            underrun_ms_,
                            double(kBlockMs),
                            canceller_lag_ms_,
                            reducer_lag_ms_,
                            when(stream, playout_.delay_ms),
                            queue_ms_,
                            loudspeaker_fill_ms_,
                            output_latency_ms_,
                            uplink_ms,
                            downlink_ms,
                            uplink_ms + downlink_ms,
                            row_[kColumns - 1]};
    static_assert(values.size() == kColumns);
    std::copy(values.begin(), values.end(), row_.begin());
    const auto received = jb.received - row_received_;
    const auto lost = jb.lost - row_lost_;
    if (received + lost >= 50) {
        recent_loss_ratio_ = double(lost) / double(received + lost);
        row_received_ = jb.received;
        row_lost_ = jb.lost;
    }
}

void ChainMeter::setHealth(double state) noexcept { row_[kColumns - 1] = state; }

double ChainMeter::value(std::string_view id) const noexcept {
    for (std::size_t i = 0; i < kColumns; ++i) {
        if (kColumnNames[i] == id) return row_[i];
    }
    return kMissing;
}

HealthFacts ChainMeter::healthFacts() const noexcept {
    return {.playing = playing_,
            .buffer_active = playing_ && playout_.jitter.received > 0,
            .buffer_fill_ratio = playout_.jitter.buffer_ms / std::max(max_buffer_ms_, 1.0),
            .latency_ms = value("latency_ms"),
            .recent_loss_ratio = recent_loss_ratio_,
            .divergence_ratio = echo_.values().divergence_ratio,
            .drift_ppm = std::isfinite(drift_ppm_) ? drift_ppm_ : 0.0,
            .drift_confidence_ppm = drift_confidence_ppm_,
            .reference_late = delay_.status == echo::DelayStatus::reference_late,
            .clipped_blocks = clipped_blocks_,
            .underrun_frames = std::int64_t(underrun_ms_ * rate_.hz / 1000.0)};
}

}  // namespace doubletalk::duplex
