// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/noise/noise_params.h"

#include <array>

#include "engine/noise/reducer_registry.h"

namespace doubletalk::noise {

std::span<const params::ParamRow> noiseParamTable() {
    using params::param;
    using params::ParamApply;
    static constexpr std::array rows = {
        param<&NoiseParams::enabled>(
            {"enabled", "Noise reduction", "",
             "Turns down steady noise after the echo canceller. Off: the canceller's output passes "
             "through."}),
        param<&NoiseParams::reducer>(
            {"reducer", "Reducer", "",
             "Which engine reduces noise. speex is light and adds 10 ms; webrtc adds 6 ms; none "
             "passes through."},
            {}, ParamApply::live, &noiseReducerNames),
        param<&NoiseParams::strength_ratio>(
            {"strength_ratio", "Strength", "",
             "How much of the noise goes: 0 leaves the sound untouched, 1 takes up to 30 dB "
             "(speex) "
             "or 20 dB (webrtc). More costs more of quiet speech; 0.5 to 0.8 suits recognisers."},
            {0.0, 1.0, 0.01}),
    };
    return rows;
}

}  // namespace doubletalk::noise
