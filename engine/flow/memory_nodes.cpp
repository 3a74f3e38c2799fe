// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/memory_nodes.h"

#include <algorithm>
#include <new>

namespace doubletalk::flow {

VectorReader::VectorReader(std::vector<float> samples, SampleRate rate, int block_frames,
                           std::string name)
    : VectorReader(std::move(samples), {}, rate, block_frames, std::move(name)) {}

VectorReader::VectorReader(std::vector<float> samples, std::vector<float> far, SampleRate rate,
                           int block_frames, std::string name)
    : name_(std::move(name)),
      samples_(std::move(samples)),
      far_(std::move(far)),
      block_(std::size_t(std::max(block_frames, 1))),
      rate_(rate) {
    if (!far_.empty()) far_.resize(samples_.size(), 0.0F);
}

Status VectorReader::pull(Item& item) noexcept {
    const auto n = std::min(block_.size(), framesLeft());
    if (n == 0) return Status::eof;
    std::copy_n(samples_.begin() + std::ptrdiff_t(at_), n, block_.begin());
    PcmBlock block;
    block.samples = std::span(block_).first(n);
    block.rate = rate_;
    block.first_frame = std::int64_t(at_);
    if (!far_.empty()) block.far = std::span<const float>(far_).subspan(at_, n);
    item = block;
    at_ += n;
    return Status::ok;
}

VectorWriter::VectorWriter(std::size_t reserve_frames, std::string name) : name_(std::move(name)) {
    samples_.reserve(reserve_frames);
}

Status VectorWriter::push(const Item& item) noexcept {
    if (item.index() == 0) {
        finished_ = true;
        return Status::ok;
    }
    if (finished_) return Status::eof;
    const auto* block = std::get_if<PcmBlock>(&item);
    if (block == nullptr) {
        error_ = "takes PCM blocks, not packets";
        return Status::error;
    }
    if (rate_.hz != 0 && block->rate != rate_) {
        error_ = "the rate changed on the way";
        return Status::error;
    }
    try {
        samples_.insert(samples_.end(), block->samples.begin(), block->samples.end());
    } catch (const std::exception&) {
        error_ = "there is not enough memory for the audio";
        return Status::error;
    }
    rate_ = block->rate;
    return Status::ok;
}

void VectorWriter::reset() {
    samples_.clear();
    rate_ = SampleRate{0};
    finished_ = false;
    error_ = {};
}

PacketReader::PacketReader(std::vector<OwnedPacket> packets, std::string name)
    : name_(std::move(name)), packets_(std::move(packets)) {}

Status PacketReader::pull(Item& item) noexcept {
    if (at_ == packets_.size()) return Status::eof;
    item = packets_[at_++].view();
    return Status::ok;
}

Status PacketWriter::push(const Item& item) noexcept {
    if (item.index() == 0) {
        finished_ = true;
        return Status::ok;
    }
    if (finished_) return Status::eof;
    const auto* packet = std::get_if<PacketView>(&item);
    if (packet == nullptr) {
        error_ = "takes packets, not PCM blocks";
        return Status::error;
    }
    try {
        packets_.push_back({packet->header, {packet->payload.begin(), packet->payload.end()}});
    } catch (const std::exception&) {
        error_ = "there is not enough memory for the packets";
        return Status::error;
    }
    return Status::ok;
}

void PacketWriter::reset() {
    packets_.clear();
    finished_ = false;
    error_ = {};
}

}  // namespace doubletalk::flow
