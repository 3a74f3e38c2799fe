// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/chain.h"

#include <algorithm>

namespace doubletalk::flow {
namespace {

constexpr bool isNothing(const Item& item) { return item.index() == 0; }

}  // namespace

std::string_view endKindName(EndKind kind) noexcept {
    switch (kind) {
        case EndKind::none:
            return "none";
        case EndKind::pcm:
            return "PCM";
        case EndKind::packet:
            return "packets";
    }
    return "?";
}

Result<void> checkEnds(std::span<Node* const> nodes) {
    if (nodes.empty()) return fail(ErrorKind::usage, "a pipeline needs at least one node");
    for (const Node* node : nodes) {
        if (node == nullptr) return fail(ErrorKind::usage, "a node of the pipeline is missing");
    }
    for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
        const Node& left = *nodes[i];
        const Node& right = *nodes[i + 1];
        if (left.out() == right.in() && left.out() != EndKind::none) continue;
        return fail(ErrorKind::usage,
                    "'" + std::string(left.name()) + "' gives " +
                        std::string(endKindName(left.out())) + ", but '" +
                        std::string(right.name()) + "' after it takes " +
                        std::string(endKindName(right.in())),
                    {}, "put a packetizer or depacketizer between PCM and packets");
    }
    return {};
}

Chain::Chain(std::vector<Node*> nodes) : nodes_(std::move(nodes)), flushed_(nodes_.size(), 0) {}

Status Chain::pushTo(std::size_t index, const Item& item) noexcept {
    if (isNothing(item)) {
        if (flushed_[index] != 0) return Status::ok;
        flushed_[index] = 1;
    }
    refused_channels_ = !takesChannels(*nodes_[index], item);
    const Status status = refused_channels_ ? Status::error : nodes_[index]->push(item);
    if (status == Status::error) failed_ = nodes_[index];
    if (status == Status::again && isNothing(item)) flushed_[index] = 0;
    return status;
}

Status Chain::pullFrom(std::size_t index, Item& item) noexcept {
    Node& node = *nodes_[index];
    for (;;) {
        const Status status = node.pull(item);
        if (status == Status::error) failed_ = &node;
        if (status == Status::again && index == 0) waits_for_ = &node;
        if (status != Status::again || index == 0) return status;
        // Asked for more: everything the node had is used up, so its neighbour may be asked again.
        if (flushed_[index] != 0) return Status::again;
        const Status before = pullFrom(index - 1, item);
        if (before == Status::again || before == Status::error) return before;
        if (before == Status::eof) item = std::monostate{};
        if (pushTo(index, item) != Status::ok) {
            // A node that asked for more and then refuses it would lose audio without a trace.
            failed_ = &node;
            return Status::error;
        }
    }
}

Status Chain::moveOne() noexcept {
    Node& writer = *nodes_.back();
    const std::size_t source = nodes_.size() - 2;
    const Status status =
        end_.move([this, source](Item& item) { return pullFrom(source, item); }, writer);
    if (status == Status::again && end_.blamesWriter()) waits_for_ = &writer;
    if (status == Status::error && end_.blamesWriter()) failed_ = &writer;
    return status;
}

std::string_view Chain::error() const noexcept {
    if (failed_ == nullptr) return {};
    const bool channels = refused_channels_ || end_.refusedChannels();
    return channels ? kTooManyChannels : failed_->error();
}

Status Chain::pumpToWriter() noexcept {
    for (;;) {
        const Status status = moveOne();
        if (status == Status::again || status == Status::eof) return Status::ok;
        if (status == Status::error) return status;
    }
}

bool Chain::holdsInput() const noexcept {
    return end_.holds() || std::any_of(nodes_.begin(), nodes_.end(),
                                       [](const Node* node) { return node->holdsInput(); });
}

Status Chain::push(const Item& item) noexcept {
    if (in() == EndKind::none) return Status::error;
    const bool to_writer = out() == EndKind::none && nodes_.size() > 1;
    // A writer that was full may take now what it refused before.
    if (to_writer && pumpToWriter() == Status::error) return Status::error;
    if (flushed_[0] != 0) {
        if (!isNothing(item)) return Status::eof;
        return end_.flushed() || !to_writer ? Status::ok : Status::again;
    }
    if (!isNothing(item) && holdsInput()) return Status::again;
    const Status status = pushTo(0, item);
    if (status != Status::ok || !to_writer) return status;
    if (pumpToWriter() == Status::error) return Status::error;
    return isNothing(item) && !end_.flushed() ? Status::again : Status::ok;
}

Status Chain::pull(Item& item) noexcept {
    if (out() != EndKind::none) {
        const Status status = pullFrom(nodes_.size() - 1, item);
        if (status != Status::ok) item = std::monostate{};
        return status;
    }
    item = std::monostate{};
    // A chain that ends with a writer gives nothing. With the reader it moves, else it offers the
    // writer again what that refused.
    if (in() == EndKind::none) return moveOne();
    if (nodes_.size() == 1) return Status::again;
    return pumpToWriter() == Status::error ? Status::error : Status::again;
}

void Chain::reset() {
    for (Node* node : nodes_) node->reset();
    std::fill(flushed_.begin(), flushed_.end(), char(0));
    end_.reset();
    failed_ = nullptr;
    refused_channels_ = false;
    waits_for_ = nullptr;
}

}  // namespace doubletalk::flow
