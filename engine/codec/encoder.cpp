// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/encoder.h"

extern "C" {
#include <libavcodec/packet.h>
#include <libavutil/mathematics.h>
}

#include <algorithm>
#include <string>

#include "engine/codec/adts.h"
#include "engine/codec/coding_stage.h"
#include "engine/dsp/pcm16.h"

namespace doubletalk::codec {
namespace {

constexpr int kMinRateHz = 8000;
constexpr int kMaxRateHz = 48000;
constexpr int kMaxChunk = 1 << 16;

Result<void> check(const EncoderOptions& options) {
    if (options.rate_hz < kMinRateHz || options.rate_hz > kMaxRateHz) {
        return fail(ErrorKind::usage, "no coding of " + std::to_string(options.rate_hz) + " Hz",
                    "codec", "give 8000 to 48000 Hz");
    }
    if (options.channels < 1 || options.channels > 2) {
        return fail(ErrorKind::usage,
                    "no coding of " + std::to_string(options.channels) + " channels", "codec",
                    "give 1 or 2");
    }
    if (options.chunk_samples < 0 || options.chunk_samples > kMaxChunk) {
        return fail(ErrorKind::usage,
                    "no chunk of " + std::to_string(options.chunk_samples) + " samples", "codec",
                    "give 1 to " + std::to_string(kMaxChunk) + ", or 0 for the codec's own");
    }
    const bool own = options.time_base.num == 0 && options.time_base.den == 0;
    if (!own && (options.time_base.num < 1 || options.time_base.den < 1)) {
        return fail(ErrorKind::usage, "the time base is no positive ratio", "codec",
                    "give both parts above 0, or 0 / 0 for one sample");
    }
    return {};
}

/// What a stream of these packets begins with.
std::vector<std::byte> headerOf(CodecId codec, std::span<const std::byte> setup) {
    std::vector<std::byte> header;
    if (codec == CodecId::flac) {
        // The marker and the head of the only metadata block. Ref: RFC 9639 section 8.
        for (const char c : {'f', 'L', 'a', 'C', '\x80', '\0', '\0'})
            header.push_back(std::byte(c));
        header.push_back(std::byte(setup.size()));
    }
    if (codec == CodecId::flac || codec == CodecId::opus) {
        header.insert(header.end(), setup.begin(), setup.end());
    }
    return header;
}

template <class Sample>
Result<std::vector<Sample>> interleave(std::span<const std::span<const Sample>> planes,
                                       std::size_t channels) {
    const bool fits = planes.size() == channels &&
                      std::all_of(planes.begin(), planes.end(), [&](const auto& plane) {
                          return plane.size() == planes.front().size();
                      });
    if (!fits) {
        return fail(ErrorKind::usage, "not " + std::to_string(channels) + " channels of one length",
                    "codec", "give as many samples of every channel");
    }
    std::vector<Sample> interleaved;
    interleaved.reserve(planes.front().size() * channels);
    for (std::size_t i = 0; i < planes.front().size(); ++i) {
        for (const auto& plane : planes) interleaved.push_back(plane[i]);
    }
    return interleaved;
}

}  // namespace

struct Encoder::Impl {
    Impl(const EncoderOptions& wanted, CodingStage opened)
        : options(wanted), stage(std::move(opened)) {}

    Result<void> give(const AvCoded& coded, CodedPacket& packet) const;
    [[nodiscard]] std::int64_t timeOf(std::int64_t position) const;

    EncoderOptions options;
    CodingStage stage;
    std::vector<std::byte> header;
};

std::int64_t Encoder::Impl::timeOf(std::int64_t position) const {
    const TimeBase& base = options.time_base;
    if (base.num == 0) return position;
    return av_rescale(position, base.den, std::int64_t(base.num) * stage.encoder().rateHz());
}

Result<void> Encoder::Impl::give(const AvCoded& coded, CodedPacket& packet) const {
    const auto payload =
        std::as_bytes(std::span(coded.packet->data, std::size_t(coded.packet->size)));
    packet.bytes.clear();
    if (options.codec == CodecId::aac) {
        const auto head_bytes = makeAdts(
            {.rate_hz = stage.encoder().rateHz(), .channels = options.channels}, payload.size());
        if (!head_bytes) {
            return fail(ErrorKind::internal, "an AAC frame is too long for ADTS", "codec");
        }
        packet.bytes.assign(head_bytes->begin(), head_bytes->end());
    }
    packet.bytes.insert(packet.bytes.end(), payload.begin(), payload.end());
    packet.frames = coded.frames;
    packet.skip_frames = coded.skip_frames;
    packet.discard_frames = coded.discard_frames;
    packet.pts = timeOf(coded.position);
    packet.duration = timeOf(coded.position + coded.frames) - packet.pts;
    return {};
}

Encoder::Encoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;
Encoder::~Encoder() = default;

Result<Encoder> Encoder::open(const EncoderOptions& options) {
    if (auto checked = check(options); !checked) return tl::unexpected(checked.error());
    auto stage = CodingStage::open({.codec = options.codec,
                                    .rate_hz = options.rate_hz,
                                    .channels = options.channels,
                                    .bitrate_bps = options.bitrate_bps,
                                    .frame_samples = options.chunk_samples},
                                   options.chunk_samples);
    if (!stage) return tl::unexpected(stage.error());
    auto impl = std::make_unique<Impl>(options, std::move(*stage));
    impl->header = headerOf(options.codec, impl->stage.encoder().setup());
    return Encoder(std::move(impl));
}

Result<void> Encoder::put(std::span<const float> interleaved) {
    return impl_->stage.put(interleaved);
}

Result<void> Encoder::put(std::span<const std::int16_t> interleaved) {
    std::vector<float> floats(interleaved.size());
    dsp::fromPcm16(interleaved, floats);
    return impl_->stage.put(floats);
}

Result<void> Encoder::putPlanar(std::span<const std::span<const float>> channels) {
    auto interleaved = interleave(channels, std::size_t(impl_->options.channels));
    if (!interleaved) return tl::unexpected(interleaved.error());
    return impl_->stage.put(*interleaved);
}

Result<void> Encoder::putPlanar(std::span<const std::span<const std::int16_t>> channels) {
    const auto interleaved = interleave(channels, std::size_t(impl_->options.channels));
    if (!interleaved) return tl::unexpected(interleaved.error());
    return put(std::span<const std::int16_t>(*interleaved));
}

Result<Got> Encoder::get(CodedPacket& packet, bool force) {
    AvCoded coded;
    const auto got = impl_->stage.next(force, coded);
    if (!got) return tl::unexpected(got.error());
    if (!*got) return impl_->stage.finished() ? Got::end : Got::again;
    if (auto given = impl_->give(coded, packet); !given) return tl::unexpected(given.error());
    return Got::packet;
}

int Encoder::codedRateHz() const { return impl_->stage.encoder().rateHz(); }
int Encoder::chunkSamples() const { return impl_->stage.chunkSamples(); }
int Encoder::delayFrames() const { return impl_->stage.encoder().delayFrames(); }
std::span<const std::byte> Encoder::header() const { return impl_->header; }

}  // namespace doubletalk::codec
