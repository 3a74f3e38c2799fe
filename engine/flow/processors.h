// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>

#include "engine/flow/block_processor.h"

namespace doubletalk::flow {

/// Passes items of one kind on untouched: the very buffer that came in goes out.
/// Thread: one at a time. Real-time safe.
class IdentityNode final : public Processor {
public:
    explicit IdentityNode(EndKind kind, std::string name = "identity")
        : name_(std::move(name)), kind_(kind) {}
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kind_; }
    [[nodiscard]] EndKind out() const override { return kind_; }
    Status push(const Item& item) noexcept override;
    Status pull(Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override { return item_.index() != 0; }
    [[nodiscard]] int maxChannels() const noexcept override { return kAnyChannels; }
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }

private:
    std::string name_;
    EndKind kind_;
    Item item_;
    bool flushed_ = false;
    std::string_view error_;
};

/// A processor that changes nothing: the null element of a processing chain.
class IdentityProcessor final : public BlockProcessor {
public:
    explicit IdentityProcessor(std::string name = "identity") : BlockProcessor(std::move(name)) {}
    void apply(PcmBlock&) noexcept override {}
    [[nodiscard]] int maxChannels() const noexcept override { return kAnyChannels; }
};

/// Multiplies by a gain; a new gain is reached over one block, so that it does not click.
class GainProcessor final : public BlockProcessor {
public:
    explicit GainProcessor(double gain_db = 0.0, std::string name = "gain");
    /// Any thread; takes effect with the next block.
    void setGainDb(double gain_db) noexcept;
    void apply(PcmBlock& block) noexcept override;

private:
    void clear() override;

    std::atomic<float> wanted_;
    float now_;
};

/// Adds a second source to the blocks that pass: pulls it for as many frames as each block has,
/// whatever its own block size. Silence where the source has nothing (counted) or has ended.
class MixProcessor final : public BlockProcessor {
public:
    /// second: nothing in, PCM out, at the rate of the blocks that pass.
    /// Errors: usage (another kind of node).
    [[nodiscard]] static Result<std::unique_ptr<MixProcessor>> create(std::unique_ptr<Node> second,
                                                                      double gain_db = 0.0,
                                                                      std::string name = "mix");
    [[nodiscard]] std::int64_t missingFrames() const noexcept { return missing_frames_; }
    [[nodiscard]] Node& second() noexcept { return *second_; }
    void apply(PcmBlock& block) noexcept override;

private:
    MixProcessor(std::unique_ptr<Node> second, double gain_db, std::string name);
    void clear() override;

    std::unique_ptr<Node> second_;
    float gain_;
    std::span<const float> rest_;  ///< of the second source's last block
    bool ended_ = false;
    std::int64_t missing_frames_ = 0;
};

}  // namespace doubletalk::flow
