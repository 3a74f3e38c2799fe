// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/flow/chain.h"

namespace doubletalk::flow {

/// Nodes in a row, composed at run time and frozen from then on; itself a node with the ends of its
/// first and last one (so a pipeline can be a part of another). By its ends:
/// - both open: push(item), then pull() until again. A push while a node still holds a part of the
///   former item answers again and takes nothing; where every item gives exactly one, a single
///   pull() is enough. After the flush pull() gives the rest and then eof.
/// - starts with a reader: only pull().
/// - ends with a writer: push() carries the item all the way; while the writer is full it answers
///   again, to the flush too, and pull() offers the writer what it refused.
/// - closed (reader to writer): pull() moves one item from the reader to the writer and leaves
///   nothing in item; eof once the writer has been flushed.
/// Thread: one at a time. push() and pull() are real-time safe when those of the nodes are.
class Pipeline final : public Node {
public:
    /// Errors: usage (no node; two neighbours whose ends do not fit, both named with their kinds;
    /// two nodes of one name).
    [[nodiscard]] static Result<std::unique_ptr<Pipeline>> compose(
        std::vector<std::unique_ptr<Node>> nodes, std::string name = "pipeline");

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return chain_.in(); }
    [[nodiscard]] EndKind out() const override { return chain_.out(); }
    /// again: pull first. eof: already flushed. A second flush does nothing.
    Status push(const Item& item) noexcept override;
    Status pull(Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override { return chain_.holdsInput(); }
    [[nodiscard]] std::string_view error() const noexcept override;
    /// What the first node takes; the others are asked block by block.
    [[nodiscard]] int maxChannels() const noexcept override;
    [[nodiscard]] const Error* failure() const noexcept override;
    [[nodiscard]] int waitHintUs() const noexcept override;
    [[nodiscard]] WakeUp* wakeUp() noexcept override;

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] Node& at(std::size_t index) { return *nodes_.at(index); }
    /// The node of that name; null without one.
    [[nodiscard]] Node* find(std::string_view name) noexcept;

private:
    Pipeline(std::vector<std::unique_ptr<Node>> nodes, std::vector<Node*> row, std::string name);

    std::string name_;
    std::vector<std::unique_ptr<Node>> nodes_;
    Chain chain_;
};

}  // namespace doubletalk::flow
