// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/media_reader.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/intreadwrite.h>
#include <libavutil/mem.h>
}

#include <algorithm>
#include <fstream>
#include <system_error>
#include <utility>

#include "engine/codec/adts.h"
#include "engine/codec/av_decoder.h"
#include "engine/codec/framer.h"
#include "engine/codec/md5.h"
#include "engine/codec/media_claims.h"
#include "engine/codec/mpeg_header.h"
#include "engine/codec/ogg_pages.h"
#include "engine/codec/pcm_stage.h"

namespace doubletalk::codec {
namespace {

namespace fs = std::filesystem;

// Only these demultiplexers are let loose on a file; none of them opens another one.
constexpr const char* kFormats = "wav,w64,flac,mp3,aac,ogg,mov";
constexpr std::int64_t kProbeBytes = 1 << 18;
constexpr std::int64_t kProbeUs = 500'000;
constexpr std::size_t kFirstBytes = 12;
constexpr std::size_t kOpusHeadBytes = 19;
constexpr std::size_t kMaxKeptBytes = std::size_t(256) << 20;
constexpr int kMaxChannels = 64;
constexpr int kMaxEmptyPackets = 10'000;  // in a row: nothing will ever come

struct FormatFree {
    void operator()(AVFormatContext* p) const noexcept { avformat_close_input(&p); }
};
using FormatPtr = std::unique_ptr<AVFormatContext, FormatFree>;

Result<MediaSource> fileSource(const fs::path& file) {
    std::error_code code;
    if (!fs::exists(file, code)) {
        return fail(ErrorKind::not_found, "there is no such file", file.string(), "check the name");
    }
    if (fs::is_directory(file, code)) {
        return fail(ErrorKind::io, "this is a folder, not a file", file.string(),
                    "give an audio file");
    }
    auto stream = std::make_shared<std::ifstream>(file, std::ios::binary);
    if (!*stream) {
        return fail(ErrorKind::io, "the file cannot be opened", file.string(),
                    "check its permissions");
    }
    MediaSource source;
    source.read = [stream](std::span<std::byte> to) -> std::int64_t {
        stream->read(reinterpret_cast<char*>(to.data()), std::streamsize(to.size()));
        return stream->bad() ? -1 : std::int64_t(stream->gcount());
    };
    if (fs::is_regular_file(file, code)) {
        source.size_bytes = std::int64_t(fs::file_size(file, code));
        source.seek = [stream](std::int64_t position) {
            stream->clear();
            stream->seekg(position);
            return bool(*stream);
        };
    }
    return source;
}

bool isM4a(std::span<const std::byte> first) {
    return first.size() >= 8 && startsWith(first.subspan(4), "ftyp");
}

/// The demultiplexer for what begins so; nothing: the library has to find out (tags in front, W64).
const AVInputFormat* formatOf(std::span<const std::byte> first) {
    if (isM4a(first)) return av_find_input_format("mov");
    const auto codec = id3Bytes(first) > 0 ? std::nullopt : sniff(first);
    if (!codec) return nullptr;
    switch (*codec) {
        case CodecId::pcm:
            return av_find_input_format("wav");
        case CodecId::mp3:
            return av_find_input_format("mp3");
        case CodecId::aac:
            return av_find_input_format("aac");
        case CodecId::opus:
            return av_find_input_format("ogg");
        case CodecId::flac:
            return av_find_input_format("flac");
    }
    return nullptr;
}

/// Delay and padding of one packet, as the demultiplexer states them.
struct Trim {
    std::int64_t skip = 0;
    std::int64_t discard = 0;
};

Trim trimOf(const AVPacket& packet) {
    std::size_t size = 0;
    const auto* data = av_packet_get_side_data(&packet, AV_PKT_DATA_SKIP_SAMPLES, &size);
    if (data == nullptr || size < 8) return {};
    return {AV_RL32(data), AV_RL32(data + 4)};
}

/// True: the frame says that it is longer than what there is of it.
bool isCut(AVCodecID codec, std::span<const std::byte> bytes) {
    if (codec == AV_CODEC_ID_MP3) {
        const auto header = parseMpeg(bytes);
        return header && std::size_t(header->frame_bytes) > bytes.size();
    }
    const auto header = codec == AV_CODEC_ID_AAC ? parseAdts(bytes) : std::nullopt;
    return header && std::size_t(header->frame_bytes) > bytes.size();
}

int bitsOf(const AVCodecParameters& parameters) {
    if (parameters.codec_id == AV_CODEC_ID_PCM_F32LE ||
        parameters.codec_id == AV_CODEC_ID_PCM_F64LE) {
        return 32;
    }
    const int bits = std::max(parameters.bits_per_raw_sample, parameters.bits_per_coded_sample);
    return bits > 16 ? 24 : 16;
}

}  // namespace

struct MediaReader::Impl {
    Impl(MediaSource source, std::string called, const MediaReaderOptions& wanted)
        : options(wanted), where(std::move(called)), io(std::move(source)) {}

    Result<void> openFormat();
    Result<void> openStream();
    void findLength();
    [[nodiscard]] int opusRate() const;
    Result<bool> readPacket();
    Result<void> decodePacket();
    Result<void> beginNextOpus(std::span<const std::byte> head);
    Result<void> trimAndPut();
    Result<void> finish();
    [[nodiscard]] Result<void> checkEnd();
    [[nodiscard]] bool readPastOggDamage() const {
        return ogg && ogg->damage() && (packet->pos < 0 || packet->pos >= ogg->damagePosition());
    }
    [[nodiscard]] tl::unexpected<Error> broken(const std::string& what) const {
        return fail(ErrorKind::format, what, where, "give an undamaged audio file");
    }
    /// Broken where the audio that came so far ends.
    [[nodiscard]] tl::unexpected<Error> brokenHere(const std::string& what) const {
        const int rate = format->streams[stream]->codecpar->sample_rate;
        const auto ms = std::to_string(1000 + kept_frames % rate * 1000 / rate);
        return broken(what + ", " + std::to_string(kept_frames / rate) + "." + ms.substr(1) +
                      " s in");
    }
    /// The step's error with this file's name.
    [[nodiscard]] tl::unexpected<Error> here(Error error) const {
        error.where = where;
        return tl::unexpected<Error>(std::move(error));
    }

    MediaReaderOptions options;
    std::string where;
    AvIo io;
    FormatPtr format;
    int stream = -1;
    std::optional<AvDecoder> av;
    std::optional<PcmStage> stage;
    MediaInfo info;
    PacketPtr packet = makePacket();
    std::vector<float> samples;
    Trim trim;                      ///< of the packet in hand; skip also of those that follow
    std::int64_t coded_frames = 0;  ///< decoded, nothing cut
    std::int64_t kept_frames = 0;   ///< of these, handed on
    std::optional<std::int64_t> wav_frames;  ///< as a WAV header says
    std::optional<Mp3Tag> mp3_tag;
    std::optional<std::int64_t> mp3_end;  ///< [coded frames] the padding begins here
    std::optional<OggCheck> ogg;
    std::optional<FrameCheck> adts;
    std::optional<FlacSum> flac_sum;  ///< of all samples, as a FLAC file says
    Md5 sum;
    std::optional<std::int64_t> stated_frames;  ///< at the decoder's rate
    std::optional<std::int64_t> cut_frames;     ///< nothing is handed on behind these
    bool finished = false;
    std::optional<Error> at_end;  ///< what to say in place of end
};

Result<void> MediaReader::Impl::openFormat() {
    silenceLibrary();
    AVFormatContext* context = avformat_alloc_context();
    if (context == nullptr) return avFail(AVERROR(ENOMEM), ErrorKind::internal, "no reader", where);
    context->pb = io.context();
    context->flags |= AVFMT_FLAG_CUSTOM_IO;
    context->probesize = kProbeBytes;
    context->max_analyze_duration = kProbeUs;
    context->format_whitelist = av_strdup(kFormats);
    const auto first = io.peek(kFirstBytes);
    mp3_tag = mp3TagOf(io, first);
    if (sniff(first) == CodecId::opus) {
        ogg.emplace();
        io.watch([this](std::span<const std::byte> bytes) { ogg->put(bytes); });
    }
    if (sniff(first) == CodecId::aac) {
        adts.emplace(makeFramer(CodecId::aac));
        io.watch([this](std::span<const std::byte> bytes) { adts->put(bytes); });
    }
    const AVInputFormat* kind = formatOf(first);
    wav_frames = wavFrames(io);
    const bool stream = (context->pb->seekable & AVIO_SEEKABLE_NORMAL) == 0;
    // The index of an M4A may come last.
    if (isM4a(first) && stream && !io.keepInMemory(kMaxKeptBytes)) {
        avformat_free_context(context);
        return fail(ErrorKind::unsupported, "the M4A stream is too long", where,
                    "give at most " + std::to_string(kMaxKeptBytes >> 20) + " MiB, or a file");
    }
    const int code = avformat_open_input(&context, nullptr, kind, nullptr);  // frees on failure
    format.reset(context);
    if (io.failed()) {
        return fail(ErrorKind::io, "the input cannot be read", where, "check where it comes from");
    }
    if (code < 0 && ogg && ogg->damage()) return here(*ogg->damage());
    if (code < 0) {
        return avFail(code, ErrorKind::format, "this is no audio that can be read", where,
                      "give MP3, AAC, M4A, Opus, FLAC or WAV");
    }
    return {};
}

int MediaReader::Impl::opusRate() const {
    const auto& parameters = *format->streams[stream]->codecpar;
    if (parameters.codec_id != AV_CODEC_ID_OPUS || parameters.extradata_size < 16) return 0;
    const auto rate = AV_RL32(parameters.extradata + 12);  // what was put in, RFC 7845 section 5.1
    return rate >= 8000 && rate <= 192'000 ? int(rate) : 0;
}

Result<void> MediaReader::Impl::openStream() {
    if (const int code = avformat_find_stream_info(format.get(), nullptr); code < 0) {
        return avFail(code, ErrorKind::format, "no audio was found", where, "give another file");
    }
    stream = av_find_best_stream(format.get(), AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (stream < 0) return broken("there is no audio in it");
    for (unsigned i = 0; i < format->nb_streams; ++i) {
        if (int(i) != stream) format->streams[i]->discard = AVDISCARD_ALL;
    }
    const AVCodecParameters& parameters = *format->streams[stream]->codecpar;
    const int channels = parameters.ch_layout.nb_channels;
    if (auto checked = checkCodedRate(parameters.sample_rate); !checked) {
        return here(checked.error());
    }
    if (channels < 1 || channels > kMaxChannels) return broken("impossible number of channels");
    auto opened = AvDecoder::open(parameters);
    if (!opened) return here(opened.error());
    av.emplace(std::move(*opened));
    if (options.rate_hz == 0) options.rate_hz = opusRate();
    stage.emplace(options.rate_hz, options.channels, options.chunk_samples);
    info.format = format->iformat->name;
    info.codec = avcodec_get_name(parameters.codec_id);
    info.rate_hz = options.rate_hz > 0 ? options.rate_hz : parameters.sample_rate;
    info.channels = options.channels > 0 ? options.channels : channels;
    info.bits = bitsOf(parameters);
    flac_sum = flacSum(parameters);
    findLength();
    if (parameters.codec_id == AV_CODEC_ID_OPUS) trim.skip = parameters.initial_padding;
    return {};
}

void MediaReader::Impl::findLength() {
    const AVStream& from = *format->streams[stream];
    if (wav_frames) {
        stated_frames = wav_frames;
        info.frames = av_rescale(*wav_frames, info.rate_hz, from.codecpar->sample_rate);
        return;
    }
    if (mp3_tag && mp3_tag->tag.frame_count.value_or(0) > 0) {
        const auto& tag = mp3_tag->tag;
        const std::int64_t coded = *tag.frame_count * mp3_tag->header.frames;
        const int cut = tag.has_delays ? tag.delay_frames + tag.padding_frames : 0;
        stated_frames = coded;
        if (tag.has_delays) mp3_end = coded - tag.padding_frames + kMpegDecoderDelay;
        info.frames = av_rescale(std::max<std::int64_t>(coded - cut, 0), info.rate_hz,
                                 from.codecpar->sample_rate);
        return;
    }
    const bool estimated = format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE;
    if (from.duration <= 0 || estimated) return;
    const int rate = from.codecpar->sample_rate;
    const std::int64_t frames = av_rescale_q(from.duration, from.time_base, {1, rate});
    info.frames = av_rescale(frames, info.rate_hz, rate);
    if (info.format == "ogg") return;  // the last page's position, not a promise
    stated_frames = frames;
    if (info.format.starts_with("mov")) cut_frames = frames;
}

/// False: there are no more.
Result<bool> MediaReader::Impl::readPacket() {
    for (int empty = 0; empty < kMaxEmptyPackets; ++empty) {
        av_packet_unref(packet.get());
        const int code = av_read_frame(format.get(), packet.get());
        if (io.failed()) {
            return fail(ErrorKind::io, "the input cannot be read", where,
                        "check where it comes from");
        }
        if (code == AVERROR_EOF) return false;
        if (code < 0) return broken("the file is damaged or cut off");
        if (readPastOggDamage()) return here(*ogg->damage());
        if (packet->stream_index == stream && packet->size > 0) return true;
    }
    return broken("the file has no audio where it should have some");
}

Result<void> MediaReader::Impl::trimAndPut() {
    const int channels = av->channels();
    if (channels == 0 || samples.empty()) return {};
    const auto have = std::int64_t(samples.size()) / channels;
    coded_frames += have;
    if (flac_sum) sum.addSamples(samples, flac_sum->bits);
    // What follows the frames of the tag belongs to another file.
    if (mp3_end && coded_frames <= *stated_frames) {
        trim.discard = std::clamp<std::int64_t>(coded_frames - *mp3_end, 0, have);
    }
    const std::int64_t skip = std::min(trim.skip, have);
    trim.skip -= skip;
    std::int64_t end = std::max(skip, have - trim.discard);
    // An edit list may count in milliseconds; then the last packet's own length is the exact one.
    const std::int64_t tick = av->rateHz() / 500;
    if (cut_frames && kept_frames + end - skip > *cut_frames + tick) {
        end = std::clamp(skip + *cut_frames - kept_frames, skip, end);
    }
    kept_frames += end - skip;
    auto put = stage->put({samples.begin() + skip * channels, samples.begin() + end * channels},
                          av->rateHz(), channels, av->speakers());
    return put ? put : here(put.error());
}

/// Streams may stand one behind the other: the heads of the later ones come as packets.
Result<void> MediaReader::Impl::beginNextOpus(std::span<const std::byte> head) {
    const auto& parameters = *format->streams[stream]->codecpar;
    if (head.size() < kOpusHeadBytes) return brokenHere("the file is damaged");
    if (std::to_integer<int>(head[9]) != parameters.ch_layout.nb_channels) {
        return brokenHere("the number of channels changes");
    }
    trim.skip = std::int64_t(littleEndian(head.subspan(10, 2)));  // RFC 7845 section 5.1
    av->restart();
    return {};
}

Result<void> MediaReader::Impl::decodePacket() {
    const auto bytes = std::as_bytes(std::span(packet->data, std::size_t(packet->size)));
    const auto codec = format->streams[stream]->codecpar->codec_id;
    // The last piece of PCM without a stated length is a short one, and no damage.
    const bool pcm = info.codec.starts_with("pcm_");
    if (((packet->flags & AV_PKT_FLAG_CORRUPT) != 0 && !pcm) || isCut(codec, bytes)) {
        return brokenHere("the file is cut off or damaged");
    }
    if (codec == AV_CODEC_ID_OPUS && startsWith(bytes, "OpusTags")) return {};
    if (codec == AV_CODEC_ID_OPUS && startsWith(bytes, "OpusHead")) return beginNextOpus(bytes);
    const Trim stated = trimOf(*packet);
    if (stated.skip > 0) trim.skip = stated.skip;
    trim.discard = stated.discard;
    samples.clear();
    if (auto decoded = av->decode(packet.get(), samples); !decoded) {
        return decoded.error().kind == ErrorKind::format ? brokenHere(decoded.error().what)
                                                         : here(decoded.error());
    }
    if ((packet->flags & AV_PKT_FLAG_DISCARD) != 0) trim.discard = std::int64_t(samples.size());
    if (cut_frames && av->channels() > 0 && packet->duration > 0) {
        const AVStream& from = *format->streams[stream];
        const std::int64_t lasts =
            av_rescale_q(packet->duration, from.time_base, {1, av->rateHz()});
        const auto have = std::int64_t(samples.size()) / av->channels();
        trim.discard = std::max(trim.discard, have - lasts);
    }
    return trimAndPut();
}

Result<void> MediaReader::Impl::checkEnd() {
    if (coded_frames == 0) return broken("there is no audio in it");
    // LAME and libavformat do not count the length tag as a frame; others may.
    const bool exact = info.format != "mp3" || (mp3_tag && mp3_tag->tag.has_delays);
    const std::int64_t slack = exact ? 0 : 1152;
    if (stated_frames && coded_frames + slack < *stated_frames) {
        return broken("the file is cut off: " + std::to_string(coded_frames) + " of " +
                      std::to_string(*stated_frames) + " frames are there");
    }
    if (auto checked = ogg ? ogg->checkEnd() : Result<void>{}; !checked) {
        return here(checked.error());
    }
    if (auto checked = adts ? adts->checkEnd() : Result<void>{}; !checked) {
        return here(checked.error());
    }
    if (flac_sum && sum.value() != flac_sum->sum) {
        return broken("the file is damaged: the checksum of all its samples is wrong");
    }
    return {};
}

Result<void> MediaReader::Impl::finish() {
    samples.clear();
    trim.discard = 0;
    if (auto decoded = av->decode(nullptr, samples); !decoded) return here(decoded.error());
    if (auto put = trimAndPut(); !put) return put;
    return checkEnd();
}

MediaReader::MediaReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MediaReader::MediaReader(MediaReader&&) noexcept = default;
MediaReader& MediaReader::operator=(MediaReader&&) noexcept = default;
MediaReader::~MediaReader() = default;

Result<MediaReader> MediaReader::open(const fs::path& file, const MediaReaderOptions& options) {
    auto source = fileSource(file);
    if (!source) return tl::unexpected(source.error());
    return open(std::move(*source), file.string(), options);
}

Result<MediaReader> MediaReader::open(MediaSource source, const std::string& where,
                                      const MediaReaderOptions& options) {
    auto impl = std::make_unique<Impl>(std::move(source), where, options);
    if (auto opened = impl->openFormat(); !opened) return tl::unexpected(opened.error());
    if (auto opened = impl->openStream(); !opened) return tl::unexpected(opened.error());
    return MediaReader(std::move(impl));
}

const MediaInfo& MediaReader::info() const { return impl_->info; }

Result<Got> MediaReader::get(PcmChunk& chunk) {
    for (;;) {
        chunk.first_frame = impl_->stage->framesOut();
        chunk.samples = impl_->stage->take();
        chunk.rate_hz = impl_->info.rate_hz;
        chunk.channels = impl_->info.channels;
        if (!chunk.samples.empty()) return Got::packet;
        if (impl_->finished && impl_->at_end) return tl::unexpected(*impl_->at_end);
        if (impl_->finished) return Got::end;
        const auto more = impl_->readPacket();
        Result<void> step;
        if (!more) step = tl::unexpected(more.error());
        if (more && *more) step = impl_->decodePacket();
        if (more && !*more) step = impl_->finish();
        if (!step) impl_->at_end = step.error();
        if (!step || !*more) {
            impl_->finished = true;
            if (auto done = impl_->stage->finish(); !done && !impl_->at_end) {
                impl_->at_end = done.error();
            }
        }
    }
}

double MediaReader::doneRatio() const {
    const std::int64_t size = impl_->io.sizeBytes();
    return size > 0 ? std::min(1.0, double(impl_->io.position()) / double(size)) : 0.0;
}

}  // namespace doubletalk::codec
