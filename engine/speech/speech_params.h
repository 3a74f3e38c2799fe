// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/params/param_table.h"

namespace doubletalk::speech {

/// Settings of voice activity detection (`vad.*`).
struct VadParams {
    Name detector = "webrtc";
    int aggressiveness = 3;         ///< 0..3 (webrtc)
    int frame_ms = 10;              ///< [ms] 10, 20 or 30
    double threshold_dbfs = -45.0;  ///< [dBFS] level that counts as voice (energy)
};

/// Settings of the segmenter (`segment.*`).
struct SegmentParams {
    int end_ms = 300;       ///< [ms] silence that ends a segment
    int pre_roll_ms = 300;  ///< [ms] audio kept from before its start
};

/// Settings of the barge-in decision (`barge_in.*`).
struct BargeInParams {
    bool enabled = true;
    double trigger_dbfs = -42.0;   ///< [dBFS] level of the output that counts
    int min_speech_ms = 80;        ///< [ms] voice above the trigger before it fires
    double ready_margin_db = 6.0;  ///< [dB] headroom that lets the detector go
    int fade_ms = 5;               ///< [ms] 0..50 ramp to silence; at most what is queued ahead
    bool hard_cut = false;         ///< the device drops what it has queued, without a ramp
};

[[nodiscard]] std::span<const params::ParamRow> vadParamTable();
[[nodiscard]] std::span<const params::ParamRow> segmentParamTable();
[[nodiscard]] std::span<const params::ParamRow> bargeInParamTable();

}  // namespace doubletalk::speech
