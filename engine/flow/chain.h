// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/flow/writer_end.h"

namespace doubletalk::flow {

/// Moves items through a row of nodes somebody else owns. Pulls are passed back from the last node
/// to the first, so a node is asked for its next item only after its neighbour has used the former
/// one: blocks travel as views, without copies. Thread: one at a time. push() and pull() are
/// real-time safe when those of the nodes are.
class Chain {
public:
    explicit Chain(std::vector<Node*> nodes);
    [[nodiscard]] EndKind in() const { return nodes_.front()->in(); }
    [[nodiscard]] EndKind out() const { return nodes_.back()->out(); }
    /// See Pipeline::push and Pipeline::pull.
    Status push(const Item& item) noexcept;
    Status pull(Item& item) noexcept;
    void reset();
    [[nodiscard]] bool holdsInput() const noexcept;
    /// The node that answered error last; null without one.
    [[nodiscard]] const Node* failed() const noexcept { return failed_; }
    /// Why it did.
    [[nodiscard]] std::string_view error() const noexcept;
    /// The end that answered again last: the reader that had nothing or the writer that was full.
    /// Null before the first.
    [[nodiscard]] Node* waitsFor() const noexcept { return waits_for_; }

private:
    Status pullFrom(std::size_t index, Item& item) noexcept;
    Status pushTo(std::size_t index, const Item& item) noexcept;
    Status pumpToWriter() noexcept;
    Status moveOne() noexcept;

    std::vector<Node*> nodes_;
    std::vector<char> flushed_;  ///< one a node: it has been told that nothing more comes
    WriterEnd end_;              ///< of a row of two or more that ends with a writer
    const Node* failed_ = nullptr;
    bool refused_channels_ = false;
    Node* waits_for_ = nullptr;
};

/// An error naming the first two neighbours whose ends do not fit, or a missing node. Errors:
/// usage.
[[nodiscard]] Result<void> checkEnds(std::span<Node* const> nodes);
[[nodiscard]] std::string_view endKindName(EndKind kind) noexcept;

}  // namespace doubletalk::flow
