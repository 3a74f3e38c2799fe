// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "engine/flow/chain.h"

namespace doubletalk::flow {

/// A node of the dynamic world (a Pipeline, one made by a function) with its ends as a type,
/// checked once when it is wrapped: a part of a TypedPipeline. Thread: that of the node.
template <EndKind In, EndKind Out>
class AnyNode final : public Node {
public:
    static constexpr EndKind kIn = In;
    static constexpr EndKind kOut = Out;

    /// Errors: usage (no node, or one with other ends).
    [[nodiscard]] static Result<std::unique_ptr<AnyNode>> wrap(std::unique_ptr<Node> node) {
        if (node == nullptr) return fail(ErrorKind::usage, "there is no node to wrap");
        if (node->in() != In || node->out() != Out) {
            return fail(ErrorKind::usage,
                        "takes " + std::string(endKindName(node->in())) + " and gives " +
                            std::string(endKindName(node->out())) + ", expected " +
                            std::string(endKindName(In)) + " and " + std::string(endKindName(Out)),
                        std::string(node->name()));
        }
        return std::unique_ptr<AnyNode>(new AnyNode(std::move(node)));
    }

    [[nodiscard]] std::string_view name() const override { return node_->name(); }
    [[nodiscard]] EndKind in() const override { return In; }
    [[nodiscard]] EndKind out() const override { return Out; }
    Status push(const Item& item) noexcept override { return node_->push(item); }
    Status pull(Item& item) noexcept override { return node_->pull(item); }
    void reset() override { node_->reset(); }
    [[nodiscard]] bool holdsInput() const noexcept override { return node_->holdsInput(); }
    [[nodiscard]] std::string_view error() const noexcept override { return node_->error(); }
    [[nodiscard]] int maxChannels() const noexcept override { return node_->maxChannels(); }
    [[nodiscard]] const Error* failure() const noexcept override { return node_->failure(); }
    [[nodiscard]] int waitHintUs() const noexcept override { return node_->waitHintUs(); }
    [[nodiscard]] WakeUp* wakeUp() noexcept override { return node_->wakeUp(); }
    [[nodiscard]] Node& node() noexcept { return *node_; }

private:
    explicit AnyNode(std::unique_ptr<Node> node) : node_(std::move(node)) {}
    std::unique_ptr<Node> node_;
};

}  // namespace doubletalk::flow
