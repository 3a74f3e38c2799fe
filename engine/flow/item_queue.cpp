// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/item_queue.h"

#include <algorithm>

namespace doubletalk::flow {
namespace {

constexpr int kBlockParts = 3;  // samples, far, linear

std::size_t atLeastOne(int n) { return std::size_t(std::max(n, 1)); }

}  // namespace

ItemQueue::ItemQueue(EndKind kind, const ItemRoom& room)
    : kind_(kind),
      max_items_(std::max(room.max_items, 1)),
      slot_size_(atLeastOne(kind == EndKind::pcm ? room.max_frames : room.max_payload_bytes)),
      items_(max_items_) {
    if (kind == EndKind::pcm) {
        samples_.resize(std::size_t(max_items_) * slot_size_ * kBlockParts);
    } else {
        payloads_.resize(std::size_t(max_items_) * slot_size_);
    }
}

template <class T, class From>
std::span<T> ItemQueue::keep(std::vector<T>& room, int part, From from) noexcept {
    if (from.empty()) return {};
    const auto parts = kind_ == EndKind::pcm ? std::size_t(kBlockParts) : std::size_t(1);
    const auto slot = std::size_t(items_.written() % max_items_);
    const auto to =
        std::span(room).subspan((slot * parts + std::size_t(part)) * slot_size_, from.size());
    std::copy(from.begin(), from.end(), to.begin());
    return to;
}

bool ItemQueue::keepBlock(const PcmBlock& block) noexcept {
    if (std::max({block.samples.size(), block.far.size(), block.linear.size()}) > slot_size_) {
        error_ = "the block is longer than the slots of the queue";
        return false;
    }
    PcmBlock kept = block;
    kept.samples = keep(samples_, 0, block.samples);
    kept.far = keep(samples_, 1, block.far);
    kept.linear = keep(samples_, 2, block.linear);
    commit(kept);
    return true;
}

bool ItemQueue::keepPacket(const PacketView& packet) noexcept {
    if (packet.payload.size() > slot_size_) {
        error_ = "the packet is longer than the slots of the queue";
        return false;
    }
    commit(PacketView{packet.header, keep(payloads_, 0, packet.payload)});
    return true;
}

void ItemQueue::commit(const Item& item) noexcept { items_.write(std::span(&item, 1)); }

Status ItemQueue::tryPush(const Item& item) noexcept {
    const auto* block = std::get_if<PcmBlock>(&item);
    const auto* packet = std::get_if<PacketView>(&item);
    if (kind_ == EndKind::pcm ? block == nullptr : packet == nullptr) {
        error_ = kind_ == EndKind::pcm ? "takes PCM blocks, not packets"
                                       : "takes packets, not PCM blocks";
        return Status::error;
    }
    if (items_.available() >= max_items_) return Status::again;
    const bool kept = block != nullptr ? keepBlock(*block) : keepPacket(*packet);
    return kept ? Status::ok : Status::error;
}

bool ItemQueue::front(Item& item) noexcept {
    const auto got = items_.prepareRead(1);
    if (got.first.empty()) return false;
    item = got.first.front();
    return true;
}

}  // namespace doubletalk::flow
