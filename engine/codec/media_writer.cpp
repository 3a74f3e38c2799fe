// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/media_writer.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/opt.h>
}

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>

#include "engine/codec/coding_stage.h"
#include "engine/codec/part_file.h"
#include "engine/core/write_target.h"

namespace doubletalk::codec {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxLosslessChannels = 8;
constexpr std::array kOpusFrameUs{2500, 5000, 10000, 20000, 40000, 60000};  // RFC 6716 2.1.4
constexpr int kMinFlacFrame = 16;  // RFC 9639 section 9.1.1
constexpr int kMaxFlacFrame = 65'535;
constexpr int kMaxHalfRateHz = 24'000;  // MP3 has half as long frames up to here
constexpr std::size_t kSkipBytes = 10;  // of AV_PKT_DATA_SKIP_SAMPLES
constexpr std::size_t kOpusRateAt = 12;

struct MuxerFree {
    void operator()(AVFormatContext* p) const noexcept { avformat_free_context(p); }
};
using MuxerPtr = std::unique_ptr<AVFormatContext, MuxerFree>;

/// What cannot be written piece by piece waits here.
struct MemoryFile {
    std::vector<std::byte> bytes;
    std::size_t at = 0;

    bool write(std::span<const std::byte> from) {
        if (at + from.size() > bytes.size()) bytes.resize(at + from.size());
        std::copy(from.begin(), from.end(), bytes.begin() + std::ptrdiff_t(at));
        at += from.size();
        return true;
    }
};

MediaSink memorySink(const std::shared_ptr<MemoryFile>& memory) {
    return {[memory](std::span<const std::byte> from) { return memory->write(from); },
            [memory](std::int64_t position) {
                memory->at = std::size_t(position);
                return true;
            }};
}

MediaSink fileSink(const std::shared_ptr<std::ofstream>& stream) {
    return {[stream](std::span<const std::byte> from) {
                stream->write(reinterpret_cast<const char*>(from.data()),
                              std::streamsize(from.size()));
                return bool(*stream);
            },
            [stream](std::int64_t position) {
                stream->seekp(position);
                return bool(*stream);
            }};
}

/// [frames] that a coded frame can have; of FLAC the smallest and the largest.
std::vector<int> frameSizes(CodecId codec, int coded_hz) {
    const int own = rowOf(codec).chunk_samples;
    if (codec == CodecId::flac) return {kMinFlacFrame, kMaxFlacFrame};
    if (codec == CodecId::mp3 && coded_hz <= kMaxHalfRateHz) return {own / 2, own};  // one or two
    if (codec != CodecId::opus) return {own};
    std::vector<int> sizes;
    for (const int us : kOpusFrameUs) {
        sizes.push_back(int(std::int64_t(us) * coded_hz / 1'000'000));
    }
    return sizes;
}

Result<void> checkChunk(const MediaWriterOptions& options, const std::string& where) {
    const MediaKind& kind = *options.kind;
    const int coded_hz = codedRate(kind.codec, options.rate_hz);
    const auto sizes = frameSizes(kind.codec, coded_hz);
    const int wish = options.chunk_samples;
    const bool any = kind.codec == CodecId::flac;
    if (wish == 0 || (any && wish >= sizes.front() && wish <= sizes.back()) ||
        std::find(sizes.begin(), sizes.end(), wish) != sizes.end()) {
        return {};
    }
    std::string known;
    for (const int size : sizes) {
        if (!known.empty()) known += any ? " to " : size == sizes.back() ? " or " : ", ";
        known += std::to_string(size);
    }
    return fail(ErrorKind::usage,
                std::string(kind.label) + " at " + std::to_string(coded_hz) +
                    " Hz has no frames of " + std::to_string(wish) + " samples",
                where, "give " + known + ", or leave the chunk size out");
}

Result<void> check(const MediaWriterOptions& options, const std::string& where) {
    const MediaKind& kind = *options.kind;
    const bool lossless = rowOf(kind.codec).lossless;
    const int max_channels = lossless ? kMaxLosslessChannels : 2;
    if (options.channels < 1 || options.channels > max_channels) {
        return fail(ErrorKind::usage,
                    std::string(kind.label) + " is not written with " +
                        std::to_string(options.channels) + " channels",
                    where, "mix them into 1 to " + std::to_string(max_channels) + " channels");
    }
    if (options.rate_hz < kMinWrittenRateHz || options.rate_hz > kMaxWrittenRateHz) {
        return fail(ErrorKind::usage,
                    std::string(kind.label) + " is not written at " +
                        std::to_string(options.rate_hz) + " Hz",
                    where,
                    "give " + std::to_string(kMinWrittenRateHz) + " to " +
                        std::to_string(kMaxWrittenRateHz) + " Hz");
    }
    const bool bits = options.bits == 16 || options.bits == 24 ||
                      (options.bits == 32 && kind.codec != CodecId::flac);
    if (lossless && !bits) {
        return fail(ErrorKind::usage,
                    std::string(kind.label) + " is not written with " +
                        std::to_string(options.bits) + " bits",
                    where, "give 16 or 24, for WAV also 32 (float)");
    }
    return checkChunk(options, where);
}

}  // namespace

struct MediaWriter::Impl {
    Impl(const MediaWriterOptions& wanted, std::string called, CodingStage opened, MediaSink sink)
        : options(wanted),
          where(std::move(called)),
          stage(std::move(opened)),
          io(std::move(sink)) {}

    Result<void> begin();
    Result<void> describe(AVStream& stream);
    Result<void> writePackets(bool force);
    Result<void> writePacket(AvCoded& coded);
    Result<void> writeClosing();
    Result<void> finish();
    [[nodiscard]] tl::unexpected<Error> notWritten() const {
        return fail(ErrorKind::io, "not everything could be written", where,
                    "check that the disk is not full and the output is open");
    }

    MediaWriterOptions options;
    std::string where;
    CodingStage stage;
    AvIo io;
    MuxerPtr muxer;
    std::optional<PartFile> part;
    std::shared_ptr<std::ofstream> file;
    std::shared_ptr<MemoryFile> memory;
    MediaSink after_memory;
    std::int64_t frames_in = 0;
    bool finished = false;
};

Result<void> MediaWriter::Impl::describe(AVStream& stream) {
    const AVCodecContext& codec = stage.encoder().context();
    if (const int code = avcodec_parameters_from_context(stream.codecpar, &codec); code < 0) {
        return avFail(code, ErrorKind::internal, "no writer", where);
    }
    stream.time_base = {1, stage.encoder().rateHz()};
    AVCodecParameters& parameters = *stream.codecpar;
    if (parameters.codec_id == AV_CODEC_ID_OPUS &&
        std::size_t(parameters.extradata_size) >= kOpusRateAt + 4) {
        // So that a reader gives back the rate that was put in. Ref: RFC 7845 section 5.1.
        AV_WL32(parameters.extradata + kOpusRateAt, std::uint32_t(options.rate_hz));
    }
    return {};
}

Result<void> MediaWriter::Impl::begin() {
    AVFormatContext* context = nullptr;
    const std::string name(options.kind->muxer);
    const int made = avformat_alloc_output_context2(&context, nullptr, name.c_str(), nullptr);
    if (made < 0) {
        return avFail(made, ErrorKind::unsupported,
                      "libavformat cannot write " + std::string(options.kind->label), where);
    }
    muxer.reset(context);
    context->pb = io.context();
    context->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;  // the same audio, the same bytes
    AVStream* stream = avformat_new_stream(context, nullptr);
    if (stream == nullptr) return avFail(AVERROR(ENOMEM), ErrorKind::internal, "no writer", where);
    if (auto described = describe(*stream); !described) return described;
    AVDictionary* settings = nullptr;
    const bool seekable = (context->pb->seekable & AVIO_SEEKABLE_NORMAL) != 0;
    if (name == "wav" && seekable) av_dict_set(&settings, "rf64", "auto", 0);
    // An edit list in samples, not milliseconds, states the exact length.
    if (name == "ipod") av_dict_set_int(&settings, "movie_timescale", stage.encoder().rateHz(), 0);
    const int code = avformat_write_header(context, &settings);
    av_dict_free(&settings);
    if (io.failed()) return notWritten();
    if (code < 0) {
        return avFail(code, ErrorKind::unsupported,
                      std::string(options.kind->label) + " cannot hold this audio", where,
                      "write WAV, or another rate or number of channels");
    }
    return {};
}

Result<void> MediaWriter::Impl::writePacket(AvCoded& coded) {
    AVPacket& packet = *coded.packet;
    const AVStream& stream = *muxer->streams[0];
    const AVRational coded_base{1, stage.encoder().rateHz()};
    packet.stream_index = 0;
    packet.pts = coded.position - stage.encoder().delayFrames();
    packet.dts = packet.pts;
    packet.duration = coded.frames - coded.discard_frames;
    packet.time_base = coded_base;
    if (coded.discard_frames > 0) {
        auto* data = av_packet_new_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, kSkipBytes);
        if (data == nullptr) {
            return avFail(AVERROR(ENOMEM), ErrorKind::internal, "no writer", where);
        }
        std::memset(data, 0, kSkipBytes);
        AV_WL32(data + 4, std::uint32_t(coded.discard_frames));
    }
    av_packet_rescale_ts(&packet, coded_base, stream.time_base);
    const int code = av_write_frame(muxer.get(), &packet);
    if (io.failed()) return notWritten();
    if (code < 0) return avFail(code, ErrorKind::internal, "writing failed", where);
    return {};
}

Result<void> MediaWriter::Impl::writePackets(bool force) {
    for (;;) {
        AvCoded coded;
        const auto got = stage.next(force, coded);
        if (!got) return tl::unexpected(got.error());
        if (!*got) return {};
        if (auto written = writePacket(coded); !written) return written;
    }
}

/// FLAC: the checksum of all samples and their number, known only now.
Result<void> MediaWriter::Impl::writeClosing() {
    const auto setup = stage.encoder().closingSetup();
    if (setup.empty()) return {};
    const auto packet = makePacket();
    auto* data = av_packet_new_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, setup.size());
    if (data == nullptr) return avFail(AVERROR(ENOMEM), ErrorKind::internal, "no writer", where);
    std::memcpy(data, setup.data(), setup.size());
    const int code = av_write_frame(muxer.get(), packet.get());
    if (code < 0) return avFail(code, ErrorKind::internal, "writing failed", where);
    return {};
}

Result<void> MediaWriter::Impl::finish() {
    if (auto written = writePackets(true); !written) return written;
    if (options.kind->codec == CodecId::flac) {
        if (auto written = writeClosing(); !written) return written;
    }
    const int code = av_write_trailer(muxer.get());
    if (io.failed()) return notWritten();
    if (code < 0) return avFail(code, ErrorKind::internal, "writing failed", where);
    if (memory && !after_memory.write(memory->bytes)) return notWritten();
    if (!part) return {};
    file->close();
    if (!*file) return notWritten();
    return part->commit();
}

MediaWriter::MediaWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MediaWriter::MediaWriter(MediaWriter&&) noexcept = default;
MediaWriter& MediaWriter::operator=(MediaWriter&&) noexcept = default;
MediaWriter::~MediaWriter() = default;

Result<MediaWriter> MediaWriter::open(const fs::path& file, const MediaWriterOptions& options) {
    MediaWriterOptions known = options;
    if (known.kind == nullptr) {
        const auto kind = mediaKindOf(file);
        if (!kind) return tl::unexpected(kind.error());
        known.kind = *kind;
    }
    if (auto checked = check(known, file.string()); !checked) {
        return tl::unexpected(checked.error());
    }
    auto part = PartFile::beside(file);
    if (!part) return tl::unexpected(part.error());
    auto stream = std::make_shared<std::ofstream>(part->path(), std::ios::binary);
    if (!*stream) {
        const int code = errno;
        return fail(ErrorKind::io, "cannot be written: " + std::generic_category().message(code),
                    file.string(), writeHint(code));
    }
    auto writer = open(fileSink(stream), file.string(), known);
    if (!writer) return writer;
    writer->impl_->part.emplace(std::move(*part));
    writer->impl_->file = std::move(stream);
    return writer;
}

Result<MediaWriter> MediaWriter::open(MediaSink sink, const std::string& where,
                                      const MediaWriterOptions& options) {
    if (options.kind == nullptr) {
        return fail(ErrorKind::usage, "the kind of file is not known", where, "say which codec");
    }
    if (auto checked = check(options, where); !checked) return tl::unexpected(checked.error());
    auto stage = CodingStage::open({.codec = options.kind->codec,
                                    .rate_hz = options.rate_hz,
                                    .channels = options.channels,
                                    .bitrate_bps = options.bitrate_bps,
                                    .frame_samples = options.chunk_samples,
                                    .bits = options.bits,
                                    .self_contained = false},
                                   1);
    if (!stage) return tl::unexpected(stage.error());
    std::shared_ptr<MemoryFile> memory;
    MediaSink after_memory;
    if (!sink.seek && options.kind->name == "m4a") {
        memory = std::make_shared<MemoryFile>();
        after_memory = std::exchange(sink, memorySink(memory));
    }
    auto impl = std::make_unique<Impl>(options, where, std::move(*stage), std::move(sink));
    impl->memory = std::move(memory);
    impl->after_memory = std::move(after_memory);
    if (auto begun = impl->begin(); !begun) return tl::unexpected(begun.error());
    return MediaWriter(std::move(impl));
}

Result<void> MediaWriter::put(std::span<const float> interleaved) {
    if (auto put = impl_->stage.put(interleaved); !put) return put;
    impl_->frames_in += std::int64_t(interleaved.size()) / impl_->options.channels;
    return impl_->writePackets(false);
}

Result<void> MediaWriter::finish() {
    if (std::exchange(impl_->finished, true)) {
        return fail(ErrorKind::state, "the file is finished already", impl_->where);
    }
    if (impl_->frames_in == 0) {
        return fail(ErrorKind::usage, "there is no audio to write", impl_->where,
                    "give at least one frame");
    }
    return impl_->finish();
}

int MediaWriter::codedRateHz() const { return impl_->stage.encoder().rateHz(); }
std::int64_t MediaWriter::bytesWritten() const { return impl_->io.position(); }

}  // namespace doubletalk::codec
