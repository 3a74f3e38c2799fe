// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/speech/speech_params.h"

namespace doubletalk::speech {

/// barge_in_headroom_db: the smallest gain on the residual (last 2 s, gated) that would fire the
/// detector, by bisection between -20 and +60 dB to 0.25 dB; 60 when not even that fires. Runs a
/// fresh detector and barge-in rule each time. Thread: speech (never the worker).
[[nodiscard]] Result<double> bargeInHeadroomDb(std::span<const float> residual, SampleRate rate,
                                               const VadParams& vad, const BargeInParams& barge_in);

}  // namespace doubletalk::speech
