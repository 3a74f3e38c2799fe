// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/jitter_params.h"

#include <array>

#include "engine/jitter/concealer_registry.h"
#include "engine/jitter/jitter_buffer_registry.h"

namespace doubletalk::jitter {

using params::param;
using params::ParamApply;
using params::ParamRow;

std::span<const ParamRow> jitterParamTable() {
    static const std::array kTable = {
        param<&JitterParams::enabled>({"enabled", "Jitter buffer", "",
                                       "Off plays packets as they come: every late one is lost. "
                                       "Leave it on outside experiments."}),
        param<&JitterParams::buffer>(
            {"buffer", "Buffer", "",
             "fixed keeps one delay, speexdsp weighs delay against late packets, adaptive follows "
             "the delay variation and comes down after a spike."},
            {}, ParamApply::live, &jitterBufferNames),
        param<&JitterParams::target_ms>(
            {"target_ms", "Target delay", "ms",
             "Delay the fixed buffer keeps and the adaptive one starts with; 60 to 100 ms suit "
             "most networks."},
            {0, 2000, 1}),
        param<&JitterParams::min_ms>({"min_ms", "Smallest target", "ms",
                                      "The adaptive buffer never aims below this; below 40 ms "
                                      "nothing is gained for the listener. Set above the largest "
                                      "while it runs, the largest counts."},
                                     {0, 2000, 1}),
        param<&JitterParams::max_ms>({"max_ms", "Largest target", "ms",
                                      "The adaptive buffer never aims above this and skips audio "
                                      "that would come later; above 200 ms talk gets hard."},
                                     {0, 2000, 1}),
    };
    return kTable;
}

std::span<const ParamRow> lossParamTable() {
    static const std::array kTable = {
        param<&LossParams::enabled>({"enabled", "Loss concealment", "",
                                     "Off plays silence where a packet is missing, which "
                                     "recognisers and listeners take for a pause."}),
        param<&LossParams::concealer>(
            {"concealer", "Concealer", "",
             "repeat goes on with the last pitch period and fades; silence is the floor to "
             "compare with."},
            {}, ParamApply::live, &concealerNames),
    };
    return kTable;
}

}  // namespace doubletalk::jitter
