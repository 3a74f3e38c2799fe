// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>

#include "engine/flow/node.h"

namespace doubletalk::flow {

/// A processor with one PCM block in and the same block out: the derived class says what happens to
/// it. Holds nothing between blocks. Thread: one at a time. push() and pull() are real-time safe.
class BlockProcessor : public Processor {
public:
    static constexpr EndKind kIn = EndKind::pcm;
    static constexpr EndKind kOut = EndKind::pcm;
    explicit BlockProcessor(std::string name) : name_(std::move(name)) {}
    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    [[nodiscard]] EndKind out() const override { return kOut; }
    /// again: the last block was not pulled yet; eof: already flushed.
    Status push(const Item& item) noexcept override;
    Status pull(Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override { return full_; }
    [[nodiscard]] std::string_view error() const noexcept override { return error_; }
    /// What push() and pull() do to a block. Real-time safe. May change the samples in place, or
    /// point samples at memory of its own.
    virtual void apply(PcmBlock& block) noexcept = 0;

protected:
    /// Clears what the derived class remembers.
    virtual void clear() {}

private:
    std::string name_;
    PcmBlock block_;
    bool full_ = false;
    bool flushed_ = false;
    std::string_view error_;
};

}  // namespace doubletalk::flow
