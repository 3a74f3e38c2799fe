// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/provenance.h"

#include <algorithm>
#include <cmath>

namespace doubletalk {
namespace {

constexpr double kJoinTolerance = 1e-6;

bool continues(const ProvenanceSpan& a, const ProvenanceSpan& b) {
    return a.item == b.item && a.concealed == b.concealed && !a.last &&
           a.item_samples_per_frame == b.item_samples_per_frame &&
           std::abs(a.positionAfter(a.frames) - b.item_sample) < kJoinTolerance;
}

}  // namespace

void ProvenanceQueue::append(const ProvenanceSpan& span) noexcept {
    if (span.frames <= 0) return;
    frames_ += span.frames;
    if (size_ > 0) {
        auto& newest = spans_[(head_ + size_ - 1) % kCapacity];
        if (continues(newest, span)) {
            newest.frames += span.frames;
            newest.last = span.last;
            return;
        }
        if (size_ == kCapacity) {
            const std::int64_t total = newest.frames + span.frames;
            const double end = span.positionAfter(span.frames);
            if (newest.item == span.item) {
                newest.item_samples_per_frame = (end - newest.item_sample) / double(total);
            }
            newest.frames = total;
            newest.last = span.last;
            ++merges_;
            return;
        }
    }
    spans_[(head_ + size_) % kCapacity] = span;
    ++size_;
}

ProvenanceSpan ProvenanceQueue::take(std::int64_t max_frames) noexcept {
    if (size_ == 0 || max_frames <= 0) return {};
    auto& oldest = spans_[head_];
    ProvenanceSpan taken = oldest;
    taken.frames = std::min(max_frames, oldest.frames);
    frames_ -= taken.frames;
    if (taken.frames == oldest.frames) {
        head_ = (head_ + 1) % kCapacity;
        --size_;
        return taken;
    }
    taken.last = false;
    oldest.item_sample = oldest.positionAfter(taken.frames);
    oldest.frames -= taken.frames;
    return taken;
}

void ProvenanceQueue::dropNewest(std::int64_t frames) noexcept {
    while (frames > 0 && size_ > 0) {
        auto& newest = spans_[std::size_t((head_ + size_ - 1) % kCapacity)];
        const auto n = std::min(frames, newest.frames);
        newest.frames -= n;
        frames -= n;
        frames_ -= n;
        newest.last = false;
        if (newest.frames == 0) --size_;
    }
}

void ProvenanceQueue::clear() noexcept {
    head_ = 0;
    size_ = 0;
    frames_ = 0;
}

}  // namespace doubletalk
