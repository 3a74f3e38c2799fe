// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "engine/codec/framer.h"
#include "engine/codec/media_reader.h"
#include "engine/codec/media_writer.h"
#include "engine/codec/mpeg_header.h"
#include "tests/engine/codec/codec_signal.h"
#include "tests/engine/codec/media_support.h"

using namespace doubletalk;
using namespace doubletalk::codec;
using namespace doubletalk::test;

namespace {

QByteArray little(std::uint64_t value, int bytes) {
    QByteArray out;
    for (int i = 0; i < bytes; ++i) out.append(char(value >> (8 * i) & 0xff));
    return out;
}

QByteArray monoFormat(int rate_hz) {
    return little(1, 2) + little(1, 2) + little(rate_hz, 4) + little(2 * rate_hz, 4) +
           little(2, 2) + little(16, 2);
}

/// 16-bit mono of a constant, behind a chunk of so many bytes that nobody needs.
QByteArray wavBehindChunk(int chunk_bytes, int frames, int rate_hz = 16000) {
    QByteArray body("WAVEfmt ");
    body += little(16, 4) + monoFormat(rate_hz) + "FLLR" + little(chunk_bytes, 4) +
            QByteArray(chunk_bytes, '\0') + "data" + little(2 * frames, 4);
    for (int i = 0; i < frames; ++i) body += little(0x1000, 2);
    return "RIFF" + little(body.size(), 4) + body;
}

QByteArray wave64(int frames) {
    const auto tail = QByteArray::fromHex("f3acd3118cd100c04f8edb8a");
    QByteArray body("wave" + tail);
    body += "fmt " + tail + little(24 + 16, 8) + monoFormat(16000);
    body += "junk" + tail + little(24 + 5001, 8) + QByteArray(5008, '\0');  // aligned to 8
    body += "data" + tail + little(24 + 2 * frames, 8);
    for (int i = 0; i < frames; ++i) body += little(0x1000, 2);
    return "riff" + QByteArray::fromHex("2e91cf11a5d628db04c10000") + little(24 + body.size(), 8) +
           body;
}

/// Where the last frame of an MP3 begins.
qsizetype lastFrameOf(const QByteArray& mp3) {
    const auto bytes = std::as_bytes(std::span(mp3.data(), std::size_t(mp3.size())));
    auto at = id3Bytes(bytes);
    std::size_t last = 0;
    while (const auto header = parseMpeg(bytes.subspan(at))) {
        last = at;
        at = std::min(at + std::size_t(header->frame_bytes), bytes.size());
    }
    return qsizetype(last);
}

}  // namespace

class MediaFileTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::string path(std::string_view ending) const {
        return folder_.filePath("a." + QString::fromLatin1(ending.data(), qsizetype(ending.size())))
            .toStdString();
    }
    /// By name, then as a pipe that gives the same.
    ReadBack readBytes(const QByteArray& bytes) const {
        const auto pipe = std::make_shared<QByteArray>(bytes);
        const auto piped = readAll(MediaReader::open(pipeOf(pipe), "pipe"));
        QFile out(folder_.filePath("bytes"));
        if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size()) return {};
        out.close();
        auto back = readAll(MediaReader::open(out.fileName().toStdString()));
        if (bool(piped.result) != bool(back.result)) {
            qWarning("a pipe gives another result than a file");
            return {};
        }
        return back;
    }

private slots:
    void filesGiveBackWhatWasWritten_data() { addKinds(); }
    void filesGiveBackWhatWasWritten() {
        QFETCH(QString, name);
        const auto& kind = kindOf(name);
        const auto file = path(kind.name);
        for (const int rate : {8000, 11025, 16000, 24000, 37800, 44100, 48000}) {
            for (const int channels : {1, 2}) {
                for (const int frames : {rate / 3 + 77, 1000}) {
                    const auto signal = test::codecSignal(frames, channels, rate);
                    const auto written = writeAll(
                        MediaWriter::open(file, {.rate_hz = rate, .channels = channels}), signal);
                    QVERIFY2(written, written ? "" : written.error().message().c_str());
                    const auto back = readAll(MediaReader::open(file, {.rate_hz = rate}));
                    QVERIFY2(back.result, back.result ? "" : back.result.error().message().c_str());
                    QCOMPARE(back.info.channels, channels);
                    const auto what = QStringLiteral("%1 Hz, %2 ch: %3 of %4")
                                          .arg(rate)
                                          .arg(channels)
                                          .arg(back.samples.size() / std::size_t(channels))
                                          .arg(frames);
                    if (!kind.exact_length) {
                        // Whole frames of 1024, one of them the codec's delay.
                        const auto more = int(back.samples.size()) / channels - frames;
                        QVERIFY2(more >= 0 && more <= 3 * 1024, qPrintable(what));
                        continue;
                    }
                    QVERIFY2(back.samples.size() == signal.size(), qPrintable(what));
                    const auto fit = test::fitOf(signal, back.samples, channels, 40);
                    QVERIFY2(fit.lag == 0, qPrintable(what + QString(", lag %1").arg(fit.lag)));
                    QVERIFY2(fit.correlation > 0.9, qPrintable(what));
                }
            }
        }
    }

    void opusKeepsTheRateThatWasPutIn() {
        const auto signal = test::codecSignal(22050, 1, 22050);
        QVERIFY(writeAll(MediaWriter::open(path("opus"), {.rate_hz = 22050}), signal));
        const auto back = readAll(MediaReader::open(path("opus")));
        QCOMPARE(back.info.rate_hz, 22050);
        QCOMPARE(back.samples.size(), signal.size());
    }

    void losslessKindsKeepTheirBits() {
        const auto signal = test::codecSignal(5000, 2, 44100);
        for (const auto& [ending, bits] :
             {std::pair("wav", 16), std::pair("wav", 24), std::pair("wav", 32),
              std::pair("flac", 16), std::pair("flac", 24)}) {
            QVERIFY(writeAll(
                MediaWriter::open(path(ending), {.rate_hz = 44100, .channels = 2, .bits = bits}),
                signal));
            const auto back = readAll(MediaReader::open(path(ending)));
            QCOMPARE(back.samples.size(), signal.size());
            QCOMPARE(back.info.bits, bits);
            const double step = bits == 32 ? 0.0 : std::ldexp(1.0, 1 - bits);
            for (std::size_t i = 0; i < signal.size(); ++i) {
                QVERIFY(std::fabs(double(signal[i]) - back.samples[i]) <= 0.501 * step);
            }
        }
    }

    void manyChannelsAndTheirMean() {
        const auto signal = test::codecSignal(4000, 6, 48000);
        QVERIFY(
            writeAll(MediaWriter::open(path("flac"), {.rate_hz = 48000, .channels = 6}), signal));
        QCOMPARE(readAll(MediaReader::open(path("flac"))).samples.size(), signal.size());
        const auto mono = readAll(MediaReader::open(path("flac"), {.channels = 1})).samples;
        QCOMPARE(mono.size(), signal.size() / 6);
        for (std::size_t i = 0; i < mono.size(); ++i) {
            double mean = 0.0;
            for (std::size_t c = 0; c < 6; ++c) mean += signal[6 * i + c] / 6.0;
            QVERIFY(std::fabs(mean - mono[i]) < 1.0 / 32768.0);
        }
        // ITU-R BS.775: centre and surround at half the power, without the low-frequency channel.
        const auto stereo = readAll(MediaReader::open(path("flac"), {.channels = 2})).samples;
        QCOMPARE(stereo.size(), 2 * mono.size());
        const double root = std::sqrt(0.5);
        for (std::size_t i = 0; i < stereo.size(); ++i) {
            const float* at = signal.data() + i / 2 * 6;
            const double wanted =
                (at[i % 2] + root * at[2] + root * at[4 + i % 2]) / (1 + 2 * root);
            QVERIFY(std::fabs(wanted - stereo[i]) < 1.0 / 32768.0);
        }
        QVERIFY(
            writeAll(MediaWriter::open(path("mp3"), {.rate_hz = 48000, .channels = 2}), stereo));
        const auto lossy = MediaWriter::open(path("mp3"), {.rate_hz = 48000, .channels = 6});
        QVERIFY(!lossy && lossy.error().kind == ErrorKind::usage);
    }

    void pipesGiveBackWhatWasWritten_data() { addKinds(); }
    void pipesGiveBackWhatWasWritten() {
        QFETCH(QString, name);
        const auto& kind = kindOf(name);
        const auto signal = test::codecSignal(16000, 1, 16000);
        const auto bytes = std::make_shared<QByteArray>();
        QVERIFY(writeAll(MediaWriter::open(pipeTo(bytes), "pipe", {.kind = &kind}), signal));
        const auto back = readAll(MediaReader::open(pipeOf(bytes), "pipe"));
        QVERIFY2(back.result, back.result ? "" : back.result.error().message().c_str());
        // A pipe cannot go back to write an MP3's length: its first frame is no tag.
        const bool exact = kind.exact_length && name != "mp3";
        const auto more = qsizetype(back.samples.size()) - qsizetype(signal.size());
        QVERIFY2(exact ? more == 0 : more >= 0 && more <= 3 * 1152,
                 qPrintable(QString::number(more)));
    }

    void filesGoThroughPipes_data() { addKinds(); }
    void filesGoThroughPipes() {
        QFETCH(QString, name);
        const auto& kind = kindOf(name);
        const int frames = 101'566;
        const auto signal = test::codecSignal(frames, 1, 44100);
        QVERIFY(writeAll(MediaWriter::open(path(kind.name), {.rate_hz = 44100}), signal));
        const auto file = readAll(MediaReader::open(path(kind.name)));
        // A picture may stand in front.
        for (const int id3 : {0, 70'000}) {
            if (id3 > 0 && name != "mp3") continue;
            const auto bytes = std::make_shared<QByteArray>();
            if (id3 > 0) bytes->append(QByteArray::fromHex("4944330400000004226600").left(10));
            if (id3 > 0) bytes->append(QByteArray(id3 - 10, '\0'));
            bytes->append(bytesOf(QString::fromStdString(path(kind.name))));
            const auto back = readAll(MediaReader::open(pipeOf(bytes), "pipe"));
            QVERIFY2(back.result, back.result ? "" : back.result.error().message().c_str());
            QCOMPARE(back.samples.size(), file.samples.size());
            QVERIFY(!kind.exact_length || int(back.samples.size()) == frames);
            QVERIFY(back.samples == file.samples);
        }
    }

    void decoderReadsTheSameFiles_data() { addKinds(); }
    void decoderReadsTheSameFiles() {
        QFETCH(QString, name);
        if (name == "m4a") return;  // not a stream
        const auto& kind = kindOf(name);
        const auto signal = test::codecSignal(16000, 1, 16000);
        QVERIFY(writeAll(MediaWriter::open(path(kind.name), {}), signal));
        const auto bytes = bytesOf(QString::fromStdString(path(kind.name)));
        auto decoder = Decoder::open({.rate_hz = 16000});
        QVERIFY(decoder);
        std::vector<float> out;
        PcmChunk chunk;
        for (qsizetype at = 0; at < bytes.size(); at += 500) {
            const auto piece = bytes.mid(at, 500);
            const auto put = decoder->put(std::as_bytes(std::span(piece.data(), piece.size())));
            QVERIFY2(put, put ? "" : put.error().message().c_str());
        }
        Result<Got> got = Got::again;
        while ((got = decoder->get(chunk, true)) && *got == Got::packet) {
            out.insert(out.end(), chunk.samples.begin(), chunk.samples.end());
        }
        QVERIFY2(got && *got == Got::end, got ? "" : got.error().message().c_str());
        if (!kind.exact_length) return;
        QCOMPARE(out.size(), signal.size());
        QCOMPARE(test::fitOf(signal, out, 1, 40).lag, 0);
    }

    void cutFilesAreErrors_data() { addKinds(); }
    void cutFilesAreErrors() {
        QFETCH(QString, name);
        const auto& kind = kindOf(name);
        const auto signal = test::codecSignal(16000, 1, 16000);
        QVERIFY(writeAll(MediaWriter::open(path(kind.name), {}), signal));
        const auto whole = bytesOf(QString::fromStdString(path(kind.name)));
        for (const auto part : {whole.size() / 2, whole.size() - 7, qsizetype(20)}) {
            if (name == "m4a" && part > whole.size() / 2) continue;  // only a name stands there
            const auto cut = std::make_shared<QByteArray>(whole.left(part));
            const auto file = folder_.filePath("cut." + name);
            QFile out(file);
            QVERIFY(out.open(QIODevice::WriteOnly) && out.write(*cut) == part);
            out.close();
            const auto back = readAll(MediaReader::open(file.toStdString()));
            QVERIFY2(!back.result,
                     qPrintable(QString("%1 of %2 bytes").arg(part).arg(whole.size())));
            QCOMPARE(back.result.error().where, file.toStdString());
        }
    }

    void wavStatesItsLengthBehindAnyChunk_data() {
        QTest::addColumn<QByteArray>("whole");
        QTest::newRow("short chunk") << wavBehindChunk(10, 4000);
        QTest::newRow("behind 4096 bytes") << wavBehindChunk(9000, 4000);
        QTest::newRow("behind 300 KiB") << wavBehindChunk(300'000, 4000);
        QTest::newRow("Wave64") << wave64(4000);
    }
    void wavStatesItsLengthBehindAnyChunk() {
        QFETCH(QByteArray, whole);
        const auto back = readBytes(whole);
        QVERIFY2(back.result, back.result ? "" : back.result.error().message().c_str());
        QCOMPARE(back.samples.size(), std::size_t(4000));
        QCOMPARE(back.info.frames.value_or(0), std::int64_t(4000));
        QCOMPARE(back.samples.front(), 0.125F);
        const auto cut = readBytes(whole.chopped(100));
        QVERIFY(!cut.result);
        QCOMPARE(int(cut.result.error().kind), int(ErrorKind::format));
        QCOMPARE(cut.samples.size(), std::size_t(3950));
    }

    void ratesThatAreNoAudioAreRefused() {
        const auto low = readBytes(wavBehindChunk(10, 4000, 999));
        QVERIFY(!low.result && low.result.error().kind == ErrorKind::unsupported);
        QVERIFY(readBytes(wavBehindChunk(10, 4000, 1000)).result);
    }

    void mp3WithoutItsLastFrameIsCut() {
        QVERIFY(writeAll(MediaWriter::open(path("mp3"), {}), test::codecSignal(16000, 1, 16000)));
        const auto whole = bytesOf(QString::fromStdString(path("mp3")));
        QVERIFY(readBytes(whole).result);
        const auto last = lastFrameOf(whole);
        QVERIFY(last > 0);
        const auto cut = readBytes(whole.left(last));
        QVERIFY(!cut.result);
        QVERIFY(QString::fromStdString(cut.result.error().what).contains("cut off"));
    }

    void opusStreamsStandBehindEachOther() {
        const auto signal = test::codecSignal(30'000, 1, 48000);
        QVERIFY(writeAll(MediaWriter::open(path("opus"), {.rate_hz = 48000}), signal));
        const auto one = bytesOf(QString::fromStdString(path("opus")));
        const auto back = readBytes(one + one);
        QVERIFY2(back.result, back.result ? "" : back.result.error().message().c_str());
        QCOMPARE(back.samples.size(), 2 * signal.size());
        const auto first = std::span(back.samples).first(signal.size());
        const auto second = std::span(back.samples).subspan(signal.size());
        QVERIFY(std::equal(first.begin(), first.end(), second.begin()));
        const auto fit = test::fitOf(signal, second, 1, 40);
        QCOMPARE(fit.lag, 0);
        QVERIFY(fit.correlation > 0.97);
    }

    void adtsWithAHoleIsAnError() {
        QVERIFY(writeAll(MediaWriter::open(path("aac"), {}), test::codecSignal(32'000, 1, 16000)));
        const auto whole = bytesOf(QString::fromStdString(path("aac")));
        QVERIFY(readBytes(whole).result);
        for (qsizetype at = whole.size() / 2; at < whole.size() / 2 + 2000; at += 97) {
            auto bytes = whole;
            const auto back = readBytes(bytes.remove(at, 5000));
            QVERIFY2(!back.result, qPrintable(QString::number(at)));
            QVERIFY(back.samples.size() > 10'000);  // what can be read comes before
        }
    }

    void decoderReadsFilesBehindEachOther() {
        const auto signal = test::codecSignal(16000, 1, 16000);
        QByteArray tag("TAG");
        tag.resize(128);
        for (const char* ending : {"mp3", "flac"}) {
            QVERIFY(writeAll(MediaWriter::open(path(ending), {}), signal));
            auto bytes = bytesOf(QString::fromStdString(path(ending))) + tag;
            const bool mp3 = ending == std::string_view("mp3");
            if (mp3) bytes += bytes;
            for (const qsizetype piece : {1, 500, 1'000'000}) {
                auto decoder = Decoder::open({});
                QVERIFY(decoder);
                for (qsizetype at = 0; at < bytes.size(); at += piece) {
                    const auto part = bytes.mid(at, piece);
                    const auto put =
                        decoder->put(std::as_bytes(std::span(part.data(), part.size())));
                    QVERIFY2(put, put ? "" : put.error().message().c_str());
                }
                std::size_t samples = 0;
                PcmChunk chunk;
                Result<Got> got = Got::again;
                while ((got = decoder->get(chunk, true)) && *got == Got::packet) {
                    samples += chunk.samples.size();
                }
                QVERIFY2(got, got ? "" : got.error().message().c_str());
                QCOMPARE(samples, (mp3 ? 2 : 1) * signal.size());
            }
        }
    }

    void loudFilesAreWritten_data() { addKinds(); }
    void loudFilesAreWritten() {
        QFETCH(QString, name);
        auto noise = test::codecSignal(16000, 1, 16000);
        for (auto& x : noise) x *= 1e6F;
        auto click = test::codecSignal(16000, 1, 16000);
        click[5000] = 1e9F;
        for (const auto& signal : {noise, click}) {
            QVERIFY(writeAll(MediaWriter::open(path(name.toStdString()), {}), signal));
            const auto back = readAll(MediaReader::open(path(name.toStdString())));
            QVERIFY(back.result && back.samples.size() >= signal.size());
        }
    }

    void flippedBitsAreErrors_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("stream");
        for (const auto* name : {"opus", "flac"}) {
            QTest::addRow("%s", name) << name << false;
            QTest::addRow("%s stream", name) << name << true;
        }
    }
    /// Kinds with checksums show every damage, and say where it is.
    void flippedBitsAreErrors() {
        QFETCH(QString, name);
        QFETCH(bool, stream);
        const auto& kind = kindOf(name);
        const auto signal = test::codecSignal(16000, 1, 16000);
        // FLAC that was written to a pipe has no checksum of all samples, only those of its frames.
        const auto piped = std::make_shared<QByteArray>();
        QVERIFY(writeAll(stream ? MediaWriter::open(pipeTo(piped), "pipe", {.kind = &kind})
                                : MediaWriter::open(path(kind.name), {}),
                         signal));
        const auto whole = stream ? *piped : bytesOf(QString::fromStdString(path(kind.name)));
        const qsizetype heads = name == "opus" ? 0 : 4 + 4 + 34;  // STREAMINFO has no checksum
        const auto file = folder_.filePath("flipped." + name);
        Random random(11);
        for (int round = 0; round < 40; ++round) {
            auto bytes = whole;
            qsizetype at = heads + qsizetype(random.bits() % std::uint64_t(whole.size() - heads));
            if (name == "flac") at = std::max<qsizetype>(at, whole.indexOf("\xff\xf8"));
            bytes[at] = char(bytes[at] ^ (1 << (round % 8)));
            QFile out(file);
            QVERIFY(out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size());
            out.close();
            const auto back =
                stream ? readAll(MediaReader::open(pipeOf(std::make_shared<QByteArray>(bytes)),
                                                   file.toStdString()))
                       : readAll(MediaReader::open(file.toStdString()));
            QVERIFY2(!back.result, qPrintable(QString("byte %1").arg(at)));
            QCOMPARE(back.result.error().kind, ErrorKind::format);
            QCOMPARE(back.result.error().where, file.toStdString());
            QVERIFY(back.samples.size() <= signal.size());
        }
    }

    void lostFramesAreErrors() {
        const auto signal = test::codecSignal(48000, 1, 16000);
        QVERIFY(writeAll(MediaWriter::open(path("flac"), {}), signal));
        auto flac = bytesOf(QString::fromStdString(path("flac")));
        // All frames are whole, only the checksum of all samples (the end of STREAMINFO) is not
        // theirs.
        flac[4 + 4 + 33] = char(flac[4 + 4 + 33] ^ 1);
        auto back = readAll(MediaReader::open(pipeOf(std::make_shared<QByteArray>(flac)), "pipe"));
        QVERIFY(!back.result);
        QCOMPARE(back.samples.size(), signal.size());
        QVERIFY2(back.result.error().what.find("checksum") != std::string::npos,
                 back.result.error().what.c_str());
        // A page that is not there leaves only whole ones.
        QVERIFY(writeAll(MediaWriter::open(path("opus"), {}), signal));
        auto opus = bytesOf(QString::fromStdString(path("opus")));
        const auto second = opus.indexOf("OggS", opus.indexOf("OpusTags"));
        const auto third = opus.indexOf("OggS", second + 4);
        QVERIFY(second > 0 && third > second);
        opus.remove(second, third - second);
        back = readAll(MediaReader::open(pipeOf(std::make_shared<QByteArray>(opus)), "pipe"));
        QVERIFY(!back.result);
        QVERIFY2(back.result.error().what.find(std::to_string(second)) != std::string::npos,
                 back.result.error().what.c_str());
    }

    void chunkSizesAreThoseOfTheCodec_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("rate_hz");
        QTest::addColumn<QList<int>>("taken");
        QTest::addColumn<QList<int>>("refused");
        QTest::addColumn<QString>("says");  // which there are
        const auto row = [](const char* name, int rate_hz, const QList<int>& taken,
                            const QList<int>& refused, const char* says) {
            QTest::addRow("%s %d", name, rate_hz)
                << QString(name) << rate_hz << taken << refused << QString(says);
        };
        row("mp3", 44100, {1152}, {1, 576, 960, 1153, 2304}, "give 1152,");
        row("mp3", 16000, {576, 1152}, {960}, "give 576 or 1152,");
        row("aac", 16000, {1024}, {960, 2048}, "give 1024,");
        row("m4a", 48000, {1024}, {960}, "give 1024,");
        row("opus", 48000, {120, 240, 480, 960, 1920, 2880}, {100, 2881},
            "give 120, 240, 480, 960, 1920 or 2880,");
        row("opus", 16000, {40, 80, 160, 320, 640, 960}, {39, 100, 1920},
            "give 40, 80, 160, 320, 640 or 960,");
        row("opus", 44100, {960}, {882}, "at 48000 Hz");
        row("flac", 16000, {16, 17, 4096, 65'535}, {1, 15, 65'536}, "give 16 to 65535,");
    }
    void chunkSizesAreThoseOfTheCodec() {
        QFETCH(QString, name);
        QFETCH(int, rate_hz);
        QFETCH(QList<int>, taken);
        QFETCH(QList<int>, refused);
        QFETCH(QString, says);
        const auto file = path(kindOf(name).name);
        for (const int size : taken) {
            const auto signal = test::codecSignal(4000, 1, rate_hz);
            const auto written = writeAll(
                MediaWriter::open(file, {.rate_hz = rate_hz, .chunk_samples = size}), signal);
            QVERIFY2(written, written ? "" : written.error().message().c_str());
        }
        for (const int size : refused) {
            const auto writer =
                MediaWriter::open(file, {.rate_hz = rate_hz, .chunk_samples = size});
            QVERIFY2(!writer, qPrintable(QString::number(size)));
            QCOMPARE(writer.error().kind, ErrorKind::usage);
            const auto told = QString::fromStdString(writer.error().message());
            QVERIFY2(told.contains(says), qPrintable(told));
        }
    }

    void foreignFilesAreErrors() {
        const auto kindOfError = [this](const QByteArray& bytes) {
            const auto file = folder_.filePath("x.mp3");
            QFile out(file);
            if (!out.open(QIODevice::WriteOnly)) return -2;
            out.write(bytes);
            out.close();
            const auto back = readAll(MediaReader::open(file.toStdString()));
            return back.result ? -1 : int(back.result.error().kind);
        };
        QByteArray noise(100'000, '\0');
        Random random(3);
        for (auto& byte : noise) byte = char(random.bits() & 0xff);
        QCOMPARE(kindOfError(noise), int(ErrorKind::format));
        QCOMPARE(kindOfError({}), int(ErrorKind::format));
        QCOMPARE(kindOfError("just a text, no audio\n"), int(ErrorKind::format));
        // A playlist opens other files: it is none of the kinds.
        QCOMPARE(kindOfError("#EXTM3U\n#EXTINF:1,\n/etc/hostname\n"), int(ErrorKind::format));
        const auto none = MediaReader::open(path("not_there"));
        QVERIFY(!none && none.error().kind == ErrorKind::not_found);
    }

    void fileAppearsWholeOrNotAtAll() {
        const auto file = QString::fromStdString(path("mp3"));
        const auto signal = test::codecSignal(8000, 1, 16000);
        QVERIFY(writeAll(MediaWriter::open(file.toStdString(), {}), signal));
        const auto before = bytesOf(file);
        {
            auto writer = MediaWriter::open(file.toStdString(), {});
            QVERIFY(writer && writer->put(signal));
            QCOMPARE(bytesOf(file), before);
        }
        QCOMPARE(bytesOf(file), before);  // never finished
        auto empty = MediaWriter::open(file.toStdString(), {});
        QVERIFY(empty);
        QVERIFY(!empty->finish());
        QCOMPARE(bytesOf(file), before);
        empty = tl::unexpected(Error{});
        const auto left = QDir(folder_.path()).entryList({".*.part"}, QDir::Files | QDir::Hidden);
        QVERIFY2(left.isEmpty(), qPrintable(left.join(' ')));
    }

    void aFullSinkIsAnError_data() { addKinds(); }
    void aFullSinkIsAnError() {
        QFETCH(QString, name);
        MediaSink full;
        full.write = [](std::span<const std::byte>) { return false; };
        const auto done =
            writeAll(MediaWriter::open(std::move(full), "pipe", {.kind = &kindOf(name)}),
                     test::codecSignal(16000, 1, 16000));
        QVERIFY(!done && done.error().kind == ErrorKind::io);
    }

    void endingsSayTheKind() {
        QCOMPARE((*mediaKindOf("A.MP3"))->name, std::string_view("mp3"));
        QCOMPARE((*mediaKindOf("a.b.ogg"))->name, std::string_view("opus"));
        QCOMPARE(int(mediaKindOf("a").error().kind), int(ErrorKind::usage));
        QVERIFY(hasReadableEnding("x.M4A") && !hasReadableEnding("x.txt"));
        for (const auto& kind : mediaKinds()) {
            QVERIFY(hasReadableEnding("x." + std::string(kind.name)));
        }
    }
};

QTEST_APPLESS_MAIN(MediaFileTest)
#include "media_file_test.moc"
