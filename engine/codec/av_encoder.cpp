// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/av_encoder.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <array>
#include <string>

#include "engine/codec/av_samples.h"

namespace doubletalk::codec {
namespace {

constexpr std::array kMpegRates{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000};
constexpr std::array kOpusRates{8000, 12000, 16000, 24000, 48000};
constexpr std::array kOpusFrameUs{2500, 5000, 10000, 20000, 40000, 60000};
constexpr int kOpusExactBps = 32'000;  // [bit/s] a channel
constexpr int kMinFlacFrame = 16;      // RFC 9639 section 9.1.1
constexpr int kMaxFlacFrame = 65535;   // a streamable one is smaller, but legal it is
constexpr int kMaxPcmFrame = 1 << 16;
constexpr int kMaxSilentFrames = 64;  // a codec that holds back more than this is broken

struct LibraryRow {
    const char* encoder;
    AVSampleFormat format;
    int min_bps;  ///< a channel; 0: no bit rate
    int max_bps;
};

LibraryRow libraryRow(const AvEncoderOptions& options) {
    switch (options.codec) {
        case CodecId::mp3:
            return {"libmp3lame", AV_SAMPLE_FMT_FLTP, 8'000, 320'000};
        case CodecId::aac:
            return {"aac", AV_SAMPLE_FMT_FLTP, 8'000, 288'000};
        case CodecId::opus:
            return {"libopus", AV_SAMPLE_FMT_FLT, 6'000, 256'000};
        case CodecId::flac:
            return {"flac", options.bits > 16 ? AV_SAMPLE_FMT_S32 : AV_SAMPLE_FMT_S16, 0, 0};
        case CodecId::pcm:
            break;
    }
    if (options.bits == 32) return {"pcm_f32le", AV_SAMPLE_FMT_FLT, 0, 0};
    if (options.bits == 24) return {"pcm_s24le", AV_SAMPLE_FMT_S32, 0, 0};
    return {"pcm_s16le", AV_SAMPLE_FMT_S16, 0, 0};
}

Result<void> checkBitRate(const AvEncoderOptions& options, const LibraryRow& row) {
    if (row.max_bps == 0) return {};
    const int max_bps =
        options.codec == CodecId::mp3 ? row.max_bps : row.max_bps * options.channels;
    if (options.bitrate_bps >= row.min_bps && options.bitrate_bps <= max_bps) return {};
    return fail(ErrorKind::usage,
                std::string(rowOf(options.codec).label) + " has no bit rate of " +
                    std::to_string(options.bitrate_bps) + " bit/s",
                "codec", "give " + std::to_string(row.min_bps) + " to " + std::to_string(max_bps));
}

/// [us] the longest Opus frame within a wish.
int opusFrameUs(const AvEncoderOptions& options) {
    if (options.frame_samples == 0) return 20000;
    int best = kOpusFrameUs.front();
    for (const int us : kOpusFrameUs) {
        if (std::int64_t(us) * options.rate_hz <= std::int64_t(options.frame_samples) * 1'000'000) {
            best = us;
        }
    }
    return best;
}

void setCodecOptions(AVCodecContext& context, const AvEncoderOptions& options) {
    const int wish =
        options.frame_samples > 0 ? options.frame_samples : rowOf(options.codec).chunk_samples;
    if (options.codec == CodecId::opus) {
        av_opt_set_double(context.priv_data, "frame_duration", opusFrameUs(options) / 1000.0, 0);
        // The coder for speech wins below this, but its resamplers lie up to 2 samples beside the
        // delay Opus states; the other one is exact.
        const bool low = options.bitrate_bps < kOpusExactBps * options.channels;
        av_opt_set(context.priv_data, "application", low ? "audio" : "lowdelay", 0);
    }
    if (options.codec == CodecId::mp3 && options.self_contained) {
        av_opt_set_int(context.priv_data, "reservoir", 0, 0);
    }
    if (options.codec == CodecId::flac) {
        context.frame_size = std::clamp(wish, kMinFlacFrame, kMaxFlacFrame);
    }
    if (options.bits == 24) context.bits_per_raw_sample = 24;
}

}  // namespace

int codedRate(CodecId codec, int rate_hz) {
    const auto next = [rate_hz](auto& rates) {
        const auto at = std::lower_bound(rates.begin(), rates.end(), rate_hz);
        return at == rates.end() ? rates.back() : *at;
    };
    if (codec == CodecId::opus) return next(kOpusRates);
    if (codec == CodecId::mp3 || codec == CodecId::aac) return next(kMpegRates);
    return rate_hz;
}

AvEncoder::AvEncoder(const AvEncoderOptions& options, CodecContextPtr context, int frame_samples)
    : options_(options),
      context_(std::move(context)),
      frame_samples_(frame_samples),
      short_last_(options.codec == CodecId::flac || options.codec == CodecId::pcm) {}

Result<AvEncoder> AvEncoder::open(const AvEncoderOptions& options) {
    silenceLibrary();
    const LibraryRow row = libraryRow(options);
    if (auto checked = checkBitRate(options, row); !checked) {
        return tl::unexpected(checked.error());
    }
    const AVCodec* codec = avcodec_find_encoder_by_name(row.encoder);
    if (codec == nullptr) {
        return fail(ErrorKind::unsupported,
                    std::string("libavcodec has no encoder '") + row.encoder + "'", "codec",
                    "install a build of it with " + std::string(rowOf(options.codec).label));
    }
    CodecContextPtr context(avcodec_alloc_context3(codec));
    if (!context) return avFail(AVERROR(ENOMEM), ErrorKind::internal, "no encoder", "codec");
    context->sample_fmt = row.format;
    context->sample_rate = options.rate_hz;
    context->time_base = {1, options.rate_hz};
    context->bit_rate = row.max_bps > 0 ? options.bitrate_bps : 0;
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
    av_channel_layout_default(&context->ch_layout, options.channels);
    setCodecOptions(*context, options);
    if (const int code = avcodec_open2(context.get(), codec, nullptr); code < 0) {
        return avFail(code, ErrorKind::unsupported,
                      std::string(rowOf(options.codec).label) + " cannot be coded at " +
                          std::to_string(options.rate_hz) + " Hz, " +
                          std::to_string(options.channels) + " channels",
                      "codec", "give another rate, bit rate or codec");
    }
    int frame = context->frame_size;
    if (frame <= 0) {
        const int wish =
            options.frame_samples > 0 ? options.frame_samples : rowOf(options.codec).chunk_samples;
        frame = std::min(wish, kMaxPcmFrame);
    }
    return AvEncoder(options, std::move(context), frame);
}

int AvEncoder::delayFrames() const { return context_->initial_padding; }

std::span<const std::byte> AvEncoder::setup() const {
    return std::as_bytes(std::span(context_->extradata, std::size_t(context_->extradata_size)));
}

Result<void> AvEncoder::sendFrame(std::span<const float> interleaved) {
    const auto frame = makeFrame();
    frame->format = context_->sample_fmt;
    frame->sample_rate = context_->sample_rate;
    frame->nb_samples = int(interleaved.size()) / options_.channels;
    frame->pts = frames_sent_;
    if (const int code = av_channel_layout_copy(&frame->ch_layout, &context_->ch_layout);
        code < 0) {
        return avFail(code, ErrorKind::internal, "no room for a frame", "codec");
    }
    if (auto filled = fillFrame(*frame, interleaved, options_.bits == 24 ? 24 : 32); !filled) {
        return filled;
    }
    if (const int code = avcodec_send_frame(context_.get(), frame.get()); code < 0) {
        return avFail(code, ErrorKind::internal, "coding failed", "codec");
    }
    sent_.push_back(frame->nb_samples);
    frames_sent_ += frame->nb_samples;
    return {};
}

Result<void> AvEncoder::send(std::span<const float> interleaved) {
    const std::size_t whole = std::size_t(frame_samples_) * std::size_t(options_.channels);
    frames_in_ += std::int64_t(interleaved.size()) / options_.channels;
    if (short_last_ || interleaved.size() >= whole) return sendFrame(interleaved);
    std::vector<float> padded(interleaved.begin(), interleaved.end());
    padded.resize(whole, 0.0F);
    return sendFrame(padded);
}

void AvEncoder::finish() { finished_ = true; }

Result<bool> AvEncoder::receiveOne(AvCoded& coded) {
    auto packet = makePacket();
    const int code = avcodec_receive_packet(context_.get(), packet.get());
    if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) return false;
    if (code < 0) return avFail(code, ErrorKind::internal, "coding failed", "codec");
    coded.packet = std::move(packet);
    coded.position = position_;
    coded.frames = sent_.empty() ? frame_samples_ : sent_.front();
    if (!sent_.empty()) sent_.pop_front();
    position_ += coded.frames;
    const std::int64_t delay = delayFrames();
    coded.skip_frames = int(std::clamp<std::int64_t>(delay - coded.position, 0, coded.frames));
    const std::int64_t over = finished_ ? position_ - delay - frames_in_ : 0;
    coded.discard_frames = int(std::clamp<std::int64_t>(over, 0, coded.frames - coded.skip_frames));
    return true;
}

Result<bool> AvEncoder::receive(AvCoded& coded) {
    if (!finished_) return receiveOne(coded);
    // The codec's delay: silence until what was put in has come out.
    for (int i = 0; i < kMaxSilentFrames; ++i) {
        if (position_ >= delayFrames() + frames_in_ || frames_in_ == 0) return false;
        const auto got = receiveOne(coded);
        if (!got || *got) return got;
        const std::vector<float> silence(
            std::size_t(frame_samples_) * std::size_t(options_.channels), 0.0F);
        if (auto sent = sendFrame(silence); !sent) return tl::unexpected(sent.error());
    }
    return fail(ErrorKind::internal, "the codec keeps what was put in", "codec");
}

std::vector<std::byte> AvEncoder::closingSetup() {
    std::vector<std::byte> setup;
    if (avcodec_send_frame(context_.get(), nullptr) < 0) return setup;
    const auto packet = makePacket();
    while (avcodec_receive_packet(context_.get(), packet.get()) >= 0) {
        std::size_t size = 0;
        const auto* data = av_packet_get_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, &size);
        if (data != nullptr) {
            const auto bytes = std::as_bytes(std::span(data, size));
            setup.assign(bytes.begin(), bytes.end());
        }
        av_packet_unref(packet.get());
    }
    return setup;
}

}  // namespace doubletalk::codec
