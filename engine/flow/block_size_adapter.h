// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/flow/node.h"

namespace doubletalk::flow {

/// What happens to the last, incomplete block at the flush.
enum class FlushMode : std::uint8_t { pad, shorten };

/// Blocks of any size in, blocks of a fixed size out. The aligned reference travels with its
/// frames; flags of a block are those of any part of it. Thread: one at a time. Real-time safe.
class BlockSizeAdapter final : public Processor {
public:
    static constexpr EndKind kIn = EndKind::pcm;
    static constexpr EndKind kOut = EndKind::pcm;
    /// frames: 1 or more.
    explicit BlockSizeAdapter(int frames, FlushMode flush = FlushMode::pad,
                              std::string name = "block_size");
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    [[nodiscard]] EndKind out() const override { return kOut; }
    /// again: pull first, the block before is not used up.
    Status push(const Item& item) noexcept override;
    Status pull(Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override { return !input_.samples.empty(); }
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }

private:
    void fill() noexcept;
    Status give(Item& item, std::size_t frames) noexcept;

    std::string name_;
    FlushMode flush_;
    std::vector<float> samples_;
    std::vector<float> far_;
    std::size_t have_ = 0;
    bool have_far_ = false;
    PcmBlock input_;      ///< what is left of the block pushed last
    PcmBlock collected_;  ///< flags and position of the block being filled
    bool flushed_ = false;
    std::string_view error_;
};

}  // namespace doubletalk::flow
