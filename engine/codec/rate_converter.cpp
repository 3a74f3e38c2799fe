// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/rate_converter.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/mathematics.h>
#include <libswresample/swresample.h>
}

#include <algorithm>
#include <string>

namespace doubletalk::codec {
namespace {

constexpr int kMaxRateHz = 768000;
constexpr std::int64_t kMaxCallFrames = 1 << 16;  // in or out of one call; more goes in parts

}  // namespace

RateConverter::RateConverter(SwrPtr swr, int from_hz, int to_hz, int channels)
    : swr_(std::move(swr)), from_hz_(from_hz), to_hz_(to_hz), channels_(channels) {}

Result<RateConverter> RateConverter::open(int from_hz, int to_hz, int channels) {
    if (std::min(from_hz, to_hz) < 1 || std::max(from_hz, to_hz) > kMaxRateHz || channels < 1) {
        return fail(ErrorKind::usage,
                    "cannot convert from " + std::to_string(from_hz) + " to " +
                        std::to_string(to_hz) + " Hz",
                    "codec", "give rates up to " + std::to_string(kMaxRateHz) + " Hz");
    }
    silenceLibrary();
    AVChannelLayout layout{};
    av_channel_layout_default(&layout, channels);
    SwrContext* swr = nullptr;
    int code = swr_alloc_set_opts2(&swr, &layout, AV_SAMPLE_FMT_FLT, to_hz, &layout,
                                   AV_SAMPLE_FMT_FLT, from_hz, 0, nullptr);
    SwrPtr owned(swr);
    if (code >= 0) code = swr_init(swr);
    if (code < 0) return avFail(code, ErrorKind::unsupported, "no resampler", "codec");
    return RateConverter(std::move(owned), from_hz, to_hz, channels);
}

Result<int> RateConverter::convert(const float* in, int frames, std::vector<float>& out) {
    const int room = swr_get_out_samples(swr_.get(), frames);
    if (room < 0) return avFail(room, ErrorKind::internal, "resampling failed", "codec");
    const std::size_t before = out.size();
    out.resize(before + std::size_t(room) * std::size_t(channels_));
    auto* to = reinterpret_cast<std::uint8_t*>(out.data() + before);
    const auto* from = reinterpret_cast<const std::uint8_t*>(in);
    const int made = swr_convert(swr_.get(), &to, room, in == nullptr ? nullptr : &from, frames);
    out.resize(before + std::size_t(std::max(made, 0)) * std::size_t(channels_));
    if (made < 0) return avFail(made, ErrorKind::internal, "resampling failed", "codec");
    frames_out_ += made;
    return made;
}

Result<void> RateConverter::put(std::span<const float> interleaved, std::vector<float>& out) {
    const std::int64_t most =
        std::clamp<std::int64_t>(kMaxCallFrames * from_hz_ / to_hz_, 1, kMaxCallFrames);
    auto left = std::int64_t(interleaved.size()) / channels_;
    const float* from = interleaved.data();
    while (left > 0) {
        const int n = int(std::min(left, most));
        if (auto made = convert(from, n, out); !made) return tl::unexpected(made.error());
        from += std::ptrdiff_t(n) * channels_;
        left -= n;
        frames_in_ += n;
    }
    return {};
}

Result<void> RateConverter::finish(std::vector<float>& out) {
    for (int made = 1; made > 0;) {
        const auto got = convert(nullptr, 0, out);
        if (!got) return tl::unexpected(got.error());
        made = *got;
    }
    const std::int64_t due = av_rescale(frames_in_, to_hz_, from_hz_);  // rounds to nearest
    const std::int64_t missing = (due - frames_out_) * channels_;
    const auto size = std::int64_t(out.size()) + missing;
    out.resize(std::size_t(std::max<std::int64_t>(size, 0)), 0.0F);
    frames_out_ = due;
    return {};
}

}  // namespace doubletalk::codec
