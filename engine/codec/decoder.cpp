// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/decoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/codec/av_decoder.h"
#include "engine/codec/framer.h"
#include "engine/codec/pcm_stage.h"
#include "engine/dsp/pcm16.h"

namespace doubletalk::codec {
namespace {

constexpr int kMaxRateHz = 48000;
constexpr int kMaxChannels = 8;
constexpr int kMaxChunk = 1 << 20;
constexpr std::size_t kSniffBytes = 12;
constexpr std::size_t kMaxSniffBytes = 1 << 20;  // a tag with a picture may stand in front
constexpr std::size_t kFlacHeadBytes = 8;        // marker and block head, before STREAMINFO
constexpr int kOpusRateHz = 48000;
constexpr std::size_t kMaxWaitingSamples = 1 << 22;  // more is decoded when these are taken

Result<void> check(const DecoderOptions& options) {
    const bool fits = options.rate_hz >= 0 && options.rate_hz <= kMaxRateHz &&
                      options.channels >= 0 && options.channels <= kMaxChannels &&
                      options.chunk_samples >= 0 && options.chunk_samples <= kMaxChunk;
    if (fits) return {};
    return fail(ErrorKind::usage, "no decoding to this rate, number of channels or chunk size",
                "codec", "give at most 48000 Hz, 8 channels and a mebisample; 0: as coded");
}

/// The set-up a packet's decoder needs.
AvDecoderOptions packetDecoder(CodecId codec, const DecoderOptions& options) {
    switch (codec) {
        case CodecId::mp3:
            return {.name = "mp3float"};
        case CodecId::aac:
            return {.name = "aac"};
        case CodecId::opus:
            return {.name = "libopus",
                    .rate_hz = kOpusRateHz,
                    .channels = options.packet_channels,
                    .setup = options.header};
        case CodecId::flac: {
            const auto skip = std::min(options.header.size(), kFlacHeadBytes);
            return {.name = "flac",
                    .setup = {options.header.begin() + std::ptrdiff_t(skip), options.header.end()}};
        }
        case CodecId::pcm:
            break;
    }
    return {.name = "pcm_s16le",
            .rate_hz = options.packet_rate_hz,
            .channels = options.packet_channels};
}

}  // namespace

struct Decoder::Impl {
    explicit Impl(const DecoderOptions& wanted)
        : options(wanted), stage(wanted.rate_hz, wanted.channels, wanted.chunk_samples) {}

    /// coded_hz: what the frame's numbers count in; 0: the output rate.
    Result<void> decode(const FoundFrame& frame, int coded_hz);
    Result<void> putPacket(const CodedPacket& packet);
    Result<void> putPiece(std::span<const std::byte> piece);
    Result<void> findKind(std::span<const std::byte> piece);
    Result<void> drainFramer();
    void finish();
    void close();
    void keep(Result<void> step) {
        if (!step && at_end) at_end = std::move(step);
    }
    Result<Got> take(PcmChunk& chunk, bool force);

    DecoderOptions options;
    PcmStage stage;
    std::optional<AvDecoder> av;
    std::unique_ptr<Framer> framer;
    std::vector<std::byte> beginning;  ///< until the kind of stream is known
    std::vector<float> samples;
    Result<void> at_end;       ///< what to say in place of end
    bool coded_waits = false;  ///< in the framer, until decoded samples were taken
    bool finished = false;
    bool closed = false;
};

Result<void> Decoder::Impl::decode(const FoundFrame& frame, int coded_hz) {
    samples.clear();
    if (auto decoded = av->decode(frame.bytes, samples); !decoded) return decoded;
    const int channels = av->channels();
    if (channels == 0) return {};
    const auto have = std::int64_t(samples.size()) / channels;
    // Opus comes out at 48 kHz, whatever rate its packets count in.
    const auto scaled = [&](std::int64_t n) {
        return std::clamp<std::int64_t>(coded_hz > 0 ? n * av->rateHz() / coded_hz : n, 0, have);
    };
    const std::int64_t skip = scaled(frame.skip_frames);
    const std::int64_t counted = frame.frames > 0 ? scaled(frame.frames) : have;
    const std::int64_t end = std::max(skip, counted - scaled(frame.discard_frames));
    return stage.put({samples.begin() + skip * channels, samples.begin() + end * channels},
                     av->rateHz(), channels, av->speakers());
}

Result<void> Decoder::Impl::putPacket(const CodedPacket& packet) {
    if (finished || framer || !beginning.empty() || !options.codec) {
        return fail(ErrorKind::state, "the decoder takes no packet now", "codec",
                    "open one for this codec, and give it packets only");
    }
    const bool unknown = options.packet_rate_hz < 1 || options.packet_channels < 1;
    if (unknown && (*options.codec == CodecId::pcm || *options.codec == CodecId::opus)) {
        return fail(ErrorKind::usage, "these packets do not say their rate and channels", "codec",
                    "open the decoder with packet_rate_hz and packet_channels");
    }
    if (!av) {
        auto opened = AvDecoder::open(packetDecoder(*options.codec, options));
        if (!opened) return tl::unexpected(opened.error());
        av.emplace(std::move(*opened));
    }
    return decode({packet.bytes, packet.frames, packet.skip_frames, packet.discard_frames},
                  options.packet_rate_hz);
}

Result<void> Decoder::Impl::findKind(std::span<const std::byte> piece) {
    beginning.insert(beginning.end(), piece.begin(), piece.end());
    if (!options.codec) {
        const bool whole = finished || beginning.size() > kMaxSniffBytes;
        const std::size_t needed = id3Bytes(beginning) + kSniffBytes;
        if (beginning.size() < needed && !whole) return {};
        options.codec = sniff(beginning);
        if (!options.codec) {
            framer = makeFramer(CodecId::pcm);
            framer->finish();
            at_end = fail(ErrorKind::format, "this is no MP3, AAC, Ogg, FLAC or WAV stream",
                          "codec", "say which codec it is, or give another stream");
            beginning.clear();
            return at_end;
        }
    }
    framer = makeFramer(*options.codec);
    framer->put(std::exchange(beginning, {}));
    return drainFramer();
}

/// Decodes what is there, but only so much ahead of what is taken: a few bytes may hold hours.
Result<void> Decoder::Impl::drainFramer() {
    Result<void> result;
    do {
        FoundFrame frame;
        const auto found = framer->next(frame);
        coded_waits = !found || *found;
        if (!coded_waits) return result;
        auto step = found ? Result<void>{} : tl::unexpected(found.error());
        if (found && !av) {
            auto opened = AvDecoder::open(framer->decoder());
            if (!opened) return tl::unexpected(opened.error());
            av.emplace(std::move(*opened));
        }
        if (found) step = decode(frame, 0);
        if (!step && result) result = step;
    } while (stage.waitingSamples() < kMaxWaitingSamples);
    return result;
}

Result<void> Decoder::Impl::putPiece(std::span<const std::byte> piece) {
    if (finished || (av && !framer)) {
        return fail(ErrorKind::state, "the decoder takes no bytes now", "codec",
                    "open another one, and give it a stream only");
    }
    if (piece.empty()) return {};
    if (!framer) return findKind(piece);
    framer->put(piece);
    return drainFramer();
}

void Decoder::Impl::finish() {
    finished = true;
    if (!framer && !beginning.empty()) keep(findKind({}));
    if (!framer) return;
    framer->finish();
    coded_waits = true;
}

void Decoder::Impl::close() {
    closed = true;
    if (framer) keep(framer->checkEnd());
    if (av) {
        samples.clear();
        keep(av->decode(nullptr, samples));
        keep(stage.put(samples, av->rateHz(), av->channels()));
    }
    keep(stage.finish());
}

Result<Got> Decoder::Impl::take(PcmChunk& chunk, bool force) {
    if (force && !finished) finish();
    for (;;) {
        chunk.first_frame = stage.framesOut();
        chunk.samples = stage.take();
        chunk.rate_hz = stage.rateHz();
        chunk.channels = stage.channels();
        if (!chunk.samples.empty()) return Got::packet;
        if (coded_waits) {
            keep(drainFramer());
        } else if (!finished) {
            return Got::again;
        } else if (!closed) {
            close();
        } else {
            return at_end ? Result<Got>(Got::end) : tl::unexpected(at_end.error());
        }
    }
}

Decoder::Decoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;
Decoder::~Decoder() = default;

Result<Decoder> Decoder::open(const DecoderOptions& options) {
    if (auto checked = check(options); !checked) return tl::unexpected(checked.error());
    return Decoder(std::make_unique<Impl>(options));
}

Result<void> Decoder::put(const CodedPacket& packet) { return impl_->putPacket(packet); }
Result<void> Decoder::put(std::span<const std::byte> piece) { return impl_->putPiece(piece); }
Result<Got> Decoder::get(PcmChunk& chunk, bool force) { return impl_->take(chunk, force); }

Result<Got> Decoder::get(Pcm16Chunk& chunk, bool force) {
    PcmChunk floats;
    const auto got = impl_->take(floats, force);
    chunk = {{}, floats.rate_hz, floats.channels, floats.first_frame};
    chunk.samples.resize(floats.samples.size());
    dsp::toPcm16(floats.samples, chunk.samples);
    return got;
}

}  // namespace doubletalk::codec
