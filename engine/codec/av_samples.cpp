// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/av_samples.h"

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/samplefmt.h>
}

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>

#include "engine/codec/av_handles.h"

namespace doubletalk::codec {
namespace {

/// Same rounding for every width: half away from zero, saturated, NaN is 0.
template <class Sample>
Sample toSample(float x, int bits) {
    if constexpr (std::is_floating_point_v<Sample>) {
        return std::isfinite(x) ? Sample(x) : Sample(0);
    } else {
        const double full = double(std::int64_t(1) << (bits - 1));
        const double value = std::isfinite(x) ? std::round(double(x) * full) : 0.0;
        const auto counted = std::int64_t(std::clamp(value, -full, full - 1.0));
        return Sample(counted * (std::int64_t(1) << (8 * int(sizeof(Sample)) - bits)));
    }
}

template <class Sample>
float toFloat(Sample x) {
    if constexpr (std::is_floating_point_v<Sample>) {
        return std::isfinite(x) ? float(x) : 0.0F;
    } else if constexpr (std::is_unsigned_v<Sample>) {
        return (float(x) - 128.0F) / 128.0F;  // only 8-bit samples are unsigned
    } else {
        return float(double(x) / double(std::uint64_t(1) << (8 * sizeof(Sample) - 1)));
    }
}

/// Calls fn(pointer to the sample) for every sample in interleaved order.
template <class Sample, class Frame, class Fn>
void forEachSample(Frame& frame, bool planar, Fn fn) {
    const int channels = frame.ch_layout.nb_channels;
    for (int i = 0; i < frame.nb_samples; ++i) {
        for (int c = 0; c < channels; ++c) {
            auto* plane = reinterpret_cast<Sample*>(frame.extended_data[planar ? c : 0]);
            fn(plane + (planar ? i : i * channels + c));
        }
    }
}

template <class Fn>
bool withSampleType(AVSampleFormat format, Fn fn) {
    switch (av_get_packed_sample_fmt(format)) {
        case AV_SAMPLE_FMT_U8:
            fn(std::uint8_t{});
            return true;
        case AV_SAMPLE_FMT_S16:
            fn(std::int16_t{});
            return true;
        case AV_SAMPLE_FMT_S32:
            fn(std::int32_t{});
            return true;
        case AV_SAMPLE_FMT_S64:
            fn(std::int64_t{});
            return true;
        case AV_SAMPLE_FMT_FLT:
            fn(float{});
            return true;
        case AV_SAMPLE_FMT_DBL:
            fn(double{});
            return true;
        default:
            return false;
    }
}

tl::unexpected<Error> unknownFormat() {
    return fail(ErrorKind::unsupported, "the codec library uses an unknown sample format", "codec",
                "use another codec");
}

}  // namespace

Result<void> fillFrame(AVFrame& frame, std::span<const float> interleaved, int bits) {
    if (const int code = av_frame_get_buffer(&frame, 0); code < 0) {
        return avFail(code, ErrorKind::internal, "no room for a frame", "codec");
    }
    const auto format = AVSampleFormat(frame.format);
    const bool planar = av_sample_fmt_is_planar(format) != 0;
    const float* from = interleaved.data();
    const bool known = withSampleType(format, [&](auto type) {
        using Sample = decltype(type);
        const int width = std::min(bits, int(sizeof(Sample)) * 8);
        forEachSample<Sample>(frame, planar,
                              [&](Sample* at) { *at = toSample<Sample>(*from++, width); });
    });
    return known ? Result<void>{} : unknownFormat();
}

Result<void> appendFrame(const AVFrame& frame, std::vector<float>& interleaved) {
    const auto format = AVSampleFormat(frame.format);
    const bool planar = av_sample_fmt_is_planar(format) != 0;
    const bool known = withSampleType(format, [&](auto type) {
        using Sample = decltype(type);
        forEachSample<const Sample>(frame, planar,
                                    [&](const Sample* at) { interleaved.push_back(toFloat(*at)); });
    });
    return known ? Result<void>{} : unknownFormat();
}

}  // namespace doubletalk::codec
