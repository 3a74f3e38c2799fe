// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "engine/flow/block_processor.h"
#include "engine/flow/writer_end.h"

namespace doubletalk::flow {

/// A node whose ends are known at compile time. One whose ends are not goes through AnyNode.
template <class T>
concept TypedNode = std::derived_from<T, Node> && requires {
    { T::kIn } -> std::convertible_to<EndKind>;
    { T::kOut } -> std::convertible_to<EndKind>;
};

/// A node whose push() and pull() do no more than apply(block): one block in, the same one out,
/// nothing held between blocks.
template <class T>
concept BlockNode = TypedNode<T> && T::kIn == EndKind::pcm&& T::kOut ==
                    EndKind::pcm&& requires(T& node, PcmBlock& block) {
    { node.apply(block) }
    noexcept;
};

/// What the left node gives is what the right one takes.
template <class Left, class Right>
concept Neighbours =
    TypedNode<Left> && TypedNode<Right> && Left::kOut == Right::kIn&& Left::kOut != EndKind::none;

namespace detail {

template <class Left, class Right>
struct CheckNeighbours {
    static_assert(Neighbours<Left, Right>,
                  "the ends of two neighbours do not fit: what Left gives (kOut) is not what Right "
                  "takes (kIn); put a packetizer or depacketizer between PCM and packets");
    static constexpr bool kFit = Neighbours<Left, Right>;
};

template <class First, class... Rest>
struct Row {
    static constexpr bool kFits = true;
    using Last = First;
    static constexpr bool check() { return true; }
};
template <class First, class Second, class... Rest>
struct Row<First, Second, Rest...> {
    static constexpr bool kFits = Neighbours<First, Second> && Row<Second, Rest...>::kFits;
    using Last = typename Row<Second, Rest...>::Last;
    static constexpr bool check() {
        return CheckNeighbours<First, Second>::kFit && Row<Second, Rest...>::check();
    }
};

}  // namespace detail

/// Nodes that make a TypedPipeline.
template <class... Nodes>
concept Composable = sizeof...(Nodes) > 0 &&
                     (TypedNode<Nodes> && ...) && detail::Row<Nodes...>::kFits;

/// Nodes in a row, composed at compile time: ends that do not fit do not compile, calls of final
/// nodes are direct, and block nodes are applied to the passing block without being pushed and
/// pulled. Behaves like Pipeline, is itself a node (so it can be a part of one, and of another
/// typed pipeline), and takes parts of the dynamic world through AnyNode. Thread: one at a time.
/// push() and pull() are real-time safe when those of the nodes are.
template <class... Nodes>
class TypedPipeline final : public Node {
    static_assert(sizeof...(Nodes) > 0, "a pipeline needs at least one node");
    static_assert((std::derived_from<Nodes, Node> && ...), "every part must be a flow::Node");
    static_assert((TypedNode<Nodes> && ...),
                  "a node does not know its ends at compile time (kIn, kOut): wrap it in AnyNode");
    static_assert(detail::Row<Nodes...>::check());

    template <std::size_t I>
    using At = std::tuple_element_t<I, std::tuple<Nodes...>>;
    static constexpr std::size_t kLast = sizeof...(Nodes) - 1;

public:
    static constexpr EndKind kIn = At<0>::kIn;
    static constexpr EndKind kOut = At<kLast>::kOut;

    /// No node may be null.
    explicit TypedPipeline(std::string name, std::unique_ptr<Nodes>... nodes)
        : name_(std::move(name)), nodes_(std::move(nodes)...) {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] EndKind in() const override { return kIn; }
    [[nodiscard]] EndKind out() const override { return kOut; }
    Status push(const Item& item) noexcept override;
    Status pull(Item& item) noexcept override;
    void reset() override;
    [[nodiscard]] bool holdsInput() const noexcept override {
        return end_.holds() || input_.index() != 0 ||
               std::apply([](const auto&... node) { return (node->holdsInput() || ...); }, nodes_);
    }
    [[nodiscard]] std::string_view error() const noexcept override {
        if (wrong_kind_) return kIn == EndKind::pcm ? "takes PCM blocks" : "takes packets";
        if (refused_channels_ || end_.refusedChannels()) return kTooManyChannels;
        return failed_ == nullptr ? std::string_view{} : failed_->error();
    }
    [[nodiscard]] int maxChannels() const noexcept override {
        return std::get<0>(nodes_)->maxChannels();
    }
    [[nodiscard]] const Error* failure() const noexcept override {
        return failed_ == nullptr ? nullptr : failed_->failure();
    }
    [[nodiscard]] int waitHintUs() const noexcept override {
        return waits_for_ == nullptr ? 0 : waits_for_->waitHintUs();
    }
    [[nodiscard]] WakeUp* wakeUp() noexcept override {
        return waits_for_ == nullptr ? nullptr : waits_for_->wakeUp();
    }

    /// What push() and pull() do to a block, where all nodes are block nodes: as fast as calls by
    /// hand.
    void apply(PcmBlock& block) noexcept requires(BlockNode<Nodes>&&...) {
        std::apply([&block](auto&... node) { (node->apply(block), ...); }, nodes_);
    }

    static constexpr std::size_t size() { return sizeof...(Nodes); }
    template <std::size_t I>
    [[nodiscard]] At<I>& at() noexcept {
        return *std::get<I>(nodes_);
    }

private:
    template <std::size_t I>
    static constexpr bool kInPassing = BlockNode<At<I>>;
    static constexpr bool kToWriter = kOut == EndKind::none && kLast > 0;

    template <std::size_t I>
    Status pushTo(const Item& item) noexcept;
    template <std::size_t I>
    Status pullFrom(Item& item) noexcept;
    Status pullInput(Item& item) noexcept;
    Status moveOne() noexcept;
    Status pumpToWriter() noexcept;

    std::string name_;
    std::tuple<std::unique_ptr<Nodes>...> nodes_;
    bool flushed_[sizeof...(Nodes)] = {};
    Item input_;  ///< where the first node is a block node: the block it gets
    bool wrong_kind_ = false;
    bool refused_channels_ = false;
    WriterEnd end_;
    Node* failed_ = nullptr;
    Node* waits_for_ = nullptr;
};

template <class... Nodes>
template <std::size_t I>
Status TypedPipeline<Nodes...>::pushTo(const Item& item) noexcept {
    const bool flush = item.index() == 0;
    if (flush && std::exchange(flushed_[I], true)) return Status::ok;
    refused_channels_ = !takesChannels(at<I>(), item);
    if (refused_channels_) return Status::error;
    if constexpr (kInPassing<I>) {
        if (flush) return Status::ok;
        wrong_kind_ = !std::holds_alternative<PcmBlock>(item);
        if (wrong_kind_) return Status::error;
        input_ = item;
        return Status::ok;
    } else {
        const Status status = at<I>().push(item);
        if (status == Status::error) failed_ = &at<I>();
        if (status == Status::again && flush) flushed_[I] = false;
        return status;
    }
}

template <class... Nodes>
Status TypedPipeline<Nodes...>::pullInput(Item& item) noexcept {
    if (input_.index() == 0) return flushed_[0] ? Status::eof : Status::again;
    item = input_;
    input_ = std::monostate{};
    return Status::ok;
}

template <class... Nodes>
template <std::size_t I>
Status TypedPipeline<Nodes...>::pullFrom(Item& item) noexcept {
    if constexpr (kInPassing<I>) {
        Status status;
        if constexpr (I == 0) {
            status = pullInput(item);
        } else {
            status = pullFrom<I - 1>(item);
        }
        if (status != Status::ok) return status;
        if constexpr (I > 0) {
            refused_channels_ = !takesChannels(at<I>(), item);
            if (refused_channels_) return Status::error;
        }
        at<I>().apply(*std::get_if<PcmBlock>(&item));
        return status;
    } else {
        for (;;) {
            const Status status = at<I>().pull(item);
            if (status == Status::error) failed_ = &at<I>();
            if constexpr (I == 0) {
                if (status == Status::again) waits_for_ = &at<0>();
                return status;
            } else {
                if (status != Status::again || flushed_[I]) return status;
                const Status before = pullFrom<I - 1>(item);
                if (before == Status::again || before == Status::error) return before;
                if (before == Status::eof) item = std::monostate{};
                if (pushTo<I>(item) == Status::ok) continue;
                failed_ = &at<I>();
                return Status::error;
            }
        }
    }
}

template <class... Nodes>
Status TypedPipeline<Nodes...>::moveOne() noexcept {
    if constexpr (kToWriter) {
        At<kLast>& writer = at<kLast>();
        const Status status =
            end_.move([this](Item& item) { return pullFrom<kLast - 1>(item); }, writer);
        if (status == Status::again && end_.blamesWriter()) waits_for_ = &writer;
        if (status == Status::error && end_.blamesWriter()) failed_ = &writer;
        return status;
    } else {
        return Status::again;
    }
}

template <class... Nodes>
Status TypedPipeline<Nodes...>::pumpToWriter() noexcept {
    for (;;) {
        const Status status = moveOne();
        if (status == Status::again || status == Status::eof) return Status::ok;
        if (status == Status::error) return status;
    }
}

template <class... Nodes>
Status TypedPipeline<Nodes...>::push(const Item& item) noexcept {
    if constexpr (kIn == EndKind::none) {
        return Status::error;
    } else {
        if (kToWriter && pumpToWriter() == Status::error) return Status::error;
        const bool flush = item.index() == 0;
        if (flushed_[0]) {
            if (!flush) return Status::eof;
            return end_.flushed() || !kToWriter ? Status::ok : Status::again;
        }
        if (!flush && holdsInput()) return Status::again;
        const Status status = pushTo<0>(item);
        if (status != Status::ok || !kToWriter) return status;
        if (pumpToWriter() == Status::error) return Status::error;
        return flush && !end_.flushed() ? Status::again : Status::ok;
    }
}

template <class... Nodes>
Status TypedPipeline<Nodes...>::pull(Item& item) noexcept {
    if constexpr (kOut != EndKind::none) {
        const Status status = pullFrom<kLast>(item);
        if (status != Status::ok) item = std::monostate{};
        return status;
    } else {
        item = std::monostate{};
        if constexpr (kIn == EndKind::none) return moveOne();
        return pumpToWriter() == Status::error ? Status::error : Status::again;
    }
}

template <class... Nodes>
void TypedPipeline<Nodes...>::reset() {
    std::apply([](auto&... node) { (node->reset(), ...); }, nodes_);
    for (bool& flushed : flushed_) flushed = false;
    input_ = std::monostate{};
    wrong_kind_ = false;
    refused_channels_ = false;
    end_.reset();
    failed_ = nullptr;
    waits_for_ = nullptr;
}

/// Owns the nodes; a row whose ends do not fit does not compile.
template <class... Nodes>
[[nodiscard]] std::unique_ptr<TypedPipeline<Nodes...>> composeTyped(
    std::string name, std::unique_ptr<Nodes>... nodes) {
    return std::make_unique<TypedPipeline<Nodes...>>(std::move(name), std::move(nodes)...);
}

}  // namespace doubletalk::flow
