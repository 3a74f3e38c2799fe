// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/pipeline.h"

#include <utility>

namespace doubletalk::flow {

Result<std::unique_ptr<Pipeline>> Pipeline::compose(std::vector<std::unique_ptr<Node>> nodes,
                                                    std::string name) {
    std::vector<Node*> row;
    row.reserve(nodes.size());
    for (const auto& node : nodes) row.push_back(node.get());
    if (auto ok = checkEnds(row); !ok) {
        auto error = ok.error();
        error.where = name;
        return tl::unexpected(std::move(error));
    }
    for (std::size_t i = 0; i < row.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (row[i]->name() != row[j]->name()) continue;
            return fail(ErrorKind::usage,
                        "two nodes are called '" + std::string(row[i]->name()) + "'", name,
                        "give every node a name of its own");
        }
    }
    return std::unique_ptr<Pipeline>(
        new Pipeline(std::move(nodes), std::move(row), std::move(name)));
}

Pipeline::Pipeline(std::vector<std::unique_ptr<Node>> nodes, std::vector<Node*> row,
                   std::string name)
    : name_(std::move(name)), nodes_(std::move(nodes)), chain_(std::move(row)) {}

Status Pipeline::push(const Item& item) noexcept { return chain_.push(item); }
Status Pipeline::pull(Item& item) noexcept { return chain_.pull(item); }
void Pipeline::reset() { chain_.reset(); }

std::string_view Pipeline::error() const noexcept { return chain_.error(); }

int Pipeline::maxChannels() const noexcept { return nodes_.front()->maxChannels(); }

const Error* Pipeline::failure() const noexcept {
    const Node* failed = chain_.failed();
    return failed == nullptr ? nullptr : failed->failure();
}

int Pipeline::waitHintUs() const noexcept {
    const Node* node = chain_.waitsFor();
    return node == nullptr ? 0 : node->waitHintUs();
}

WakeUp* Pipeline::wakeUp() noexcept {
    Node* node = chain_.waitsFor();
    return node == nullptr ? nullptr : node->wakeUp();
}

Node* Pipeline::find(std::string_view name) noexcept {
    for (const auto& node : nodes_) {
        if (node->name() == name) return node.get();
    }
    return nullptr;
}

}  // namespace doubletalk::flow
