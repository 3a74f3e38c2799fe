// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/processors.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::flow {
namespace {

float ratioOf(double db) { return float(std::pow(10.0, db / 20.0)); }

bool fits(EndKind kind, const Item& item) {
    return kind == EndKind::pcm ? std::holds_alternative<PcmBlock>(item)
                                : std::holds_alternative<PacketView>(item);
}

}  // namespace

Status IdentityNode::push(const Item& item) noexcept {
    if (item.index() == 0) {
        flushed_ = true;
        return Status::ok;
    }
    if (flushed_) return Status::eof;
    if (!fits(kind_, item)) {
        error_ = kind_ == EndKind::pcm ? "takes PCM blocks, not packets"
                                       : "takes packets, not PCM blocks";
        return Status::error;
    }
    if (item_.index() != 0) return Status::again;
    item_ = item;
    return Status::ok;
}

Status IdentityNode::pull(Item& item) noexcept {
    if (item_.index() == 0) return flushed_ ? Status::eof : Status::again;
    item = item_;
    item_ = std::monostate{};
    return Status::ok;
}

void IdentityNode::reset() {
    item_ = std::monostate{};
    flushed_ = false;
    error_ = {};
}

GainProcessor::GainProcessor(double gain_db, std::string name)
    : BlockProcessor(std::move(name)), wanted_(ratioOf(gain_db)), now_(wanted_) {}

void GainProcessor::setGainDb(double gain_db) noexcept {
    wanted_.store(ratioOf(gain_db), std::memory_order_relaxed);
}

void GainProcessor::apply(PcmBlock& block) noexcept {
    const float wanted = wanted_.load(std::memory_order_relaxed);
    const float step = block.samples.empty() ? 0.0F : (wanted - now_) / float(block.samples.size());
    for (std::size_t i = 0; i < block.samples.size(); ++i) {
        block.samples[i] *= now_ + step * float(i + 1);
    }
    if (!block.samples.empty()) now_ = wanted;
}

void GainProcessor::clear() { now_ = wanted_.load(std::memory_order_relaxed); }

MixProcessor::MixProcessor(std::unique_ptr<Node> second, double gain_db, std::string name)
    : BlockProcessor(std::move(name)), second_(std::move(second)), gain_(ratioOf(gain_db)) {}

Result<std::unique_ptr<MixProcessor>> MixProcessor::create(std::unique_ptr<Node> second,
                                                           double gain_db, std::string name) {
    if (second == nullptr || second->in() != EndKind::none || second->out() != EndKind::pcm) {
        return fail(ErrorKind::usage, "the second source of a mix must be a reader of PCM blocks",
                    name);
    }
    return std::unique_ptr<MixProcessor>(
        new MixProcessor(std::move(second), gain_db, std::move(name)));
}

void MixProcessor::apply(PcmBlock& block) noexcept {
    std::size_t at = 0;
    while (at < block.samples.size()) {
        if (rest_.empty()) {
            Item item;
            const Status status = ended_ ? Status::eof : second_->pull(item);
            ended_ = ended_ || status == Status::eof || status == Status::error;
            if (status != Status::ok) {
                if (status != Status::eof) {
                    missing_frames_ += std::int64_t(block.samples.size() - at);
                }
                return;
            }
            const auto* more = std::get_if<PcmBlock>(&item);
            if (more != nullptr) rest_ = more->samples;
            continue;
        }
        const auto n = std::min(rest_.size(), block.samples.size() - at);
        for (std::size_t i = 0; i < n; ++i) block.samples[at + i] += gain_ * rest_[i];
        rest_ = rest_.subspan(n);
        at += n;
    }
}

void MixProcessor::clear() {
    second_->reset();
    rest_ = {};
    ended_ = false;
    missing_frames_ = 0;
}

}  // namespace doubletalk::flow
