// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/block_processor.h"

namespace doubletalk::flow {

Status BlockProcessor::push(const Item& item) noexcept {
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
    if (full_) return Status::again;
    block_ = *block;
    full_ = true;
    return Status::ok;
}

Status BlockProcessor::pull(Item& item) noexcept {
    if (!full_) return flushed_ ? Status::eof : Status::again;
    apply(block_);
    item = block_;
    full_ = false;
    return Status::ok;
}

void BlockProcessor::reset() {
    full_ = false;
    flushed_ = false;
    error_ = {};
    clear();
}

}  // namespace doubletalk::flow
