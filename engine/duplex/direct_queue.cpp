// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/direct_queue.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::duplex {
namespace {

constexpr std::int64_t kMarks = 512;
constexpr double kSamePosition = 1e-6;

bool continues(const ProvenanceSpan& a, const ProvenanceSpan& b) noexcept {
    return a.item == b.item && !a.last && a.item_samples_per_frame == b.item_samples_per_frame &&
           std::abs(a.positionAfter(a.frames) - b.item_sample) < kSamePosition;
}

}  // namespace

void DirectQueue::prepare(std::int64_t frames, int block_frames) {
    samples_ = std::make_unique<Ring<float>>(frames);
    marks_ = std::make_unique<Ring<ProvenanceSpan>>(kMarks);
    spans_.clear();
    spans_.reserve(std::size_t(block_frames));  // one a frame at worst
    mark_.frames = 0;
    discard_up_to_ = 0;
}

int DirectQueue::write(std::span<const float> frames, const ProvenanceSpan& span) noexcept {
    if (marks_->space() < 1) return 0;
    const auto n = std::min<std::int64_t>(std::int64_t(frames.size()), samples_->space());
    if (n == 0) return 0;
    auto mark = span;
    mark.frames = n;
    mark.last = span.last && n == std::int64_t(frames.size());
    // Marks first: the worker never finds samples it cannot name.
    marks_->write(std::span(&mark, 1));
    samples_->write(frames.first(std::size_t(n)));
    return int(n);
}

bool DirectQueue::nextMark() noexcept {
    return mark_.frames > 0 || marks_->read(std::span(&mark_, 1), false) == 1;
}

void DirectQueue::advance(std::int64_t frames) noexcept {
    mark_.item_sample = mark_.positionAfter(frames);
    mark_.frames -= frames;
}

void DirectQueue::skipDiscarded() noexcept {
    while (nextMark() && mark_.item <= discard_up_to_) {
        const auto n = std::min(mark_.frames, samples_->available());
        samples_->commitRead(n);
        advance(n);
        if (mark_.frames > 0) return;  // its samples are still being written
    }
}

int DirectQueue::take(std::span<float> block) noexcept {
    spans_.clear();
    std::size_t done = 0;
    while (done < block.size()) {
        skipDiscarded();
        if (!nextMark() || mark_.item <= discard_up_to_) break;
        const auto n =
            std::min({mark_.frames, samples_->available(), std::int64_t(block.size() - done)});
        if (n == 0) break;
        samples_->read(block.subspan(done, std::size_t(n)), false);
        auto span = mark_;
        span.frames = n;
        span.last = mark_.last && n == mark_.frames;
        advance(n);
        done += std::size_t(n);
        if (!spans_.empty() && continues(spans_.back(), span)) {
            spans_.back().frames += n;
            spans_.back().last = span.last;
        } else {
            spans_.push_back(span);
        }
    }
    return int(done);
}

void DirectQueue::discardUpTo(ItemId item) noexcept {
    discard_up_to_ = std::max(discard_up_to_, item);
    skipDiscarded();
}

void DirectQueue::discardAll() noexcept {
    auto newest = mark_.item;  // it stays after its last frame
    const auto waiting = marks_->prepareRead(marks_->capacity());
    for (const auto part : {waiting.first, waiting.second}) {
        if (!part.empty()) newest = std::max(newest, part.back().item);
    }
    discardUpTo(newest);
}

}  // namespace doubletalk::duplex
