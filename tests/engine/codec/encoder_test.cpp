// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/codec/encoder.h"

#include <QtTest>
#include <array>

#include "engine/codec/adts.h"
#include "engine/codec/codec_nodes.h"
#include "engine/codec/decoder.h"
#include "engine/codec/mpeg_header.h"
#include "engine/codec/pcm_stage.h"
#include "engine/dsp/pcm16.h"
#include "engine/flow/memory_nodes.h"
#include "engine/flow/runner.h"
#include "tests/engine/codec/codec_signal.h"
#include "tests/engine/codec/coded_bytes.h"

using namespace doubletalk;
using namespace doubletalk::codec;
using namespace doubletalk::test;

namespace {

constexpr std::array kRates{8000, 11025, 16000, 22050, 24000, 32000, 37800, 44100, 48000};
constexpr std::array kPutFrames{1, 777, 160, 4096};  // blocks as they come
enum class Layout { floats, words, float_planes, word_planes };
constexpr std::array kLayouts{Layout::floats, Layout::words, Layout::float_planes,
                              Layout::word_planes};

template <class Sample>
std::vector<std::vector<Sample>> planesOf(std::span<const Sample> interleaved, int channels) {
    std::vector<std::vector<Sample>> planes;
    planes.resize(std::size_t(channels));
    for (std::size_t i = 0; i < interleaved.size(); ++i) {
        planes[i % std::size_t(channels)].push_back(interleaved[i]);
    }
    return planes;
}

template <class Sample>
Result<void> putPlanes(Encoder& encoder, std::span<const Sample> interleaved, int channels) {
    const auto planes = planesOf(interleaved, channels);
    std::vector<std::span<const Sample>> spans(planes.begin(), planes.end());
    return encoder.putPlanar(std::span<const std::span<const Sample>>(spans));
}

Result<void> putAs(Encoder& encoder, Layout layout, std::span<const float> block, int channels) {
    if (layout == Layout::floats) return encoder.put(block);
    if (layout == Layout::float_planes) return putPlanes<float>(encoder, block, channels);
    std::vector<std::int16_t> words(block.size());
    dsp::toPcm16(block, words);
    if (layout == Layout::words) return encoder.put(std::span<const std::int16_t>(words));
    return putPlanes<std::int16_t>(encoder, words, channels);
}

/// Everything an encoder gives for a signal.
struct Coded {
    std::vector<CodedPacket> packets;
    DecoderOptions decoder;
    std::vector<std::byte> stream;  ///< header and packets, one after the other
};

Coded code(const EncoderOptions& options, std::span<const float> signal,
           Layout layout = Layout::floats) {
    Coded coded;
    auto encoder = Encoder::open(options);
    if (!encoder) {
        qWarning("%s", encoder.error().message().c_str());
        return coded;
    }
    const auto header = encoder->header();
    coded.decoder = {.codec = options.codec,
                     .header = {header.begin(), header.end()},
                     .packet_rate_hz = encoder->codedRateHz(),
                     .packet_channels = options.channels,
                     .rate_hz = options.rate_hz};
    coded.stream = coded.decoder.header;
    const auto take = [&](bool force) {
        CodedPacket packet;
        for (;;) {
            const auto got = encoder->get(packet, force);
            if (!got || *got != Got::packet) return got && *got == (force ? Got::end : Got::again);
            coded.stream.insert(coded.stream.end(), packet.bytes.begin(), packet.bytes.end());
            coded.packets.push_back(packet);
        }
    };
    std::size_t turn = 0;
    for (std::size_t at = 0; at < signal.size();) {
        const auto wish = std::size_t(kPutFrames[turn++ % kPutFrames.size()] * options.channels);
        const auto n = std::min(wish, signal.size() - at);
        if (!putAs(*encoder, layout, signal.subspan(at, n), options.channels) || !take(false)) {
            return {};
        }
        at += n;
    }
    return take(true) ? coded : Coded{};
}

/// Empty: an error, already told.
std::vector<float> decode(const Coded& coded) {
    std::vector<float> out;
    auto decoder = Decoder::open(coded.decoder);
    if (!decoder) return out;
    const auto take = [&](bool force) {
        PcmChunk chunk;
        for (;;) {
            const auto got = decoder->get(chunk, force);
            if (!got) qWarning("%s", got.error().message().c_str());
            if (!got || *got != Got::packet) return;
            out.insert(out.end(), chunk.samples.begin(), chunk.samples.end());
        }
    };
    for (const auto& packet : coded.packets) {
        if (const auto put = decoder->put(packet); !put) {
            qWarning("%s", put.error().message().c_str());
        }
        take(false);
    }
    take(true);
    return out;
}

struct Streamed {
    std::vector<float> out;
    Result<void> result;
};

Streamed decodeStream(std::span<const std::byte> stream, DecoderOptions options,
                      std::size_t piece_bytes) {
    Streamed streamed;
    auto decoder = Decoder::open(options);
    const auto note = [&](const Error& error) {
        if (streamed.result) streamed.result = tl::unexpected(error);
    };
    const auto take = [&](bool force) {
        PcmChunk chunk;
        for (;;) {
            const auto got = decoder->get(chunk, force);
            if (!got) note(got.error());
            if (!got || *got != Got::packet) return;
            streamed.out.insert(streamed.out.end(), chunk.samples.begin(), chunk.samples.end());
        }
    };
    for (std::size_t at = 0; at < stream.size(); at += piece_bytes) {
        const auto n = std::min(piece_bytes, stream.size() - at);
        if (const auto put = decoder->put(stream.subspan(at, n)); !put) note(put.error());
        take(false);
    }
    take(true);
    return streamed;
}

/// The library's codes are no words for a user.
bool inPlainWords(const Error& error) {
    const auto what = QString::fromStdString(error.what);
    const bool plain = !what.isEmpty() && !what.contains("rror number") &&
                       !what.contains("Operation not permitted") && !what.contains("Invalid data");
    if (!plain) qWarning("%s", error.what.c_str());
    return plain;
}

int framesOf(int rate_hz) { return rate_hz / 3 + 377; }

/// 16-bit samples hold a float to half a step; the encoder's own rounding of 16-bit input is none.
double largestError(std::span<const float> a, std::span<const float> b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        largest = std::max(largest, double(std::fabs(a[i] - b[i])));
    }
    return largest;
}

}  // namespace

class EncoderTest : public QObject {
    Q_OBJECT

    static void addCodecs() {
        QTest::addColumn<int>("id");
        for (const auto& row : codecs()) QTest::newRow(row.name.data()) << int(row.id);
    }
    static void addPieces(std::initializer_list<CodecId> ids) {
        QTest::addColumn<int>("id");
        QTest::addColumn<int>("piece_bytes");
        for (const auto id : ids) {
            for (const int piece : {1, 7, 100, 100'000}) {
                QTest::newRow(qPrintable(QString("%1 %2").arg(rowOf(id).name.data()).arg(piece)))
                    << int(id) << piece;
            }
        }
    }

private slots:
    void roundTripsKeepLengthAndPlace_data() { addCodecs(); }
    void roundTripsKeepLengthAndPlace() {
        QFETCH(int, id);
        const auto& row = rowOf(CodecId(id));
        int turn = 0;
        for (const int rate : kRates) {
            for (const int channels : {1, 2}) {
                const auto signal = test::codecSignal(framesOf(rate), channels, rate);
                for (const int chunk : {0, 777}) {
                    for (const auto layout : kLayouts) {
                        // Every layout with every codec and channel count at one rate; elsewhere
                        // they take turns.
                        if (rate != 16000 && layout != kLayouts[std::size_t(turn) % 4]) continue;
                        ++turn;
                        const auto coded =
                            code({row.id, rate, channels, 128'000, chunk, {}}, signal, layout);
                        const auto out = decode(coded);
                        const auto what = QStringLiteral("%1 Hz, %2 ch, chunk %3, layout %4")
                                              .arg(rate)
                                              .arg(channels)
                                              .arg(chunk)
                                              .arg(int(layout));
                        QVERIFY2(
                            out.size() == signal.size(),
                            qPrintable(
                                what +
                                QStringLiteral(": %1 of %2").arg(out.size()).arg(signal.size())));
                        const auto fit = test::fitOf(signal, out, channels, 40);
                        QVERIFY2(fit.lag == 0,
                                 qPrintable(what + ": lag " + QString::number(fit.lag)));
                        QVERIFY2(fit.correlation > 0.97,
                                 qPrintable(what + ": " + QString::number(fit.correlation)));
                        if (row.lossless) QVERIFY(largestError(signal, out) <= 0.51 / 32768.0);
                    }
                }
            }
        }
    }

    void tinyInputsComeBackWhole_data() { addCodecs(); }
    void tinyInputsComeBackWhole() {
        QFETCH(int, id);
        for (const int frames : {0, 1, 47, 575, 576, 577, 1152, 1153}) {
            const auto signal = test::codecSignal(frames, 1, 16000);
            const auto coded = code({.codec = CodecId(id), .rate_hz = 16000}, signal);
            QCOMPARE(coded.packets.empty(), frames == 0);
            QCOMPARE(decode(coded).size(), signal.size());
        }
    }

    void packetsComeInChunks_data() { addCodecs(); }
    void packetsComeInChunks() {
        QFETCH(int, id);
        const auto& row = rowOf(CodecId(id));
        auto encoder = Encoder::open({.codec = row.id, .rate_hz = 48000, .chunk_samples = 4800});
        QVERIFY(encoder);
        QCOMPARE(encoder->chunkSamples(), 4800);
        CodedPacket packet;
        QVERIFY(encoder->put(test::codecSignal(4799, 1, 48000)));
        QCOMPARE(encoder->get(packet).value(), Got::again);  // one is missing
        QVERIFY(encoder->put(std::vector<float>(1, 0.1F)));
        QCOMPARE(encoder->get(packet).value(), Got::packet);
        QVERIFY(packet.frames > 0 && !packet.bytes.empty());
        while (encoder->get(packet).value() == Got::packet) {
        }
        QCOMPARE(encoder->get(packet).value(), Got::again);
        std::int64_t end = 0;
        int forced = 0;
        for (; encoder->get(packet, true).value() == Got::packet; ++forced) {
            QVERIFY(packet.skip_frames + packet.discard_frames <= packet.frames);
            end = packet.pts + packet.duration - packet.discard_frames;
        }
        if (forced > 0) QCOMPARE(end, encoder->delayFrames() + 4800);
        QCOMPARE(encoder->get(packet, true).value(), Got::end);
        QCOMPARE(encoder->get(packet).value(), Got::end);
        const auto late = encoder->put(std::vector<float>(1, 0.1F));
        QVERIFY(!late && late.error().kind == ErrorKind::state);
    }

    void defaultsAreWhatTheTableSays() {
        const auto mp3 = Encoder::open({.codec = CodecId::mp3, .rate_hz = 44100});
        const auto aac = Encoder::open({.codec = CodecId::aac, .rate_hz = 44100});
        const auto opus = Encoder::open({.codec = CodecId::opus, .rate_hz = 44100});
        QVERIFY(mp3 && aac && opus);
        QCOMPARE(mp3->chunkSamples(), 1152);
        QCOMPARE(aac->chunkSamples(), 1024);
        QCOMPARE(mp3->codedRateHz(), 44100);
        QCOMPARE(opus->codedRateHz(), 48000);
        // 128 kbit/s: bytes of a second of it.
        const auto second = test::codecSignal(44100, 1, 44100);
        const auto coded = code({.codec = CodecId::mp3, .rate_hz = 44100}, second);
        const double seconds = 1152.0 * double(coded.packets.size()) / 44100.0;
        const double bps = 8.0 * double(coded.stream.size()) / seconds;
        QVERIFY2(std::fabs(bps - 128'000.0) < 1280.0, qPrintable(QString::number(bps)));
    }

    void everyPacketStandsAlone() {
        const auto signal = test::codecSignal(20000, 2, 44100);
        for (const auto& packet :
             code({.codec = CodecId::aac, .rate_hz = 44100, .channels = 2}, signal).packets) {
            const auto header = parseAdts(packet.bytes);
            QVERIFY(header);
            QCOMPARE(header->frame_bytes, int(packet.bytes.size()));
            QCOMPARE(header->rate_hz, 44100);
            QCOMPARE(header->channels, 2);
        }
        const auto mp3 = code({.codec = CodecId::mp3, .rate_hz = 44100, .channels = 2}, signal);
        for (const auto& packet : mp3.packets) {
            const auto header = parseMpeg(packet.bytes);
            QVERIFY(header);
            QCOMPARE(header->frame_bytes, int(packet.bytes.size()));
            // main_data_begin: nothing of this frame lies in the one before it.
            const auto side = std::to_integer<unsigned>(packet.bytes[4]) << 1 |
                              std::to_integer<unsigned>(packet.bytes[5]) >> 7;
            QCOMPARE(side, 0U);
        }
    }

    void timeBaseCountsInItsUnit() {
        const auto signal = test::codecSignal(32000, 1, 32000);
        const auto coded = code({CodecId::mp3, 32000, 1, 128'000, 0, {1, 1000}}, signal);
        QVERIFY(coded.packets.size() > 20);
        std::int64_t at = 0;
        for (std::size_t i = 0; i < coded.packets.size(); ++i) {
            QCOMPARE(coded.packets[i].pts, at);  // 1152 / 32000 s are 36 ms
            QCOMPARE(coded.packets[i].duration, std::int64_t(36));
            at += 36;
        }
    }

    void streamsInPiecesOfAnySize_data() { addPieces({CodecId::mp3, CodecId::aac, CodecId::flac}); }
    void streamsInPiecesOfAnySize() {
        QFETCH(int, id);
        QFETCH(int, piece_bytes);
        const auto signal = test::codecSignal(16000, 1, 16000);
        const auto coded = code({.codec = CodecId(id), .rate_hz = 16000}, signal);
        const auto streamed = decodeStream(coded.stream, {}, std::size_t(piece_bytes));
        QVERIFY2(streamed.result, streamed.result ? "" : streamed.result.error().message().c_str());
        // A bare stream does not say its delay: whole frames, so much late.
        const int delay = CodecId(id) == CodecId::flac ? 0 : coded.packets.front().frames;
        const auto frames = coded.packets.size() * std::size_t(coded.packets.front().frames);
        QCOMPARE(streamed.out.size(), CodecId(id) == CodecId::flac ? signal.size() : frames);
        const auto fit = test::fitOf(signal, streamed.out, 1, 1200);
        if (CodecId(id) == CodecId::mp3) QCOMPARE(fit.lag, 1105);  // 576 + 529
        if (CodecId(id) != CodecId::mp3) QCOMPARE(fit.lag, delay);
        QVERIFY(fit.correlation > 0.97);
    }

    void cutDamagedAndForeignBytesAreErrors_data() { addCodecs(); }
    void cutDamagedAndForeignBytesAreErrors() {
        QFETCH(int, id);
        const DecoderOptions options{.codec = CodecId(id)};
        std::vector<std::byte> noise(60'000);
        Random random(9);
        for (auto& byte : noise) byte = std::byte(random.bits() & 0xff);
        for (const auto& asked : {options, DecoderOptions{}}) {
            const auto streamed = decodeStream(noise, asked, 1000);
            QVERIFY(!streamed.result);
            QVERIFY(!streamed.result.error().what.empty());
            QVERIFY(inPlainWords(streamed.result.error()));
        }
        if (CodecId(id) == CodecId::pcm || CodecId(id) == CodecId::opus) return;
        const auto signal = test::codecSignal(16000, 1, 16000);
        const auto coded = code({.codec = CodecId(id), .rate_hz = 16000}, signal);
        auto stream = coded.stream;
        auto cut = stream;
        cut.resize(cut.size() - 5);
        QVERIFY(!decodeStream(cut, options, 1000).result);
        std::fill_n(stream.begin() + std::ptrdiff_t(stream.size() / 2), 700, std::byte{0x55});
        const auto damaged = decodeStream(stream, options, 1000);
        QVERIFY(!damaged.result && inPlainWords(damaged.result.error()));
    }

    void wrongUseIsToldSo() {
        const auto kindOf = [](const EncoderOptions& options) {
            const auto encoder = Encoder::open(options);
            return encoder ? -1 : int(encoder.error().kind);
        };
        const int usage = int(ErrorKind::usage);
        QCOMPARE(kindOf({.rate_hz = 7999}), usage);
        QCOMPARE(kindOf({.rate_hz = 48001}), usage);
        QCOMPARE(kindOf({.channels = 3}), usage);
        QCOMPARE(kindOf({.chunk_samples = -1}), usage);
        QCOMPARE(kindOf({.bitrate_bps = 100}), usage);
        QCOMPARE(kindOf({.time_base = {1, 0}}), usage);
        auto stereo = Encoder::open({.channels = 2});
        QVERIFY(stereo);
        const std::vector<float> three(3, 0.0F);
        QCOMPARE(int(stereo->put(three).error().kind), usage);
        const std::array<std::span<const float>, 1> one{three};
        QCOMPARE(int(stereo->putPlanar(one).error().kind), usage);
        QCOMPARE(int(codecNamed("mp4").error().kind), usage);
        auto decoder = Decoder::open({.codec = CodecId::opus});
        QVERIFY(decoder);
        QCOMPARE(int(decoder->put(CodedPacket{}).error().kind), usage);
    }

    void nanAndInfinityDoNoHarm() {
        auto signal = test::codecSignal(11025, 1, 11025);
        auto clean = signal;
        for (std::size_t i = 100; i < signal.size(); i += 500) {
            signal[i] = i % 1000 == 100 ? NAN : INFINITY;
            clean[i] = 0.0F;
        }
        // FLAC as it is; Opus through a resampler, which would spread them.
        for (const auto id : {CodecId::flac, CodecId::opus}) {
            const auto out = decode(code({.codec = id, .rate_hz = 11025}, signal));
            QCOMPARE(out.size(), clean.size());
            if (id == CodecId::flac) QVERIFY(largestError(clean, out) <= 0.51 / 32768.0);
            const auto fit = test::fitOf(clean, out, 1, 40);
            QCOMPARE(fit.lag, 0);
            QVERIFY2(fit.correlation > 0.97, qPrintable(QString::number(fit.correlation)));
        }
    }

    void loudSamplesAreCodedAllTheSame_data() { addCodecs(); }
    void loudSamplesAreCodedAllTheSame() {
        QFETCH(int, id);
        const auto& row = rowOf(CodecId(id));
        const auto quiet = test::codecSignal(10'000, 1, 16000);
        for (const float loud : {1.0F, 10.0F, 1000.0F, 1e6F, 1e9F, 1e20F}) {
            auto noise = quiet;
            for (auto& x : noise) x *= loud;
            auto click = quiet;
            click[1000] = -loud;
            for (const auto& signal : {noise, click}) {
                const auto what = QString("%1 %2").arg(double(loud)).arg(double(signal[1000]));
                const auto out = decode(code({.codec = row.id, .rate_hz = 16000}, signal));
                QVERIFY2(out.size() == signal.size(), qPrintable(what));
                for (const float x : out) QVERIFY2(std::fabs(x) < 30.0F, qPrintable(what));
            }
            // A quarter of a second behind the click the audio is what it was.
            const auto out = decode(code({.codec = row.id, .rate_hz = 16000}, click));
            const auto fit =
                test::fitOf(std::span(quiet).subspan(5000), std::span(out).subspan(5000), 1, 40);
            QCOMPARE(fit.lag, 0);
            QVERIFY2(fit.correlation > 0.97, qPrintable(QString::number(fit.correlation)));
        }
    }

    void tagsMayComeInPieces_data() { addPieces({CodecId::mp3, CodecId::aac}); }
    void tagsMayComeInPieces() {
        QFETCH(int, id);
        QFETCH(int, piece_bytes);
        const auto coded =
            code({.codec = CodecId(id), .rate_hz = 16000}, test::codecSignal(8000, 1, 16000));
        Bytes stream;
        for (int file = 0; file < 2; ++file) {
            append(stream, id3v2(300));
            append(stream, coded.stream);
            append(stream, apeTag());
            append(stream, id3v1());
        }
        const auto streamed =
            decodeStream(stream, {.codec = CodecId(id)}, std::size_t(piece_bytes));
        QVERIFY2(streamed.result, streamed.result ? "" : streamed.result.error().message().c_str());
        QCOMPARE(streamed.out.size(),
                 2 * coded.packets.size() * std::size_t(coded.packets.front().frames));
    }

    void flacMayHaveTags() {
        const auto signal = test::codecSignal(8000, 1, 16000);
        const auto coded = code({.codec = CodecId::flac, .rate_hz = 16000}, signal);
        Bytes stream = id3v2(300);
        append(stream, coded.stream);
        append(stream, id3v1());
        for (const std::size_t piece : {1, 7, 100'000}) {
            const auto streamed = decodeStream(stream, {}, piece);
            QVERIFY2(streamed.result,
                     streamed.result ? "" : streamed.result.error().message().c_str());
            QCOMPARE(streamed.out.size(), signal.size());
        }
        append(stream, "no tag, and no frame");
        QVERIFY(!decodeStream(stream, {}, 100).result);
    }

    void aFewBytesDoNotBecomeGigabytes() {
        const auto slow = decodeStream(constantFlac(2, 3), {.rate_hz = 48000}, 1000);
        QVERIFY(!slow.result && slow.result.error().kind == ErrorKind::unsupported);
        QVERIFY(slow.out.empty());
        // All in one piece; what comes out at once stays bounded.
        auto decoder = Decoder::open({.rate_hz = 48000});
        QVERIFY(decoder && decoder->put(constantFlac(1000, 6)));
        PcmChunk chunk;
        std::size_t frames = 0;
        Result<Got> got = Got::packet;
        while ((got = decoder->get(chunk, true)) && *got == Got::packet) {
            QVERIFY(chunk.samples.size() < (std::size_t(1) << 22) + std::size_t(48) * 65'536);
            frames += chunk.samples.size();
        }
        QVERIFY2(got, got ? "" : got.error().message().c_str());
        QCOMPARE(frames, std::size_t(6) * 65'535 * 48);
    }

    void noRateIsTakenUnconverted() {
        PcmStage impossible(768'001, 1, 0);
        for (int i = 0; i < 2; ++i) {
            QVERIFY(!impossible.put(std::vector<float>(100, 0.1F), 24000, 1));
            QCOMPARE(impossible.waitingSamples(), std::size_t(0));
        }
        PcmStage stage(48000, 1, 0);
        for (const int rate : {768'001, 999, 768'001}) {
            QVERIFY(!stage.put(std::vector<float>(100, 0.1F), rate, 1));
            QCOMPARE(stage.waitingSamples(), std::size_t(0));
        }
        QVERIFY(stage.put(std::vector<float>(4800, 0.1F), 24000, 1));
        QVERIFY(stage.finish());
        QCOMPARE(stage.take().size(), std::size_t(9600));
    }

    void impossibleOggPositionsAreErrors() {
        Bytes stream = opusHeads();
        append(stream, oggPage({0, std::numeric_limits<std::int64_t>::max(), 2}, kOpusSilence));
        append(stream, oggPage({0, 1920, 3}, kOpusSilence));
        append(stream, oggPage({4, 2880, 4}, kOpusSilence));
        const auto streamed = decodeStream(stream, {}, 1000);
        QVERIFY(!streamed.result);
        QVERIFY(QString::fromStdString(streamed.result.error().what).contains("position"));
        QCOMPARE(streamed.out.size(), std::size_t(2880));
    }

    void aLongOggPacketDoesNotSpoilTheNext() {
        const Bytes full(std::size_t(255) * 255);
        Bytes stream = opusHeads();
        append(stream, oggPage({0, -1, 2}, full, true));
        append(stream, oggPage({1, -1, 3}, full, true));
        append(stream, oggPage({4, 1920, 5}, kOpusSilence));  // page 4 is missing
        const auto streamed = decodeStream(stream, {}, 1000);
        QVERIFY(!streamed.result);
        QCOMPARE(streamed.out.size(), std::size_t(960));
    }

    void aPacketOfPaddingGivesNothing() {
        const auto coded =
            code({.codec = CodecId::mp3, .rate_hz = 16000}, test::codecSignal(8000, 1, 16000));
        auto node = DecoderNode::open(coded.decoder);
        QVERIFY(node);
        PacketHeader header;
        header.payload_type = kCodedPayload;
        std::size_t frames = 0;
        for (const std::uint16_t wanted : {0, 576, 0}) {
            header.frames = wanted;
            QVERIFY((*node)->push(PacketView{header, coded.packets.front().bytes}) ==
                    flow::Status::ok);
            flow::Item item;
            while ((*node)->pull(item) == flow::Status::ok) {
                frames += std::get<flow::PcmBlock>(item).samples.size();
            }
        }
        QCOMPARE(frames, std::size_t(576));
    }

    void nodesCarryItThroughAFlow_data() { addCodecs(); }
    void nodesCarryItThroughAFlow() {
        QFETCH(int, id);
        const auto signal = test::codecSignal(9000, 1, 16000);
        auto encoder = EncoderNode::open({.codec = CodecId(id), .rate_hz = 16000});
        QVERIFY(encoder);
        const auto header = (*encoder)->encoder().header();
        auto decoder = DecoderNode::open({.codec = CodecId(id),
                                          .header = {header.begin(), header.end()},
                                          .packet_rate_hz = (*encoder)->encoder().codedRateHz(),
                                          .packet_channels = 1,
                                          .rate_hz = 16000});
        QVERIFY(decoder);
        for (int round = 0; round < 2; ++round) {  // the second after a reset
            flow::VectorReader reader(signal, SampleRate{16000}, 160);
            flow::VectorWriter writer;
            const std::array<flow::Node*, 2> way{encoder->get(), decoder->get()};
            const auto ran = flow::Runner::run(reader, way, writer);
            QVERIFY2(ran, ran ? "" : ran.error().message().c_str());
            QCOMPARE(writer.samples().size(), signal.size());
            const auto fit = test::fitOf(signal, writer.samples(), 1, 40);
            QCOMPARE(fit.lag, 0);
            QVERIFY(fit.correlation > 0.97);
            for (auto* node : way) node->reset();
        }
    }
};

QTEST_APPLESS_MAIN(EncoderTest)
#include "encoder_test.moc"
