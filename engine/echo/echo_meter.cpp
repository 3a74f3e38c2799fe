// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/echo_meter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace doubletalk::echo {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kAboveFloorDb = 6.0;

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
    lowest_ = std::numeric_limits<double>::infinity();
    floor_.fill(lowest_);
    values_ = {kMissing, kMissing, kMissing, kMissing, kMissing, kMissing};
}

void EchoMeter::pathChanged() noexcept {
    changed_ = true;
    reconvergence_ = {};
}

void EchoMeter::watchGate(const EchoMeterBlock& block) noexcept {
    auto& slot = floor_[std::size_t(blocks_ % kFloorBlocks)];
    const double leaves = std::exchange(slot, near_.value());
    if (slot <= lowest_) {
        lowest_ = slot;
    } else if (leaves <= lowest_) {
        lowest_ = *std::min_element(floor_.begin(), floor_.end());
    }
    values_.far_active = dsp::powerDb(far_.value()) >= kFarActiveDbfs;
    bool near_silent = block.near_silent;
    double floor = lowest_;
    if (truth_) {
        const bool quiet = dsp::powerDb(speech_.value()) < kNearSilentDbfs;
        speech_quiet_blocks_ = quiet ? speech_quiet_blocks_ + 1 : 0;
        near_silent = speech_quiet_blocks_ >= kNearSilentBlocks;
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
    auto& convergence = changed_ ? reconvergence_ : convergence_;
    if (values_.far_active) {
        convergence.linear.onset(blocks_);
        convergence.final.onset(blocks_);
    }
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
        convergence.final.add(blocks_, near_out, out);
        if (has_linear) convergence.linear.add(blocks_, near_linear, linear);
        ++gated_;
        const auto n = std::min<std::int64_t>(gated_, kDivergenceBlocks);
        values_.divergence_ratio =
            double(std::count(worse_.begin(), worse_.begin() + n, true)) / double(n);
    }
    ++blocks_;
}

}  // namespace doubletalk::echo
