// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/energy_vad.h"

#include <algorithm>

#include "engine/dsp/level.h"

namespace doubletalk::speech {
namespace {

constexpr double kAboveFloorDb = 6.0;
constexpr double kFloorRiseDbPerMs = 0.003;
constexpr double kFloorFallRatio = 0.3;
constexpr int kHangoverMs = 100;

}  // namespace

Result<void> EnergyVad::prepare(SampleRate, const VadParams& params) {
    if (params.frame_ms != 10 && params.frame_ms != 20 && params.frame_ms != 30) {
        return fail(ErrorKind::usage, "the decision interval must be 10, 20 or 30 ms",
                    "vad.frame_ms");
    }
    params_ = params;
    reset();
    return {};
}

void EnergyVad::reset() {
    has_floor_ = false;
    energy_ = 0.0;
    blocks_ = 0;
    hang_ms_ = 0;
    voice_ = false;
}

bool EnergyVad::process(std::span<const float> block) noexcept {
    const double power = dsp::meanSquare(block);
    // NaN would stay in the floor for ever.
    energy_ += power == power ? power : 0.0;
    ++blocks_;
    if (blocks_ * kBlockMs >= params_.frame_ms) {
        decide(dsp::powerDb(energy_ / blocks_), blocks_ * kBlockMs);
        energy_ = 0.0;
        blocks_ = 0;
    }
    return voice_;
}

void EnergyVad::decide(double level_dbfs, int frame_ms) noexcept {
    if (!has_floor_) {
        // Who starts to talk with the first frame must not be taken for the noise.
        floor_dbfs_ = std::min(level_dbfs, params_.threshold_dbfs - kAboveFloorDb);
        has_floor_ = true;
    } else if (level_dbfs < floor_dbfs_) {
        floor_dbfs_ += kFloorFallRatio * (level_dbfs - floor_dbfs_);
    } else {
        floor_dbfs_ = std::min(level_dbfs, floor_dbfs_ + kFloorRiseDbPerMs * frame_ms);
    }
    if (level_dbfs > std::max(params_.threshold_dbfs, floor_dbfs_ + kAboveFloorDb)) {
        hang_ms_ = kHangoverMs;
        voice_ = true;
    } else {
        hang_ms_ -= frame_ms;
        voice_ = voice_ && hang_ms_ > 0;
    }
}

}  // namespace doubletalk::speech
