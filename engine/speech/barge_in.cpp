// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/barge_in.h"

#include "engine/dsp/level.h"

namespace doubletalk::speech {
namespace {

constexpr int kBridgedBlocks = 3;  ///< gaps of up to 30 ms

}  // namespace

void BargeInDetector::prepare(SampleRate, const BargeInParams& params) {
    setParams(params);
    reset();
}

void BargeInDetector::setParams(const BargeInParams& params) noexcept {
    params_ = params;
    trigger_power_ = dsp::dbToPower(params.trigger_dbfs);
}

void BargeInDetector::reset() noexcept {
    calls_ = 0;
    powers_.fill(0.0);
    endStretch();
}

void BargeInDetector::endStretch() noexcept {
    stretch_start_ = -1;
    gap_blocks_ = 0;
    voiced_blocks_ = 0;
    fired_ = false;
    held_ = false;
}

double BargeInDetector::smoothedPower(std::span<const float> block) noexcept {
    const double power = dsp::meanSquare(block);
    powers_[std::size_t(calls_ % kLevelBlocks)] = power == power ? power : 0.0;
    double sum = 0.0;
    for (const double p : powers_) sum += p;
    return sum / kLevelBlocks;
}

bool BargeInDetector::follow(bool active) noexcept {
    if (active) {
        if (stretch_start_ < 0) stretch_start_ = calls_;
        gap_blocks_ = 0;
        ++voiced_blocks_;
        return true;
    }
    if (stretch_start_ < 0) return false;
    if (++gap_blocks_ > kBridgedBlocks) endStretch();
    return stretch_start_ >= 0;
}

BargeInVerdict BargeInDetector::process(bool voice, std::span<const float> block,
                                        bool assistant_plays, bool canceller_ready) noexcept {
    const bool loud = smoothedPower(block) > trigger_power_;
    const bool stretch = follow(voice && loud);
    ++calls_;
    if (!stretch || !params_.enabled || !assistant_plays || fired_) return BargeInVerdict::none;
    if (voiced_blocks_ * kBlockMs < params_.min_speech_ms) return BargeInVerdict::none;
    if (canceller_ready) {
        fired_ = true;
        return BargeInVerdict::fire;
    }
    if (held_) return BargeInVerdict::none;
    held_ = true;
    return BargeInVerdict::held;
}

}  // namespace doubletalk::speech
