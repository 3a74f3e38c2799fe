// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/none_canceller.h"

#include <algorithm>

#include "engine/core/engine_rate.h"
#include "engine/dsp/pcm16.h"

namespace doubletalk::echo {
namespace {

void pass(std::span<const float> in, std::span<float> out) noexcept {
    std::copy_n(in.begin(), std::min(in.size(), out.size()), out.begin());
}

}  // namespace

CancellerTraits NoneCanceller::traits() const {
    return {.name = "none",
            .finds_delay = false,
            .lead_frames = 0,
            .linear_output = true,
            .decomposes = true};
}

Result<void> NoneCanceller::prepare(SampleRate rate, const EchoParams&) {
    return checkEngineRate(rate, "echo canceller 'none'");
}

void NoneCanceller::process(std::span<const float>, std::span<const float> near,
                            std::span<float> out, std::span<float> linear_out,
                            const BlockInfo& info) noexcept {
    dsp::copySanitized(near, out);
    pass(out, linear_out);
    pass(info.probes.echo, info.probes.echo_out);
    pass(info.probes.near, info.probes.near_out);
    pass(info.probes.noise, info.probes.noise_out);
}

}  // namespace doubletalk::echo
