// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "engine/flow/pipeline.h"
#include "engine/flow/processors.h"
#include "engine/flow/typed_pipeline.h"
#include "tests/bench/side_by_side.h"

namespace doubletalk::bench {
namespace {

using flow::GainProcessor;
using flow::IdentityProcessor;

/// Small blocks, so that what is between the nodes counts and not what they do.
constexpr std::size_t kFrames = 16;
constexpr int kRepeats = 200;

class Blocks {
public:
    flow::PcmBlock next() noexcept {
        flow::PcmBlock block;
        block.samples = samples_;
        return block;
    }

private:
    std::vector<float> samples_ = std::vector<float>(kFrames, 0.5F);
};

/// Four nodes called one after another by hand: the least that can be.
class ByHand {
public:
    void operator()(int) noexcept {
        for (int i = 0; i < kRepeats; ++i) {
            flow::PcmBlock block = blocks_.next();
            first_->apply(block);
            second_->apply(block);
            third_->apply(block);
            fourth_->apply(block);
            benchmark::DoNotOptimize(block.samples.data());
        }
    }

private:
    Blocks blocks_;
    std::unique_ptr<IdentityProcessor> first_ = std::make_unique<IdentityProcessor>("first");
    std::unique_ptr<GainProcessor> second_ = std::make_unique<GainProcessor>(0.0, "second");
    std::unique_ptr<IdentityProcessor> third_ = std::make_unique<IdentityProcessor>("third");
    std::unique_ptr<GainProcessor> fourth_ = std::make_unique<GainProcessor>(0.0, "fourth");
};

template <class Pipeline>
class Driven {
public:
    explicit Driven(std::unique_ptr<Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}
    void operator()(int) noexcept {
        for (int i = 0; i < kRepeats; ++i) {
            pipeline_->push(blocks_.next());
            pipeline_->pull(item_);
            benchmark::DoNotOptimize(&item_);
        }
    }

private:
    Blocks blocks_;
    std::unique_ptr<Pipeline> pipeline_;
    flow::Item item_;
};

template <class Pipeline>
class Applied {
public:
    explicit Applied(std::unique_ptr<Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}
    void operator()(int) noexcept {
        for (int i = 0; i < kRepeats; ++i) {
            flow::PcmBlock block = blocks_.next();
            pipeline_->apply(block);
            benchmark::DoNotOptimize(block.samples.data());
        }
    }

private:
    Blocks blocks_;
    std::unique_ptr<Pipeline> pipeline_;
};

auto typed() {
    return flow::composeTyped("typed", std::make_unique<IdentityProcessor>("first"),
                              std::make_unique<GainProcessor>(0.0, "second"),
                              std::make_unique<IdentityProcessor>("third"),
                              std::make_unique<GainProcessor>(0.0, "fourth"));
}

auto dynamic() {
    std::vector<std::unique_ptr<flow::Node>> nodes;
    nodes.push_back(std::make_unique<IdentityProcessor>("first"));
    nodes.push_back(std::make_unique<GainProcessor>(0.0, "second"));
    nodes.push_back(std::make_unique<IdentityProcessor>("third"));
    nodes.push_back(std::make_unique<GainProcessor>(0.0, "fourth"));
    return Driven(*flow::Pipeline::compose(std::move(nodes)));
}

// Times are those of 200 blocks of 16 frames through four nodes.

/// ratio: to the dynamic pipeline, both pushed and pulled.
void typedToDynamicPipeline(benchmark::State& state) {
    auto baseline = dynamic();
    Driven subject(typed());
    sideBySide(state, 1, baseline, subject);
}

/// Goal: ratio at most 1.05, so nothing is paid for the composition.
void typedPipelineToCallsByHand(benchmark::State& state) {
    ByHand baseline;
    Applied subject(typed());
    sideBySide(state, 1, baseline, subject);
}

/// What pushing and pulling items costs beside applying them.
void pushAndPullToCallsByHand(benchmark::State& state) {
    ByHand baseline;
    Driven subject(typed());
    sideBySide(state, 1, baseline, subject);
}

BENCHMARK(typedToDynamicPipeline)->UseManualTime()->Iterations(200);
BENCHMARK(typedPipelineToCallsByHand)->UseManualTime()->Iterations(200);
BENCHMARK(pushAndPullToCallsByHand)->UseManualTime()->Iterations(200);

}  // namespace
}  // namespace doubletalk::bench
