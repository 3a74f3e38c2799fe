// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "engine/flow/adapters.h"
#include "engine/flow/async_pipeline.h"
#include "engine/flow/processors.h"

namespace doubletalk::flow {

/// The n-th block of a stream: its samples and its place say which one it is.
struct Numbered {
    explicit Numbered(std::int64_t n, std::size_t frames = 4) : samples(frames, float(n)) {
        block.samples = samples;
        block.first_frame = n;
    }
    std::vector<float> samples;
    PcmBlock block;
};

inline std::int64_t numberOf(const Item& item) {
    const auto* block = std::get_if<PcmBlock>(&item);
    if (block == nullptr || block->samples.empty()) return -1;
    for (const float x : block->samples) {
        if (x != float(block->first_frame)) return -1;
    }
    return block->first_frame;
}

/// Fails at the block of this number.
inline std::unique_ptr<Node> failingAt(std::int64_t number) {
    class Failing final : public Processor {
    public:
        explicit Failing(std::int64_t at) : at_(at) {}
        [[nodiscard]] std::string_view name() const override { return "failing"; }
        [[nodiscard]] EndKind in() const override { return EndKind::pcm; }
        [[nodiscard]] EndKind out() const override { return EndKind::pcm; }
        Status push(const Item& item) noexcept override {
            if (numberOf(item) != at_) return inner_.push(item);
            // Whoever pushes meanwhile is asleep by then.
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            return Status::error;
        }
        Status pull(Item& item) noexcept override { return inner_.pull(item); }
        void reset() override { inner_.reset(); }
        [[nodiscard]] bool holdsInput() const noexcept override { return inner_.holdsInput(); }
        [[nodiscard]] std::string_view error() const noexcept override { return "it was to fail"; }

    private:
        std::int64_t at_;
        IdentityProcessor inner_;
    };
    return std::make_unique<Failing>(number);
}

/// A writer that takes nothing until it is let go.
class Gate {
public:
    std::unique_ptr<Node> writer() {
        return makeSinkNode("gate", EndKind::pcm, [this](const Item& item) noexcept {
            if (!open.load()) return Status::again;
            if (item.index() != 0) taken.fetch_add(1);
            return Status::ok;
        });
    }
    std::atomic<bool> open{false};
    std::atomic<int> taken{0};
};

}  // namespace doubletalk::flow
