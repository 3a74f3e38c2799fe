// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/pcm_stage.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

#include <algorithm>
#include <numbers>
#include <numeric>
#include <string>
#include <utility>

namespace doubletalk::codec {

namespace {

constexpr std::size_t kMatrixChannels = 64;  // libswresample scales all of them, used or not

/// Weights of the channels that come in each that goes: to rows of from.
std::vector<double> mixOf(int from, int to, std::uint64_t speakers) {
    std::vector<double> weights(std::size_t(from) * std::size_t(to), 1.0 / from);
    if (to != 2) return weights;
    AVChannelLayout in{};
    AVChannelLayout out{};
    av_channel_layout_default(&out, to);
    const bool stated =
        speakers != 0 && av_channel_layout_from_mask(&in, speakers) == 0 && in.nb_channels == from;
    if (!stated) av_channel_layout_default(&in, from);
    if (in.order != AV_CHANNEL_ORDER_NATIVE) return weights;
    std::vector<double> matrix(kMatrixChannels * kMatrixChannels);
    constexpr double kHalfPower = std::numbers::sqrt2 / 2.0;  // of centre and surround
    const int code =
        swr_build_matrix2(&in, &out, kHalfPower, kHalfPower, 0.0, 1.0, 1.0, matrix.data(),
                          kMatrixChannels, AV_MATRIX_ENCODING_NONE, nullptr);
    if (code < 0) return weights;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        weights[i] = matrix[i / std::size_t(from) * kMatrixChannels + i % std::size_t(from)];
    }
    return weights;
}

}  // namespace

Result<void> checkCodedRate(int rate_hz) {
    if (rate_hz >= kMinCodedRateHz && rate_hz <= kMaxCodedRateHz) return {};
    return fail(ErrorKind::unsupported, "audio of " + std::to_string(rate_hz) + " Hz is not taken",
                "codec",
                "give one of " + std::to_string(kMinCodedRateHz) + " to " +
                    std::to_string(kMaxCodedRateHz) + " Hz");
}

Result<void> mapChannels(std::vector<float>& interleaved, int from, int to,
                         std::uint64_t speakers) {
    if (from == to) return {};
    if (from != 1 && to > 2) {
        return fail(
            ErrorKind::unsupported,
            "no way from " + std::to_string(from) + " to " + std::to_string(to) + " channels",
            "codec", "take 1 or 2 channels, or as many as there are");
    }
    const auto in = std::size_t(from);
    const auto out = std::size_t(to);
    const std::size_t frames = interleaved.size() / in;
    const auto weights = mixOf(from, from == 1 ? 1 : to, speakers);
    std::vector<float> mapped;
    mapped.reserve(frames * out);
    for (std::size_t i = 0; i < frames; ++i) {
        const auto* at = interleaved.data() + i * in;
        if (from == 1) {
            mapped.insert(mapped.end(), out, *at);
            continue;
        }
        for (std::size_t o = 0; o < out; ++o) {
            mapped.push_back(float(std::inner_product(at, at + in, weights.data() + o * in, 0.0)));
        }
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

Result<void> PcmStage::put(std::vector<float> interleaved, int rate_hz, int channels,
                           std::uint64_t speakers) {
    if (interleaved.empty()) return {};
    if (in_rate_hz_ == 0) {
        if (auto opened = open(rate_hz, channels); !opened) return opened;
    }
    if (rate_hz != in_rate_hz_ || channels != in_channels_) {
        return fail(ErrorKind::format, "the rate or the number of channels changes on the way",
                    "codec", "give one stream at a time");
    }
    if (auto mapped = mapChannels(interleaved, channels, this->channels(), speakers); !mapped)
        return mapped;
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
