// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "duplex_support.h"
#include "engine/core/thread_role.h"
#include "engine/dsp/delay_line.h"
#include "engine/duplex/run_collector.h"
#include "engine/duplex/scene_loop.h"
#include "engine/echo/canceller_factory.h"
#include "tests/support/fault_cancellers.h"

namespace doubletalk::test {

/// A healthy engine whose far end comes late: what a wrong alignment does to it.
class LateCanceller final : public echo::Canceller {
public:
    LateCanceller(std::unique_ptr<echo::Canceller> engine, SampleRate rate, double late_ms)
        : engine_(std::move(engine)), late_(std::size_t(rate.blockFrames())) {
        line_.prepare(rate.framesOf(late_ms), rate.blockFrames());
        line_.setDelay(rate.framesOf(late_ms));
    }
    [[nodiscard]] echo::CancellerTraits traits() const override { return engine_->traits(); }
    [[nodiscard]] Result<void> prepare(SampleRate, const echo::EchoParams&) override { return {}; }
    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out, const echo::BlockInfo& info) noexcept override {
        line_.process(far, late_);
        engine_->process(late_, near, out, linear_out, info);
    }
    void reset() override { engine_->reset(); }
    void setParams(const echo::EchoParams& params) noexcept override { engine_->setParams(params); }
    [[nodiscard]] echo::CancellerState state() const noexcept override { return engine_->state(); }

private:
    std::unique_ptr<echo::Canceller> engine_;
    dsp::DelayLine line_;
    std::vector<float> late_;
};

/// Healthy until a block, then faulty: what is broken after the canceller was found ready.
class BreakingCanceller final : public echo::Canceller {
public:
    BreakingCanceller(std::unique_ptr<echo::Canceller> engine, CancellerFault fault,
                      BlockIndex from_block)
        : engine_(std::move(engine)), fault_(fault), from_block_(from_block) {}
    [[nodiscard]] echo::CancellerTraits traits() const override { return engine_->traits(); }
    [[nodiscard]] Result<void> prepare(SampleRate, const echo::EchoParams&) override { return {}; }
    void process(std::span<const float> far, std::span<const float> near, std::span<float> out,
                 std::span<float> linear_out, const echo::BlockInfo& info) noexcept override {
        engine_->process(far, near, out, linear_out, info);
        if (block_++ >= from_block_) fault_.process(far, near, out, linear_out, info);
    }
    void reset() override { engine_->reset(); }
    void setParams(const echo::EchoParams& params) noexcept override { engine_->setParams(params); }
    [[nodiscard]] echo::CancellerState state() const noexcept override { return engine_->state(); }

private:
    std::unique_ptr<echo::Canceller> engine_;
    FaultCanceller fault_;
    BlockIndex from_block_;
    BlockIndex block_ = 0;
};

/// What a run came to.
struct FaultRun {
    nlohmann::json metrics;
    std::vector<Event> events;
};

/// A scene in the closed loop, block by block. prepare gets the loop before block 0 and may put
/// another engine in; after comes behind every block.
struct FaultPlan {
    room::Scene scene;
    std::function<void(duplex::SceneLoop&, const duplex::Settings&)> prepare;
    std::function<void(duplex::SceneLoop&)> after;
};

[[nodiscard]] inline Result<FaultRun> runFault(const FaultPlan& plan) {
    const auto settings = settingsOf(plan.scene);
    if (!settings) return tl::unexpected(settings.error());
    auto material = duplex::prepareScene(plan.scene, *settings);
    if (!material) return tl::unexpected(material.error());
    duplex::RunCollector collector(*settings, material->turns, true);
    for (const auto& item : material->items) {
        collector.item(item.id, item.text, item.samples, settings->stream.rate_hz);
    }
    auto made = duplex::SceneLoop::create(*settings, std::move(*material), plan.scene.seed);
    if (!made) return tl::unexpected(made.error());
    auto& loop = **made;
    if (plan.prepare) plan.prepare(loop, *settings);
    const auto blocks = BlockIndex(plan.scene.duration_s * 100.0 + 0.5);
    for (BlockIndex block = 0; block < blocks; ++block) {
        loop.step();
        if (plan.after) plan.after(loop);
        collector.observe(loop.engine(), loop.input(), 0, loop.played());
    }
    FaultRun run;
    run.metrics = collector.metrics(loop.engine());
    run.events = collector.events();
    return run;
}

/// Puts an engine in before the first block.
inline void putIn(duplex::SceneLoop& loop, std::unique_ptr<echo::Canceller> engine) {
    duplex::Swaps swaps;
    swaps.canceller = std::move(engine);
    loop.engine().uplink().swap(swaps);
}
[[nodiscard]] inline std::unique_ptr<echo::Canceller> healthyEngine(
    const duplex::Settings& settings) {
    auto built = echo::buildCanceller(SampleRate{settings.engine.rate_hz}, settings.echo);
    return built ? std::move(built->canceller) : nullptr;
}

}  // namespace doubletalk::test
