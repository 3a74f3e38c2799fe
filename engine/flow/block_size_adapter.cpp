// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/block_size_adapter.h"

#include <algorithm>

namespace doubletalk::flow {

BlockSizeAdapter::BlockSizeAdapter(int frames, FlushMode flush, std::string name)
    : name_(std::move(name)),
      flush_(flush),
      samples_(std::size_t(std::max(frames, 1))),
      far_(samples_.size()) {}

void BlockSizeAdapter::reset() {
    have_ = 0;
    have_far_ = false;
    input_ = {};
    flushed_ = false;
    error_ = {};
}

Status BlockSizeAdapter::push(const Item& item) noexcept {
    if (item.index() == 0) {
        flushed_ = true;
        return Status::ok;
    }
    if (flushed_) return Status::eof;
    const auto* block = std::get_if<PcmBlock>(&item);
    if (block == nullptr) {
        error_ = "takes PCM blocks, not packets";
        return Status::error;
    }
    if (!input_.samples.empty()) return Status::again;
    if (have_ > 0 && block->rate != collected_.rate) {
        error_ = "the rate changed inside a block";
        return Status::error;
    }
    input_ = *block;
    return Status::ok;
}

void BlockSizeAdapter::fill() noexcept {
    if (have_ == 0) {
        have_far_ = false;
        collected_ = input_;
        collected_.linear = {};
        collected_.far_shift_samples = 0;
    }
    const auto n = std::min(samples_.size() - have_, input_.samples.size());
    const auto at = std::ptrdiff_t(have_);
    std::copy_n(input_.samples.begin(), n, samples_.begin() + at);
    if (input_.far.empty()) {
        std::fill_n(far_.begin() + at, n, 0.0F);
    } else {
        std::copy_n(input_.far.begin(), n, far_.begin() + at);
        input_.far = input_.far.subspan(n);
        have_far_ = true;
    }
    collected_.lost = collected_.lost || input_.lost;
    collected_.concealed = collected_.concealed || input_.concealed;
    collected_.clipped = collected_.clipped || input_.clipped;
    collected_.far_shift_samples += input_.far_shift_samples;
    input_.far_shift_samples = 0;
    input_.samples = input_.samples.subspan(n);
    input_.first_frame += std::int64_t(n);
    have_ += n;
}

Status BlockSizeAdapter::give(Item& item, std::size_t frames) noexcept {
    PcmBlock block = collected_;
    block.samples = std::span(samples_).first(frames);
    block.far = have_far_ ? std::span<const float>(far_).first(frames) : std::span<const float>();
    item = block;
    have_ = 0;
    return Status::ok;
}

Status BlockSizeAdapter::pull(Item& item) noexcept {
    if (!input_.samples.empty()) {
        fill();
        if (have_ == samples_.size()) return give(item, have_);
    }
    if (!flushed_) return Status::again;
    if (have_ == 0) return Status::eof;
    const auto frames = flush_ == FlushMode::pad ? samples_.size() : have_;
    std::fill(samples_.begin() + std::ptrdiff_t(have_), samples_.end(), 0.0F);
    std::fill(far_.begin() + std::ptrdiff_t(have_), far_.end(), 0.0F);
    return give(item, frames);
}

}  // namespace doubletalk::flow
