// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/segment_cutter.h"

#include <algorithm>
#include <utility>

#include "engine/speech/vad_registry.h"

namespace doubletalk::net {
namespace {

constexpr int kMaxSegmentMs = 15000;
constexpr const char* kFallbackDetector = "energy";  // needs no library

}  // namespace

Result<void> SegmentCutter::prepare(int rate_hz) {
    rate_ = {rate_hz};
    const speech::VadParams params;
    auto detector = speech::createVoiceActivityDetector(params.detector);
    if (!detector) detector = speech::createVoiceActivityDetector(kFallbackDetector);
    if (!detector) return tl::unexpected(detector.error());
    detector_ = std::move(*detector);
    if (auto ok = detector_->prepare(rate_, params); !ok) return ok;
    block_.reserve(std::size_t(rate_.blockFrames()));
    return segmenter_.prepare(rate_, {});
}

void SegmentCutter::push(std::span<const float> samples, std::vector<SpeechSegment>& out) {
    const auto block_frames = std::size_t(rate_.blockFrames());
    while (!samples.empty()) {
        const auto n = std::min(samples.size(), block_frames - block_.size());
        block_.insert(block_.end(), samples.begin(), samples.begin() + std::ptrdiff_t(n));
        samples = samples.subspan(n);
        if (block_.size() == block_frames) processBlock(out);
    }
}

void SegmentCutter::processBlock(std::vector<SpeechSegment>& out) {
    const bool voice = detector_->process(block_);
    const auto change = segmenter_.process(voice, block_);
    frames_ += std::int64_t(block_.size());
    block_.clear();
    if (change == speech::SegmentChange::started) {
        segment_.start_frame = base_frame_ + segmenter_.startFrame();
    }
    takeSegment();
    const bool too_long = int(segment_.samples.size()) >= rate_.framesOf(kMaxSegmentMs);
    if (change == speech::SegmentChange::ended || too_long) emitSegment(out);
}

void SegmentCutter::takeSegment() {
    const auto before = segment_.samples.size();
    const auto most = std::size_t(rate_.hz);
    segment_.samples.resize(before + most);
    const int n = segmenter_.take(std::span(segment_.samples).subspan(before));
    segment_.samples.resize(before + std::size_t(n));
}

void SegmentCutter::emitSegment(std::vector<SpeechSegment>& out) {
    if (segment_.samples.empty()) return;
    const auto next = segment_.start_frame + std::int64_t(segment_.samples.size());
    out.push_back(std::exchange(segment_, {next, {}}));
}

void SegmentCutter::flush(std::vector<SpeechSegment>& out) {
    if (!segmenter_.inSegment()) return;
    emitSegment(out);
    segmenter_.reset();
    base_frame_ += std::exchange(frames_, 0);
}

}  // namespace doubletalk::net
