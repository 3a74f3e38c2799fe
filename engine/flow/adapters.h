// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/flow/block_processor.h"

namespace doubletalk::flow {

/// Makes any stage with process(in, out) a node: fn(stage, block, out) fills out from block.samples
/// (same length) and may change the block's flags; the block leaves with its samples in out, a
/// buffer of the node. The stage belongs to somebody else and is exchanged by pointer at a block
/// edge. Blocks longer than max_frames go through in parts of at most that. Thread: worker.
template <class Stage, class Fn>
class StageNode final : public BlockProcessor {
    static_assert(std::is_nothrow_invocable_v<Fn&, Stage&, PcmBlock&, std::span<float>>,
                  "fn(Stage&, PcmBlock&, std::span<float> out) must be noexcept");

public:
    StageNode(std::string name, Stage& stage, Fn fn, int max_frames = kMaxBlockFrames)
        : BlockProcessor(std::move(name)),
          stage_(&stage),
          fn_(std::move(fn)),
          out_(std::size_t(max_frames)) {}
    void setStage(Stage& stage) noexcept { stage_ = &stage; }
    [[nodiscard]] Stage& stage() noexcept { return *stage_; }
    void apply(PcmBlock& block) noexcept override {
        if (block.samples.size() <= out_.size()) {
            const auto out = std::span(out_).first(block.samples.size());
            fn_(*stage_, block, out);
            block.samples = out;
            return;
        }
        const PcmBlock whole = block;
        for (std::size_t at = 0; at < whole.samples.size(); at += out_.size()) {
            const auto n = std::min(out_.size(), whole.samples.size() - at);
            PcmBlock part = block;
            part.samples = whole.samples.subspan(at, n);
            part.first_frame = whole.first_frame + std::int64_t(at);
            if (!whole.far.empty()) part.far = whole.far.subspan(at, n);
            if (!whole.linear.empty()) part.linear = whole.linear.subspan(at, n);
            if (at > 0) part.far_shift_samples = 0;
            const auto out = std::span(out_).first(n);
            fn_(*stage_, part, out);
            std::copy(out.begin(), out.end(), part.samples.begin());
            block.lost = block.lost || part.lost;
            block.concealed = block.concealed || part.concealed;
            block.clipped = block.clipped || part.clipped;
        }
    }

private:
    Stage* stage_;
    Fn fn_;
    std::vector<float> out_;
};

/// The same for what works on the block itself (taps, meters, detectors): fn(stage, block).
template <class Stage, class Fn>
class InPlaceNode final : public BlockProcessor {
    static_assert(std::is_nothrow_invocable_v<Fn&, Stage&, PcmBlock&>,
                  "fn(Stage&, PcmBlock&) must be noexcept");

public:
    InPlaceNode(std::string name, Stage& stage, Fn fn)
        : BlockProcessor(std::move(name)), stage_(&stage), fn_(std::move(fn)) {}
    void setStage(Stage& stage) noexcept { stage_ = &stage; }
    [[nodiscard]] Stage& stage() noexcept { return *stage_; }
    void apply(PcmBlock& block) noexcept override { fn_(*stage_, block); }

private:
    Stage* stage_;
    Fn fn_;
};

/// A reader out of a function: fn(item) answers like pull(). Thread: one at a time.
template <class Fn>
class SourceNode final : public Reader {
    static_assert(std::is_nothrow_invocable_r_v<Status, Fn&, Item&>,
                  "Status fn(Item&) must be noexcept");

public:
    SourceNode(std::string name, EndKind out, Fn fn)
        : name_(std::move(name)), out_(out), fn_(std::move(fn)) {}
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind out() const override { return out_; }
    Status pull(Item& item) noexcept override {
        const Status status = fn_(item);
        if (status != Status::ok) item = std::monostate{};
        return status;
    }
    void reset() override {}

private:
    std::string name_;
    EndKind out_;
    Fn fn_;
};

/// A writer out of a function: fn(item) answers like push(), nothing = flush.
template <class Fn>
class SinkNode final : public Writer {
    static_assert(std::is_nothrow_invocable_r_v<Status, Fn&, const Item&>,
                  "Status fn(const Item&) must be noexcept");

public:
    SinkNode(std::string name, EndKind in, Fn fn)
        : name_(std::move(name)), in_(in), fn_(std::move(fn)) {}
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return in_; }
    Status push(const Item& item) noexcept override { return fn_(item); }
    void reset() override {}

private:
    std::string name_;
    EndKind in_;
    Fn fn_;
};

template <class Stage, class Fn>
[[nodiscard]] std::unique_ptr<StageNode<Stage, Fn>> makeStageNode(
    std::string name, Stage& stage, Fn fn, int max_frames = kMaxBlockFrames) {
    return std::make_unique<StageNode<Stage, Fn>>(std::move(name), stage, std::move(fn),
                                                  max_frames);
}

template <class Stage, class Fn>
[[nodiscard]] std::unique_ptr<InPlaceNode<Stage, Fn>> makeInPlaceNode(std::string name,
                                                                      Stage& stage, Fn fn) {
    return std::make_unique<InPlaceNode<Stage, Fn>>(std::move(name), stage, std::move(fn));
}

template <class Fn>
[[nodiscard]] std::unique_ptr<SourceNode<Fn>> makeSourceNode(std::string name, EndKind out, Fn fn) {
    return std::make_unique<SourceNode<Fn>>(std::move(name), out, std::move(fn));
}

template <class Fn>
[[nodiscard]] std::unique_ptr<SinkNode<Fn>> makeSinkNode(std::string name, EndKind in, Fn fn) {
    return std::make_unique<SinkNode<Fn>>(std::move(name), in, std::move(fn));
}

}  // namespace doubletalk::flow
