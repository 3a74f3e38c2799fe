// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/uplink.h"

#include <algorithm>
#include <cmath>

#include "engine/echo/canceller_factory.h"
#include "engine/flow/adapters.h"
#include "engine/noise/reducer_registry.h"

namespace doubletalk::duplex {
namespace {

constexpr float kClipLevel = 0.999F;

}  // namespace

Result<void> Uplink::prepare(const Settings& settings) {
    rate_ = SampleRate{settings.engine.rate_hz};
    echo_enabled_ = settings.echo.enabled;
    noise_enabled_ = settings.noise.enabled;
    if (auto ok = reference_.prepare(rate_, settings.echo); !ok) return ok;
    auto built = echo::buildCanceller(rate_, settings.echo);
    if (!built) return tl::unexpected(built.error());
    reason_ = Name(built->reason);
    canceller_.prepare(rate_, std::move(built->canceller));
    lookAtCanceller();
    auto reducer = noise::createNoiseReducer(settings.noise.reducer);
    if (!reducer) return tl::unexpected(reducer.error());
    reducer_ = std::move(*reducer);
    if (auto ok = reducer_->prepare(rate_, settings.noise); !ok) return ok;

    const auto block = std::size_t(rate_.blockFrames());
    near_.assign(block, 0.0F);
    linear_.assign(block, 0.0F);
    out_.assign(block, 0.0F);
    clean_.assign(block, 0.0F);

    std::vector<std::unique_ptr<flow::Node>> nodes;
    nodes.push_back(flow::makeStageNode(
        "canceller", *this, [](Uplink& self, flow::PcmBlock& audio, std::span<float> out) noexcept {
            self.cancel(audio, out);
        }));
    nodes.push_back(flow::makeStageNode(
        "noise", *this, [](Uplink& self, flow::PcmBlock& audio, std::span<float> out) noexcept {
            self.reduce(audio, out);
        }));
    auto pipeline = flow::Pipeline::compose(std::move(nodes), "uplink");
    if (!pipeline) return tl::unexpected(pipeline.error());
    pipeline_ = std::move(*pipeline);
    return {};
}

void Uplink::lookAtCanceller() noexcept {
    traits_ = canceller_.active()->traits();
    const auto state = canceller_.active()->state();
    lags_ = {.linear_frames = state.linear_lag_frames, .out_frames = state.lag_frames};
}

void Uplink::setParams(const Settings& settings) noexcept {
    echo_enabled_ = settings.echo.enabled;
    noise_enabled_ = settings.noise.enabled;
    reference_.setParams(settings.echo);
    canceller_.active()->setParams(settings.echo);
    lookAtCanceller();
    reducer_->setParams(settings.noise);
}

void Uplink::reset() {
    reference_.reset();
    canceller_.active()->reset();
    reducer_->reset();
    pipeline_->reset();
}

void Uplink::swap(Swaps& swaps) noexcept {
    if (swaps.canceller) {
        swaps.canceller = canceller_.swap(std::move(swaps.canceller));
        lookAtCanceller();
        reason_ = swaps.canceller_reason;
    }
    if (swaps.reducer) std::swap(reducer_, swaps.reducer);
}

void Uplink::cancel(flow::PcmBlock& block, std::span<float> out) noexcept {
    info_.lost = block.lost;
    info_.concealed = block.concealed;
    info_.clipped = block.clipped;
    info_.far_shift_samples = block.far_shift_samples;
    canceller_.process(block.far, block.samples, out, block.linear, info_);
    if (!echo_enabled_) std::copy(block.samples.begin(), block.samples.end(), out.begin());
    std::copy(out.begin(), out.end(), out_.begin());
}

void Uplink::reduce(flow::PcmBlock& block, std::span<float> out) noexcept {
    reducer_->process(block.samples, out);
    if (!noise_enabled_) std::copy(block.samples.begin(), block.samples.end(), out.begin());
}

void Uplink::process(const BlockInput& input, std::span<const float> near,
                     bool far_concealed) noexcept {
    clipped_ = false;
    for (std::size_t i = 0; i < near_.size(); ++i) {
        // A device or file may bring values that are no numbers; they would stay in every filter.
        const float sample = std::isfinite(near[i]) ? near[i] : 0.0F;
        clipped_ |= std::abs(sample) >= kClipLevel;
        near_[i] = sample;
    }
    reference_.push(input.playback);
    reference_.process(input.block * rate_.blockFrames(), near_, traits_);
    if (!traits_.linear_output) std::fill(linear_.begin(), linear_.end(), 0.0F);

    flow::PcmBlock block{.samples = near_, .rate = rate_};
    block.first_frame = input.block * rate_.blockFrames();
    block.far = reference_.far();
    block.linear = traits_.linear_output ? std::span(linear_) : std::span<float>();
    block.lost = input.lost;
    block.concealed = far_concealed;
    block.clipped = clipped_;
    block.far_shift_samples = reference_.shiftChange();
    info_.far_ratio = reference_.ratio();
    pipeline_->push(block);
    flow::Item item;
    if (pipeline_->pull(item) != flow::Status::ok) return;
    const auto& done = std::get<flow::PcmBlock>(item);
    std::copy(done.samples.begin(), done.samples.end(), clean_.begin());
}

}  // namespace doubletalk::duplex
