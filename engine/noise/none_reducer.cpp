// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/noise/none_reducer.h"

#include "engine/core/engine_rate.h"
#include "engine/dsp/pcm16.h"

namespace doubletalk::noise {

Result<void> NoneReducer::prepare(SampleRate rate, const NoiseParams&) {
    return checkEngineRate(rate, "noise reducer 'none'");
}

void NoneReducer::process(std::span<const float> in, std::span<float> out) noexcept {
    dsp::copySanitized(in, out);
}

}  // namespace doubletalk::noise
