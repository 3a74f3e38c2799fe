// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/echo_meter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace doubletalk::echo {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kFarActiveDbfs = -50.0;
constexpr double kSpeechSilentDbfs = -70.0;
constexpr double kAboveFloorDb = 6.0;
constexpr int kSilentBlocks = 30;  // 300 ms

double ratioDb(double above, double below) {
    if (above <= 0.0) return kMissing;
    // A perfectly silent output has no finite ratio: 120 dB stands for "more than can be measured".
    return 10.0 * std::log10(above / std::max(below, above * 1e-12));
}

}  // namespace

void EchoMeter::prepare(SampleRate, bool truth) {
    truth_ = truth;
    reset();
}

void EchoMeter::reset() noexcept {
    const bool truth = truth_;
    *this = {};
    truth_ = truth;
    floor_.fill(std::numeric_limits<double>::infinity());
    values_ = {kMissing, kMissing, kMissing, kMissing, kMissing, kMissing};
    convergence_ = {kMissing, kMissing, kMissing, kMissing};
}

void EchoMeter::pathChanged() noexcept {
    convergence_ = {kMissing, kMissing, kMissing, kMissing};
    onset_block_ = -1;
    window_fill_ = 0;
}

void EchoMeter::watchGate(const EchoMeterBlock& block) noexcept {
    floor_[std::size_t(blocks_ % kFloorBlocks)] = near_.value();
    values_.far_active = dsp::powerDb(far_.value()) >= kFarActiveDbfs;
    bool near_silent = block.near_silent;
    double floor = *std::min_element(floor_.begin(), floor_.end());
    if (truth_) {
        const bool quiet = dsp::powerDb(speech_.value()) < kSpeechSilentDbfs;
        speech_quiet_blocks_ = quiet ? speech_quiet_blocks_ + 1 : 0;
        near_silent = speech_quiet_blocks_ >= kSilentBlocks;
        floor = noise_.value();
    }
    values_.gate_open =
        values_.far_active && near_silent && near_.value() >= floor * dsp::dbToPower(kAboveFloorDb);
    values_.erl_db = kMissing;
    const double echo = truth_ ? echo_.value() : near_.value() - floor;
    if (values_.far_active && (truth_ || near_silent) && echo > 0.0) {
        values_.erl_db = ratioDb(far_.value(), echo);
    }
}

void EchoMeter::converge(double near_out, double near_linear, double linear, double out,
                         bool has_linear) noexcept {
    const auto slot = std::size_t(gated_ % kWindowBlocks);
    w_near_out_[slot] = near_out;
    w_out_[slot] = out;
    w_near_linear_[slot] = near_linear;
    w_linear_[slot] = linear;
    window_fill_ = std::min(window_fill_ + 1, kWindowBlocks);
    if (window_fill_ < kWindowBlocks) return;
    const auto sum = [](const auto& w) { return std::accumulate(w.begin(), w.end(), 0.0); };
    const double ms = double(blocks_ + 1 - onset_block_) * kBlockMs;
    const auto note = [ms](double& first, bool reached) {
        if (std::isnan(first) && reached) first = ms;
    };
    const double final_db = ratioDb(sum(w_near_out_), sum(w_out_));
    note(convergence_.final_10_ms, final_db >= 10.0);
    note(convergence_.final_20_ms, final_db >= 20.0);
    if (!has_linear) return;
    const double linear_db = ratioDb(sum(w_near_linear_), sum(w_linear_));
    note(convergence_.linear_10_ms, linear_db >= 10.0);
    note(convergence_.linear_20_ms, linear_db >= 20.0);
}

void EchoMeter::process(const EchoMeterBlock& block) noexcept {
    far_.add(block.far);
    near_.add(block.near);
    if (truth_) {
        echo_.add(block.echo);
        noise_.add(block.noise);
        speech_.add(block.speech);
    }
    const bool has_linear = !block.linear.empty();
    const double near_out = dsp::meanSquare(block.near_for_out);
    const double out = dsp::meanSquare(block.out);
    const double near_linear = has_linear ? dsp::meanSquare(block.near_for_linear) : 0.0;
    const double linear = has_linear ? dsp::meanSquare(block.linear) : 0.0;
    near_out_.add(near_out);
    out_.add(out);
    if (has_linear) {
        near_linear_.add(near_linear);
        linear_.add(linear);
    }
    watchGate(block);
    if (values_.far_active && onset_block_ < 0) onset_block_ = blocks_;
    values_.erle_db = values_.erle_linear_db = values_.erle_ceiling_db = kMissing;
    values_.residual_dbfs = kMissing;
    if (values_.gate_open) {
        values_.erle_db = ratioDb(near_out_.value(), out_.value());
        if (has_linear) values_.erle_linear_db = ratioDb(near_linear_.value(), linear_.value());
        if (truth_) {
            values_.erle_ceiling_db = ratioDb(echo_.value() + noise_.value(), noise_.value());
        }
        values_.residual_dbfs = dsp::powerDb(out_.value());
        worse_[std::size_t(gated_ % kDivergenceBlocks)] = out_.value() > near_out_.value();
        converge(near_out, near_linear, linear, out, has_linear);
        ++gated_;
        const auto n = std::min<std::int64_t>(gated_, kDivergenceBlocks);
        values_.divergence_ratio =
            double(std::count(worse_.begin(), worse_.begin() + n, true)) / double(n);
    }
    ++blocks_;
}

}  // namespace doubletalk::echo
