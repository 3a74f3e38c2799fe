// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/flow/resample_processor.h"

#include <algorithm>

namespace doubletalk::flow {

Result<std::unique_ptr<ResampleProcessor>> ResampleProcessor::create(int from_hz, int to_hz,
                                                                     ResampleStart start,
                                                                     int max_frames,
                                                                     std::string name) {
    if (max_frames < 1) {
        return fail(ErrorKind::usage, "blocks of " + std::to_string(max_frames) + " frames", name);
    }
    std::unique_ptr<ResampleProcessor> node(
        new ResampleProcessor(std::move(name), from_hz, to_hz, start));
    if (auto ok = node->resampler_.prepare(from_hz, to_hz); !ok) return tl::unexpected(ok.error());
    const auto frames = std::size_t(max_frames);
    node->out_.assign(frames * std::size_t(to_hz) / std::size_t(from_hz) + 4, 0.0F);
    node->zeros_.assign(frames, 0.0F);
    node->reset();
    return node;
}

ResampleProcessor::ResampleProcessor(std::string name, int from_hz, int to_hz, ResampleStart start)
    : name_(std::move(name)), from_hz_(from_hz), to_hz_(to_hz), start_(start) {}

void ResampleProcessor::reset() {
    resampler_.reset();
    full_ = false;
    flushed_ = false;
    frames_in_ = 0;
    frames_out_ = 0;
    skip_ = start_ == ResampleStart::aligned ? resampler_.lagFrames() : 0;
    error_ = {};
}

Status ResampleProcessor::push(const Item& item) noexcept {
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
    if (block->rate.hz != from_hz_) {
        error_ = "the block has another rate than the resampler was made for";
        return Status::error;
    }
    if (block->samples.size() > zeros_.size()) {
        error_ = "the block is longer than the resampler was made for";
        return Status::error;
    }
    if (full_) return Status::again;
    block_ = *block;
    full_ = true;
    frames_in_ += std::int64_t(block->samples.size());
    return Status::ok;
}

Status ResampleProcessor::give(Item& item, std::span<float> samples) noexcept {
    const auto cut = std::min<std::int64_t>(skip_, std::int64_t(samples.size()));
    skip_ -= cut;
    samples = samples.subspan(std::size_t(cut));
    if (samples.empty()) return Status::again;
    PcmBlock block = block_;
    block.samples = samples;
    block.rate = SampleRate{to_hz_};
    block.first_frame = frames_out_;
    block.far = {};
    block.linear = {};
    block.far_shift_samples = 0;
    frames_out_ += std::int64_t(samples.size());
    item = block;
    return Status::ok;
}

Status ResampleProcessor::pull(Item& item) noexcept {
    if (full_) {
        full_ = false;
        const int n = resampler_.process(block_.samples, out_);
        return give(item, std::span(out_).first(std::size_t(n)));
    }
    return flushed_ ? pullTail(item) : Status::again;
}

Status ResampleProcessor::pullTail(Item& item) noexcept {
    const auto lag = start_ == ResampleStart::stream ? resampler_.lagFrames() : 0;
    const std::int64_t total =
        frames_in_ == 0 ? 0 : (frames_in_ * to_hz_ + from_hz_ / 2) / from_hz_ + lag;
    while (frames_out_ < total) {
        const auto want = total - frames_out_ + skip_;
        const auto feed =
            std::clamp<std::int64_t>(want * from_hz_ / to_hz_ + 1, 1, std::int64_t(zeros_.size()));
        const int n =
            resampler_.process(std::span<const float>(zeros_).first(std::size_t(feed)), out_);
        const auto keep = std::min<std::int64_t>(n, want);
        if (give(item, std::span(out_).first(std::size_t(keep))) == Status::ok) return Status::ok;
    }
    return Status::eof;
}

}  // namespace doubletalk::flow
