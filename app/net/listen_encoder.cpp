// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/net/listen_encoder.h"

#include <chrono>
#include <deque>

#include "engine/codec/encoder.h"

namespace doubletalk::net {
namespace {

using namespace std::chrono_literals;

constexpr auto kPollPause = 4ms;
constexpr double kNsPerMs = 1e6;
constexpr double kKeptS = 5.0;  // longer than any codec holds back beside its chunk

}  // namespace

/// One encoder, and when what it was given came in.
class ListenEncoder::Stream {
public:
    /// begin_s: where it begins when all streams are played in a row.
    Stream(int number, double begin_s, const PcmBlock& like, const Options& options)
        : number_(number), begin_s_(begin_s), rate_hz_(like.rate_hz), channels_(like.channels) {
        codec::EncoderOptions wanted;
        wanted.codec = options.codec;
        wanted.rate_hz = rate_hz_;
        wanted.channels = channels_;
        wanted.bitrate_bps = options.bitrate_bps;
        wanted.chunk_samples = options.chunk_samples;
        auto opened = codec::Encoder::open(wanted);
        if (opened) {
            encoder_ = std::make_unique<codec::Encoder>(std::move(*opened));
            format_ = {number, options.codec, encoder_->codedRateHz(), channels_,
                       encoder_->chunkSamples()};
        } else {
            error_ = QString::fromStdString(opened.error().message());
        }
    }

    /// Empty: it works.
    [[nodiscard]] const QString& error() const { return error_; }
    [[nodiscard]] const ListenFormat& format() const { return format_; }
    [[nodiscard]] bool takes(const PcmBlock& block) const {
        return block.rate_hz == rate_hz_ && block.channels == channels_;
    }

    void put(const PcmBlock& block, const Sinks& sinks) {
        if (!encoder_) return;
        put_frames_ += block.samples / channels_;
        stamps_.push_back({double(put_frames_) / rate_hz_, block.entered_ns});
        while (stamps_.front().end_s < stamps_.back().end_s - keptS()) stamps_.pop_front();
        if (auto ok = encoder_->put(block.audio()); !ok) return breakOff(ok.error(), sinks);
        giveAll(false, sinks);
    }

    void finish(const Sinks& sinks) {
        if (encoder_) giveAll(true, sinks);
        if (coded_frames_ > 0) sinks.ended(number_);
    }

    /// Where what was given ends, as begin_s.
    [[nodiscard]] double endS() const {
        return coded_frames_ == 0 ? begin_s_ : begin_s_ + double(coded_frames_) / format_.rate_hz;
    }

private:
    struct Stamp {
        double end_s;             ///< of a block, in the source
        std::int64_t entered_ns;  ///< its last frame
    };

    void giveAll(bool force, const Sinks& sinks) {
        codec::CodedPacket packet;
        for (;;) {
            const auto got = encoder_->get(packet, force);
            if (!got) return breakOff(got.error(), sinks);
            if (*got != codec::Got::packet) return;
            give(packet, sinks);
        }
    }

    void breakOff(const Error& error, const Sinks& sinks) {
        error_ = QString::fromStdString(error.message());
        encoder_.reset();
        sinks.failed(error_);
    }

    void give(const codec::CodedPacket& packet, const Sinks& sinks) {
        const double at_s = endS();
        const double source_s = double(coded_frames_ - encoder_->delayFrames()) / format_.rate_hz;
        coded_frames_ += packet.frames;
        sinks.packet({number_,
                      QByteArray(reinterpret_cast<const char*>(packet.bytes.data()),
                                 qsizetype(packet.bytes.size())),
                      at_s, enteredMs(source_s)});
    }

    /// [s] of stamps: more than the encoder holds back.
    [[nodiscard]] double keptS() const {
        return kKeptS + double(format_.chunk_samples) / format_.rate_hz;
    }

    [[nodiscard]] double enteredMs(double source_s) const {
        const auto at = std::find_if(stamps_.begin(), stamps_.end(),
                                     [&](const Stamp& stamp) { return stamp.end_s >= source_s; });
        const auto& stamp = at == stamps_.end() ? stamps_.back() : *at;
        return double(stamp.entered_ns) / kNsPerMs - (stamp.end_s - source_s) * 1000.0;
    }

    int number_;
    double begin_s_;
    int rate_hz_;
    int channels_;
    std::unique_ptr<codec::Encoder> encoder_;
    ListenFormat format_;
    QString error_;
    std::deque<Stamp> stamps_;
    std::int64_t put_frames_ = 0;
    std::int64_t coded_frames_ = 0;
};

void ListenEncoder::start(std::unique_ptr<ListenSource> source, const Options& options,
                          Sinks sinks) {
    stop();
    thread_ = std::thread([this, options, source = std::move(source), sinks = std::move(sinks)] {
        work(*source, options, sinks);
    });
}

void ListenEncoder::stop() {
    ending_ = true;
    if (thread_.joinable()) thread_.join();
    ending_ = false;
}

void ListenEncoder::work(ListenSource& source, const Options& options, const Sinks& sinks) const {
    auto block = std::make_unique<PcmBlock>();
    std::unique_ptr<Stream> stream;
    int streams = 0;
    double end_s = 0.0;
    const auto finish = [&] {
        if (!stream) return;
        stream->finish(sinks);
        end_s = stream->endS();
        stream.reset();
    };
    while (!ending_) {
        const Fed fed = source.read(*block);
        if (fed == Fed::nothing) std::this_thread::sleep_for(kPollPause);
        if (fed == Fed::end || (fed == Fed::block && stream && !stream->takes(*block))) finish();
        if (fed != Fed::block) continue;
        if (!stream) {
            stream = std::make_unique<Stream>(++streams, end_s, *block, options);
            if (stream->error().isEmpty()) {
                sinks.format(stream->format());
            } else {
                sinks.failed(stream->error());
            }
        }
        stream->put(*block, sinks);
    }
}

}  // namespace doubletalk::net
