// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/version.h>
}

#include <algorithm>

#include "app/cli/g711_peers.h"

namespace doubletalk::cli {
namespace {

constexpr int kRateHz = 8000;

struct Release {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

Owned<AVCodecContext> opened(const AVCodec* codec) {
    Owned<AVCodecContext> context(codec != nullptr ? avcodec_alloc_context3(codec) : nullptr);
    if (!context) return nullptr;
    context->sample_fmt = AV_SAMPLE_FMT_S16;
    context->sample_rate = kRateHz;
    av_channel_layout_default(&context->ch_layout, 1);
    if (avcodec_open2(context.get(), codec, nullptr) < 0) return nullptr;
    return context;
}

/// Frames and packets lend the library memory that is filled once, so that no copy of ours counts.
class LibavcodecPeer final : public G711Peer {
public:
    explicit LibavcodecPeer(const G711Material& material) {
        const auto id =
            material.law == codec::G711Law::mu ? AV_CODEC_ID_PCM_MULAW : AV_CODEC_ID_PCM_ALAW;
        encoder_ = opened(avcodec_find_encoder(id));
        decoder_ = opened(avcodec_find_decoder(id));
        if (!works()) return;
        frame_->format = AV_SAMPLE_FMT_S16;
        frame_->sample_rate = kRateHz;
        frame_->nb_samples = int(material.pcm.size());
        ready_ = av_channel_layout_copy(&frame_->ch_layout, &encoder_->ch_layout) >= 0 &&
                 av_frame_get_buffer(frame_.get(), 0) >= 0 &&
                 av_new_packet(packet_.get(), int(material.codes.size())) >= 0;
        if (!ready_) return;
        std::ranges::copy(material.pcm, reinterpret_cast<std::int16_t*>(frame_->data[0]));
        std::ranges::copy(material.codes, reinterpret_cast<std::byte*>(packet_->data));
    }
    [[nodiscard]] bool ready() const { return ready_; }
    [[nodiscard]] std::string name() const override { return "libavcodec"; }
    [[nodiscard]] std::string detail() const override {
        const unsigned version = avcodec_version();
        return std::to_string(AV_VERSION_MAJOR(version)) + "." +
               std::to_string(AV_VERSION_MINOR(version)) + "." +
               std::to_string(AV_VERSION_MICRO(version));
    }

    std::span<const std::byte> encode() override {
        if (avcodec_send_frame(encoder_.get(), frame_.get()) < 0 ||
            avcodec_receive_packet(encoder_.get(), coded_.get()) < 0) {
            return {};
        }
        return {reinterpret_cast<const std::byte*>(coded_->data), std::size_t(coded_->size)};
    }
    std::span<const std::int16_t> decode() override {
        if (avcodec_send_packet(decoder_.get(), packet_.get()) < 0 ||
            avcodec_receive_frame(decoder_.get(), decoded_.get()) < 0) {
            return {};
        }
        return {reinterpret_cast<const std::int16_t*>(decoded_->data[0]),
                std::size_t(decoded_->nb_samples)};
    }

private:
    [[nodiscard]] bool works() const {
        return encoder_ && decoder_ && frame_ && decoded_ && packet_ && coded_;
    }

    Owned<AVCodecContext> encoder_, decoder_;
    Owned<AVFrame> frame_{av_frame_alloc()}, decoded_{av_frame_alloc()};
    Owned<AVPacket> packet_{av_packet_alloc()}, coded_{av_packet_alloc()};
    bool ready_ = false;
};

}  // namespace

std::unique_ptr<G711Peer> libavcodecPeer(const G711Material& material) {
    auto peer = std::make_unique<LibavcodecPeer>(material);
    if (!peer->ready()) return nullptr;
    return peer;
}

}  // namespace doubletalk::cli
