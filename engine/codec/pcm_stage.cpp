// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/pcm_stage.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace doubletalk::codec {

Result<void> checkCodedRate(int rate_hz) {
    if (rate_hz >= kMinCodedRateHz && rate_hz <= kMaxCodedRateHz) return {};
    return fail(ErrorKind::unsupported, "audio of " + std::to_string(rate_hz) + " Hz is not taken",
                "codec",
                "give one of " + std::to_string(kMinCodedRateHz) + " to " +
                    std::to_string(kMaxCodedRateHz) + " Hz");
}

Result<void> mapChannels(std::vector<float>& interleaved, int from, int to) {
    if (from == to) return {};
    if (from != 1 && to != 1) {
        return fail(
            ErrorKind::unsupported,
            "no way from " + std::to_string(from) + " to " + std::to_string(to) + " channels",
            "codec", "take 1 channel, or as many as there are");
    }
    const auto in = std::size_t(from);
    const auto out = std::size_t(to);
    const std::size_t frames = interleaved.size() / in;
    std::vector<float> mapped;
    mapped.reserve(frames * out);
    for (std::size_t i = 0; i < frames; ++i) {
        const auto* at = interleaved.data() + i * in;
        mapped.insert(mapped.end(), out, float(std::accumulate(at, at + in, 0.0) / from));
    }
    interleaved = std::move(mapped);
    return {};
}

PcmStage::PcmStage(int rate_hz, int channels, int chunk_samples)
    : rate_hz_(rate_hz), channels_(channels), chunk_samples_(chunk_samples) {}

Result<void> PcmStage::open(int rate_hz, int channels) {
    if (auto checked = checkCodedRate(rate_hz); !checked) return checked;
    if (rate_hz_ > 0 && rate_hz_ != rate_hz) {
        auto converter =
            RateConverter::open(rate_hz, rate_hz_, channels_ > 0 ? channels_ : channels);
        if (!converter) return tl::unexpected(converter.error());
        converter_.emplace(std::move(*converter));
    }
    in_rate_hz_ = rate_hz;
    in_channels_ = channels;
    return {};
}

Result<void> PcmStage::put(std::vector<float> interleaved, int rate_hz, int channels) {
    if (interleaved.empty()) return {};
    if (in_rate_hz_ == 0) {
        if (auto opened = open(rate_hz, channels); !opened) return opened;
    }
    if (rate_hz != in_rate_hz_ || channels != in_channels_) {
        return fail(ErrorKind::format, "the rate or the number of channels changes on the way",
                    "codec", "give one stream at a time");
    }
    if (auto mapped = mapChannels(interleaved, channels, this->channels()); !mapped) return mapped;
    fifo_.erase(fifo_.begin(), fifo_.begin() + std::ptrdiff_t(std::exchange(head_, 0)));
    if (converter_) return converter_->put(interleaved, fifo_);
    fifo_.insert(fifo_.end(), interleaved.begin(), interleaved.end());
    return {};
}

Result<void> PcmStage::finish() {
    if (std::exchange(finished_, true) || !converter_) return {};
    return converter_->finish(fifo_);
}

std::vector<float> PcmStage::take() {
    if (channels() == 0) return {};
    const auto width = std::size_t(channels());
    const std::size_t waiting = (fifo_.size() - head_) / width;
    std::size_t frames = chunk_samples_ > 0 ? std::size_t(chunk_samples_) : waiting;
    if (frames > waiting) frames = finished_ ? waiting : 0;
    const auto from = fifo_.begin() + std::ptrdiff_t(head_);
    std::vector<float> chunk(from, from + std::ptrdiff_t(frames * width));
    head_ += frames * width;
    frames_out_ += std::int64_t(frames);
    return chunk;
}

}  // namespace doubletalk::codec
