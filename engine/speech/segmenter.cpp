// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/segmenter.h"

#include <algorithm>

#include "engine/dsp/pcm16.h"

namespace doubletalk::speech {
namespace {

constexpr int kBacklogMs = 500;

}  // namespace

Result<void> Segmenter::prepare(SampleRate rate, const SegmentParams& params) {
    if (rate.hz <= 0 || params.pre_roll_ms < 0 || params.end_ms <= 0) {
        return fail(ErrorKind::usage, "the lengths of a segment must be positive", "segment");
    }
    rate_ = rate;
    max_pre_roll_ms_ = params.pre_roll_ms;
    ring_.assign(std::size_t(rate.framesOf(params.pre_roll_ms + kBacklogMs)), 0);
    setParams(params);
    reset();
    return {};
}

void Segmenter::setParams(const SegmentParams& params) noexcept {
    params_ = params;
    params_.pre_roll_ms = std::clamp(params.pre_roll_ms, 0, max_pre_roll_ms_);
}

void Segmenter::reset() noexcept {
    frames_ = 0;
    take_frame_ = 0;
    start_frame_ = -1;
    end_frame_ = 0;
    silent_frames_ = 0;
    dropped_frames_ = 0;
    in_segment_ = false;
}

void Segmenter::append(std::span<const float> block) noexcept {
    while (!block.empty()) {
        const auto at = frames_ % capacity();
        const auto n = std::min<std::int64_t>(capacity() - at, std::int64_t(block.size()));
        dsp::toPcm16(block.first(std::size_t(n)),
                     std::span(ring_).subspan(std::size_t(at), std::size_t(n)));
        block = block.subspan(std::size_t(n));
        frames_ += n;
    }
    const std::int64_t oldest = frames_ - capacity();
    if (take_frame_ < oldest) {
        const std::int64_t lost = std::min(oldest, takeEnd()) - take_frame_;
        if (start_frame_ >= 0 && lost > 0) dropped_frames_ += lost;
        take_frame_ = oldest;
    }
}

SegmentChange Segmenter::process(bool voice, std::span<const float> block) noexcept {
    if (ring_.empty()) return SegmentChange::none;
    const std::int64_t block_start = frames_;
    append(block);
    if (voice) {
        silent_frames_ = 0;
        if (in_segment_) return SegmentChange::none;
        // What is left of the segment before would now be behind the read position: it is lost.
        dropped_frames_ += std::max<std::int64_t>(0, end_frame_ - take_frame_);
        start_frame_ = std::max(end_frame_, block_start - rate_.framesOf(params_.pre_roll_ms));
        start_frame_ = std::max(start_frame_, frames_ - capacity());
        take_frame_ = start_frame_;
        in_segment_ = true;
        return SegmentChange::started;
    }
    if (!in_segment_) return SegmentChange::none;
    silent_frames_ += std::int64_t(block.size());
    if (silent_frames_ < rate_.framesOf(params_.end_ms)) return SegmentChange::none;
    in_segment_ = false;
    silent_frames_ = 0;
    end_frame_ = frames_;
    return SegmentChange::ended;
}

int Segmenter::take(std::span<float> out) noexcept {
    const auto n = std::clamp<std::int64_t>(takeEnd() - take_frame_, 0, std::int64_t(out.size()));
    for (std::int64_t done = 0; done < n;) {
        const auto at = take_frame_ % capacity();
        const auto part = std::min(capacity() - at, n - done);
        dsp::fromPcm16(std::span(ring_).subspan(std::size_t(at), std::size_t(part)),
                       out.subspan(std::size_t(done), std::size_t(part)));
        take_frame_ += part;
        done += part;
    }
    return int(n);
}

}  // namespace doubletalk::speech
