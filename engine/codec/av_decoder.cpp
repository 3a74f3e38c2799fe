// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/av_decoder.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <cstring>

#include "engine/codec/av_samples.h"

namespace doubletalk::codec {
namespace {

constexpr std::int64_t kMaxFrameSamples = 1 << 20;  // no codec here has more in one frame

Result<CodecContextPtr> makeContext(const AVCodec* codec, const std::string& name) {
    silenceLibrary();
    if (codec == nullptr) {
        return fail(ErrorKind::unsupported, "libavcodec has no decoder '" + name + "'", "codec",
                    "convert the audio to WAV or FLAC");
    }
    CodecContextPtr context(avcodec_alloc_context3(codec));
    if (!context) return avFail(AVERROR(ENOMEM), ErrorKind::internal, "no decoder", "codec");
    context->max_samples = kMaxFrameSamples;
    context->flags2 |= AV_CODEC_FLAG2_SKIP_MANUAL;
    context->err_recognition |= AV_EF_CRCCHECK;
    // The others go on behind a frame with a wrong checksum too, and conceal it.
    if (codec->id == AV_CODEC_ID_FLAC) context->err_recognition |= AV_EF_EXPLODE;
    context->request_sample_fmt = AV_SAMPLE_FMT_FLT;
    context->thread_count = 1;
    return context;
}

Result<void> openContext(AVCodecContext& context, const AVCodec* codec) {
    const int code = avcodec_open2(&context, codec, nullptr);
    if (code >= 0) return {};
    return avFail(code, ErrorKind::format, std::string(codec->name) + " audio cannot be decoded",
                  "codec", "convert it to WAV or FLAC");
}

Result<void> setSetup(AVCodecContext& context, const std::vector<std::byte>& setup) {
    if (setup.empty()) return {};
    auto* copy =
        static_cast<std::uint8_t*>(av_mallocz(setup.size() + AV_INPUT_BUFFER_PADDING_SIZE));
    if (copy == nullptr) return avFail(AVERROR(ENOMEM), ErrorKind::internal, "no decoder", "codec");
    std::memcpy(copy, setup.data(), setup.size());
    context.extradata = copy;
    context.extradata_size = int(setup.size());
    return {};
}

}  // namespace

AvDecoder::AvDecoder(CodecContextPtr context) : context_(std::move(context)), frame_(makeFrame()) {}

Result<AvDecoder> AvDecoder::open(const AvDecoderOptions& options) {
    const AVCodec* codec = avcodec_find_decoder_by_name(options.name.c_str());
    auto context = makeContext(codec, options.name);
    if (!context) return tl::unexpected(context.error());
    AVCodecContext& c = **context;
    c.sample_rate = options.rate_hz;
    c.bits_per_coded_sample = options.bits;
    c.pkt_timebase = {1, std::max(options.rate_hz, 1)};
    if (options.channels > 0) av_channel_layout_default(&c.ch_layout, options.channels);
    if (auto set = setSetup(c, options.setup); !set) return tl::unexpected(set.error());
    if (auto opened = openContext(c, codec); !opened) return tl::unexpected(opened.error());
    return AvDecoder(std::move(*context));
}

Result<AvDecoder> AvDecoder::open(const AVCodecParameters& parameters) {
    // The library's own Opus decoder delays its output; libopus gives each packet's frames at once.
    const AVCodec* codec =
        parameters.codec_id == AV_CODEC_ID_OPUS ? avcodec_find_decoder_by_name("libopus") : nullptr;
    if (codec == nullptr) codec = avcodec_find_decoder(parameters.codec_id);
    auto context = makeContext(codec, avcodec_get_name(parameters.codec_id));
    if (!context) return tl::unexpected(context.error());
    if (const int code = avcodec_parameters_to_context(context->get(), &parameters); code < 0) {
        return avFail(code, ErrorKind::format, "no decoder", "codec");
    }
    if (auto opened = openContext(**context, codec); !opened) {
        return tl::unexpected(opened.error());
    }
    return AvDecoder(std::move(*context));
}

Result<void> AvDecoder::decode(std::span<const std::byte> coded, std::vector<float>& out) {
    const auto packet = makePacket();
    if (const int code = av_new_packet(packet.get(), int(coded.size())); code < 0) {
        return avFail(code, ErrorKind::internal, "no room for a packet", "codec");
    }
    std::memcpy(packet->data, coded.data(), coded.size());
    return decode(packet.get(), out);
}

Result<void> AvDecoder::decode(const AVPacket* packet, std::vector<float>& out) {
    int code = avcodec_send_packet(context_.get(), packet);
    if (code == AVERROR_EOF) return {};
    if (code < 0)
        return avFail(code, ErrorKind::format, "a coded frame is damaged", "codec",
                      "give undamaged audio");
    for (;;) {
        code = avcodec_receive_frame(context_.get(), frame_.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return {};
        if (code < 0)
            return avFail(code, ErrorKind::format, "a coded frame is damaged", "codec",
                          "give undamaged audio");
        rate_hz_ = frame_->sample_rate;
        const AVChannelLayout& layout = frame_->ch_layout;
        channels_ = layout.nb_channels;
        speakers_ = layout.order == AV_CHANNEL_ORDER_NATIVE ? layout.u.mask : 0;
        if (auto appended = appendFrame(*frame_, out); !appended) return appended;
        av_frame_unref(frame_.get());
    }
}

void AvDecoder::restart() { avcodec_flush_buffers(context_.get()); }

}  // namespace doubletalk::codec
