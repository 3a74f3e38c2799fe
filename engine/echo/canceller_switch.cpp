// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/canceller_switch.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/dsp/level.h"

namespace doubletalk::echo {
namespace {

constexpr int kLoudBlocks = 50;       // 0.5 s
constexpr double kLoudRatio = 100.0;  // +20 dB
/// A quieter microphone counts as this (-40 dBFS): an engine that still subtracts the echo of a
/// microphone just muted is learning, not failing.
constexpr double kQuietPower = 1e-4;

}  // namespace

void CancellerSwitch::prepare(SampleRate rate, std::unique_ptr<Canceller> first) {
    active_ = std::move(first);
    old_.reset();
    faded_ = false;
    old_out_.assign(std::size_t(rate.blockFrames()), 0.0F);
    old_linear_.assign(std::size_t(rate.blockFrames()), 0.0F);
    loud_blocks_ = 0;
    failure_ = {};
}

std::unique_ptr<Canceller> CancellerSwitch::swap(std::unique_ptr<Canceller> next) noexcept {
    std::unique_ptr<Canceller> done = std::move(old_);
    old_ = std::exchange(active_, std::move(next));
    faded_ = false;
    loud_blocks_ = 0;
    // A failed engine is not worth a fade: what it says is not sound.
    if (!failure_.empty()) faded_ = true;
    failure_ = {};
    return done;
}

std::unique_ptr<Canceller> CancellerSwitch::takeRetired() noexcept {
    return faded_ ? std::exchange(old_, nullptr) : nullptr;
}

void CancellerSwitch::process(std::span<const float> far, std::span<const float> near,
                              std::span<float> out, std::span<float> linear_out,
                              const BlockInfo& info) noexcept {
    active_->process(far, near, out, linear_out, info);
    watch(near, out, linear_out, info);
    if (!fading()) return;
    BlockInfo without_probes = info;
    without_probes.probes = {};
    const auto linear = std::span(old_linear_).first(linear_out.size());
    old_->process(far, near, old_out_, linear, without_probes);
    fade(old_out_, out);
    if (!linear.empty() && old_->traits().linear_output && active_->traits().linear_output) {
        fade(linear, linear_out);
    }
    faded_ = true;
}

/// A value that is not a number fades in nothing.
void CancellerSwitch::fade(std::span<const float> from, std::span<float> to) const noexcept {
    if (!std::isfinite(dsp::meanSquare(from))) return;
    for (std::size_t i = 0; i < to.size(); ++i) {
        const float share = (float(i) + 0.5F) / float(to.size());
        to[i] = from[i] + share * (to[i] - from[i]);
    }
}

void CancellerSwitch::watch(std::span<const float> near, std::span<float> out,
                            std::span<float> linear_out, const BlockInfo& info) noexcept {
    const double out_power = dsp::meanSquare(out);
    if (!std::isfinite(out_power)) {  // no square of a float is too large for a double
        failure_ = "its output is not a number";
        std::ranges::transform(near, out.begin(),
                               [](float x) { return std::isfinite(x) ? x : 0.0F; });
        if (!linear_out.empty()) std::ranges::copy(out, linear_out.begin());
        return;
    }
    if (info.lost) return;
    const bool loud = out_power > kLoudRatio * std::max(dsp::meanSquare(near), kQuietPower);
    loud_blocks_ = loud ? loud_blocks_ + 1 : 0;
    if (loud_blocks_ >= kLoudBlocks && failure_.empty()) {
        failure_ = "its output is 20 dB louder than the microphone";
    }
}

}  // namespace doubletalk::echo
