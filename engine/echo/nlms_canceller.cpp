// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/nlms_canceller.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/core/engine_rate.h"
#include "engine/dsp/pcm16.h"

namespace doubletalk::echo {
namespace {

constexpr float kMu = 0.1F;
constexpr float kEpsilon = 1e-6F;
constexpr int kTaps = NlmsCanceller::kTaps;
/// Mean power of the reference below which nothing is learned: -60 dBFS.
constexpr double kSilentPower = 1e-6;
constexpr double kLeadMs = 4.0;

/// Four floats side by side. Written out because a sum in a fixed order is the same everywhere, and
/// the compiler may not reorder one into vectors by itself.
using Four [[gnu::vector_size(16)]] = float;

Four load(const float* from) noexcept {
    Four value;
    std::memcpy(&value, from, sizeof value);
    return value;
}
void store(float* to, Four value) noexcept { std::memcpy(to, &value, sizeof value); }

/// Applies the last sample's correction (gain times its window) and filters the next window, in one
/// pass over the weights. Windows overlap, the weights do not alias them.
float updateAndFilter(float* __restrict weights, const float* last, float gain,
                      const float* window) noexcept {
    std::array<Four, 4> sums{};
    const Four gains{gain, gain, gain, gain};
    for (int i = 0; i < kTaps; i += 16) {
        for (int lane = 0; lane < 4; ++lane) {
            const int at = i + 4 * lane;
            const Four weight = load(weights + at) + gains * load(last + at);
            store(weights + at, weight);
            sums[std::size_t(lane)] += weight * load(window + at);
        }
    }
    const Four sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

void update(float* __restrict weights, const float* window, float gain) noexcept {
    for (int i = 0; i < kTaps; ++i) weights[i] += gain * window[i];
}

}  // namespace

CancellerTraits NlmsCanceller::traits() const {
    return {.name = "nlms",
            .finds_delay = false,
            .lead_frames = rate_.framesOf(kLeadMs),
            .linear_output = true,
            .decomposes = true};
}

Result<void> NlmsCanceller::prepare(SampleRate rate, const EchoParams&) {
    if (auto checked = checkEngineRate(rate, "echo canceller 'nlms'"); !checked) return checked;
    rate_ = rate;
    const auto block = std::size_t(rate.blockFrames());
    weights_.resize(kTaps);
    history_.resize(kTaps + block);
    estimate_.resize(block);
    near_.resize(block);
    response_.resize(kTaps);
    reset();
    return {};
}

void NlmsCanceller::reset() {
    std::ranges::fill(weights_, 0.0F);
    std::ranges::fill(history_, 0.0F);
    std::ranges::fill(response_, 0.0F);
}

void NlmsCanceller::process(std::span<const float> far, std::span<const float> near,
                            std::span<float> out, std::span<float> linear_out,
                            const BlockInfo& info) noexcept {
    if (info.far_shift_samples != 0) shift(info.far_shift_samples);
    dsp::copySanitized(far, std::span(history_).subspan(kTaps));
    dsp::copySanitized(near, near_);
    if (info.lost) {
        // There was no microphone, so there is no echo to take out either.
        std::ranges::fill(estimate_, 0.0F);
    } else {
        filter(near_, !info.clipped);
    }
    writeOutputs(near_, out, linear_out, info);
    std::copy(history_.end() - kTaps, history_.end(), history_.begin());
}

/// One block: for every sample the estimate with the weights so far, then their correction.
void NlmsCanceller::filter(std::span<const float> near, bool adapt) noexcept {
    double energy = 0.0;  // of the window before the first sample, summed anew so no error grows
    for (int i = 0; i < kTaps; ++i) energy += double(history_[i]) * double(history_[i]);
    float gain = 0.0F;
    for (std::size_t n = 0; n < near.size(); ++n) {
        const float* last = history_.data() + n;
        const float* window = last + 1;
        const float oldest = last[0];
        const float newest = window[kTaps - 1];
        energy += double(newest) * double(newest) - double(oldest) * double(oldest);
        estimate_[n] = updateAndFilter(weights_.data(), last, gain, window);
        const float error = near[n] - estimate_[n];
        gain = adapt && energy > kSilentPower * kTaps
                   ? kMu * error / (kEpsilon + static_cast<float>(energy))
                   : 0.0F;
    }
    update(weights_.data(), history_.data() + near.size(), gain);
}

void NlmsCanceller::writeOutputs(std::span<const float> near, std::span<float> out,
                                 std::span<float> linear_out,
                                 const BlockInfo& info) const noexcept {
    for (std::size_t n = 0; n < near.size(); ++n) out[n] = near[n] - estimate_[n];
    std::copy_n(out.begin(), linear_out.size(), linear_out.begin());
    const Probes& p = info.probes;
    for (std::size_t n = 0; n < std::min(p.echo.size(), p.echo_out.size()); ++n) {
        p.echo_out[n] = p.echo[n] - estimate_[n];
    }
    std::copy_n(p.near.begin(), std::min(p.near.size(), p.near_out.size()), p.near_out.begin());
    std::copy_n(p.noise.begin(), std::min(p.noise.size(), p.noise_out.size()), p.noise_out.begin());
}

/// The far end comes samples later (negative: earlier) than before: its echo lies that much earlier
/// in the response, and what is known of the past moves along.
void NlmsCanceller::shift(int samples) noexcept {
    const auto move = [samples](std::span<float> values, bool towards_end) {
        const auto n = std::min(std::size_t(std::abs(samples)), values.size());
        if (towards_end) {
            std::shift_right(values.begin(), values.end(), std::ptrdiff_t(n));
            std::fill_n(values.begin(), n, 0.0F);
        } else {
            std::shift_left(values.begin(), values.end(), std::ptrdiff_t(n));
            std::fill_n(values.end() - std::ptrdiff_t(n), n, 0.0F);
        }
    };
    // Both lie oldest first: a shorter delay is nearer the end.
    move(weights_, samples > 0);
    move(std::span(history_).first(kTaps), samples > 0);
}

CancellerState NlmsCanceller::state() const noexcept {
    std::ranges::reverse_copy(weights_, response_.begin());
    CancellerState state;
    state.impulse_response = response_;
    return state;
}

}  // namespace doubletalk::echo
