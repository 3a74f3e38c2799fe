// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/truth_taps.h"

#include <algorithm>

#include "engine/dsp/level.h"
#include "engine/echo/canceller_registry.h"

namespace doubletalk::duplex {
namespace {

/// A canceller was exchanged in this block.
bool exchanged(const BlockLoop& loop) {
    return std::ranges::any_of(loop.events(), [&](const Event& event) {
        const bool kind =
            event.kind == EventKind::engine_changed || event.kind == EventKind::engine_fallback;
        return kind && event.text == loop.uplink().traits().name;
    });
}

/// The parameters with the name of the engine that runs, which may be a fallback.
echo::EchoParams running(const BlockLoop& loop) {
    auto params = loop.settings().echo;
    const auto name = loop.uplink().traits().name;
    const auto known = echo::cancellerNames();
    if (std::ranges::find(known, name) != known.end()) params.canceller = Name(name);
    return params;
}

void append(std::vector<float>& to, std::span<const float> from) {
    to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

void TruthTaps::add(const BlockLoop& loop, const BlockInput& input) {
    rate = SampleRate{loop.settings().engine.rate_hz};
    const auto& uplink = loop.uplink();
    const auto& reference = uplink.reference();
    const auto params = running(loop);
    const auto block = BlockIndex(blocks.size());
    const bool fresh = engines.empty() || exchanged(loop);
    if (fresh || engines.back().params != params) engines.push_back({block, params, fresh});
    for (const auto& event : loop.events()) {
        if (event.kind == EventKind::echo_path_changed) path_changes.push_back(block);
    }
    const auto lags = uplink.cancellerLags();
    blocks.push_back({.info = uplink.cancellerInfo(),
                      .far_power = dsp::meanSquare(reference.echoAligned()),
                      .linear_lag_frames = lags.linear_frames,
                      .out_lag_frames = lags.out_frames});
    linear_there = linear_there && uplink.hasLinear();
    append(far, reference.far());
    append(near, uplink.near());
    append(linear, uplink.linear());
    append(out, uplink.out());
    append(echo, input.truth.echo);
    append(speech, input.truth.speech);
    append(noise, input.truth.noise);
}

bool SecondInstance::follow() {
    while (next_span_ < taps_.engines.size() &&
           taps_.engines[next_span_].from <= BlockIndex(block_)) {
        const auto& span = taps_.engines[next_span_++];
        bypass_ = !span.params.enabled;
        if (engine_ && !span.fresh) {
            engine_->setParams(span.params);
            continue;
        }
        auto built = echo::buildCanceller(taps_.rate, span.params, create_);
        if (!built) return false;
        engine_ = std::move(built->canceller);
    }
    return engine_ != nullptr;
}

bool SecondInstance::process(const Io& io) {
    if (!follow()) return false;
    auto info = taps_.blocks[block_++].info;
    info.probes = io.probes;
    const bool has_linear = engine_->traits().linear_output;
    engine_->process(io.far, io.near, io.out, has_linear ? io.linear : std::span<float>(), info);
    if (!has_linear) std::ranges::copy(io.out, io.linear.begin());
    bypassed_.push_back(bypass_);
    if (!bypass_) return true;
    // Passed by in the run: the microphone is the output.
    std::ranges::copy(io.near, io.out.begin());
    std::ranges::copy(io.probes.echo, io.probes.echo_out.begin());
    return true;
}

}  // namespace doubletalk::duplex
