// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/audio_file.h"

#include <sndfile.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <QTemporaryDir>
#include <QTest>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <limits>
#include <numbers>

#include "engine/core/write_target.h"

using namespace doubletalk;
namespace fs = std::filesystem;

namespace {

std::vector<float> tones(int rate_hz, int channels, int frames) {
    std::vector<float> samples;
    for (int i = 0; i < frames; ++i) {
        for (int c = 0; c < channels; ++c) {
            const double hz = 200.0 * (c + 1);
            samples.push_back(
                float(0.4 * std::sin(2.0 * std::numbers::pi * hz * i / rate_hz + 0.3)));
        }
    }
    return samples;
}

/// Writes with libsndfile directly: an independent writer.
void writeWith(const fs::path& file, int format, int rate_hz, int channels,
               const std::vector<float>& samples) {
    SF_INFO info{};
    info.samplerate = rate_hz;
    info.channels = channels;
    info.format = format;
    SNDFILE* handle = sf_open(file.c_str(), SFM_WRITE, &info);
    QVERIFY2(handle != nullptr, sf_strerror(nullptr));
    QCOMPARE(sf_write_float(handle, samples.data(), sf_count_t(samples.size())),
             sf_count_t(samples.size()));
    sf_close(handle);
}

std::string bytesOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void writeBytes(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
}

/// Writes beyond this many bytes fail as on a full disk; 0: no limit again.
void limitFileSize(long bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes > 0 ? rlim_t(bytes) : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

}  // namespace

class AudioFileTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    fs::path path(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }

    /// Expects an error whose message holds every one of these pieces.
    template <class T>
    void expectError(const Result<T>& result, ErrorKind kind,
                     const std::vector<std::string>& pieces) {
        QVERIFY(!result.has_value());
        QCOMPARE(int(result.error().kind), int(kind));
        for (const auto& piece : pieces) {
            QVERIFY2(result.error().message().find(piece) != std::string::npos,
                     result.error().message().c_str());
        }
        QVERIFY(!result.error().where.empty());
        QVERIFY2(!result.error().hint.empty(), result.error().message().c_str());
    }

private slots:
    void readsEveryFormat_data() {
        QTest::addColumn<int>("format");
        QTest::addColumn<QString>("name");
        QTest::addColumn<double>("tolerance");  // one step of the format; companding: its largest
        const int wav = SF_FORMAT_WAV;
        QTest::newRow("u8") << (wav | SF_FORMAT_PCM_U8) << "a.wav" << 1.0 / 127;
        QTest::newRow("s16") << (wav | SF_FORMAT_PCM_16) << "a.wav" << 1.0 / 32767;
        QTest::newRow("s24") << (wav | SF_FORMAT_PCM_24) << "a.wav" << 1.0 / 8388607;
        QTest::newRow("s32") << (wav | SF_FORMAT_PCM_32) << "a.wav" << 1e-7;
        QTest::newRow("float") << (wav | SF_FORMAT_FLOAT) << "a.wav" << 0.0;
        QTest::newRow("double") << (wav | SF_FORMAT_DOUBLE) << "a.wav" << 0.0;
        QTest::newRow("extensible")
            << (SF_FORMAT_WAVEX | SF_FORMAT_PCM_16) << "a.wav" << 1.0 / 32767;
        QTest::newRow("mu-law") << (wav | SF_FORMAT_ULAW) << "a.wav" << 0.02;
        QTest::newRow("rf64") << (SF_FORMAT_RF64 | SF_FORMAT_PCM_24) << "a.wav" << 1.0 / 8388607;
        QTest::newRow("flac16") << (SF_FORMAT_FLAC | SF_FORMAT_PCM_16) << "a.flac" << 1.0 / 32767;
        QTest::newRow("flac24") << (SF_FORMAT_FLAC | SF_FORMAT_PCM_24) << "a.flac" << 1.0 / 8388607;
    }
    void readsEveryFormat() {
        QFETCH(int, format);
        QFETCH(QString, name);
        QFETCH(double, tolerance);
        for (const int channels : {1, 2, 6}) {
            for (const int rate_hz : {8000, 11025, 44100, 96000}) {
                const auto samples = tones(rate_hz, channels, 1237);
                const fs::path file = path(name.toUtf8().constData());
                writeWith(file, format, rate_hz, channels, samples);
                const auto audio = device::readAudio(file);
                QVERIFY2(audio.has_value(), audio ? "" : audio.error().message().c_str());
                QCOMPARE(audio->rate_hz, rate_hz);
                QCOMPARE(audio->channels, channels);
                QCOMPARE(audio->frames(), std::int64_t(1237));
                for (std::size_t i = 0; i < samples.size(); ++i) {
                    QVERIFY(std::abs(audio->samples[i] - samples[i]) <= tolerance);
                }
            }
        }
    }

    void codedFilesByTheirEnding() {
        for (const auto* name : {"a.mp3", "a.m4a", "a.opus", "a.OGG", "a.aac"}) {
            const auto samples = tones(44100, 2, 20'000);
            const auto written = device::writeAudio(path(name), {44100, 2, samples});
            QVERIFY2(written.has_value(), name);
            QVERIFY(fs::file_size(path(name)) < samples.size());  // as WAV: two bytes each
            const auto audio = device::readAudio(path(name));
            QVERIFY2(audio.has_value(), audio ? "" : audio.error().message().c_str());
            QCOMPARE(audio->rate_hz, 44100);
            QCOMPARE(audio->channels, 2);
            const bool bare = std::string(name) == "a.aac";  // whole frames, the delay in front
            QCOMPARE(audio->frames(), std::int64_t(bare ? 21 * 1024 : 20'000));
            const auto mono = device::readMono(path(name), 16000);
            QVERIFY(mono.has_value());
            QCOMPARE(std::int64_t(mono->size()), (audio->frames() * 160 + 220) / 441);
            expectError(device::readAudio(path(name), 1000), ErrorKind::format, {"too long"});
        }
        writeBytes(path("text.mp3"), "this is not audio at all, but it is long enough to look\n");
        expectError(device::readAudio(path("text.mp3")), ErrorKind::format, {"no audio"});
    }

    void mixesAndResamplesToMono_data() {
        QTest::addColumn<int>("from_hz");
        QTest::addColumn<int>("channels");
        for (const int rate_hz : {8000, 11025, 22050, 44100, 48000, 96000}) {
            for (const int channels : {1, 2, 5}) {
                QTest::addRow("%d Hz, %d channels", rate_hz, channels) << rate_hz << channels;
            }
        }
    }
    void mixesAndResamplesToMono() {
        QFETCH(int, from_hz);
        QFETCH(int, channels);
        const int frames = from_hz / 2;
        // The mean of the channels' tones is known at every rate: 200 Hz and its multiples.
        writeWith(path("m.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, from_hz, channels,
                  tones(from_hz, channels, frames));
        const auto mono = device::readMono(path("m.wav"), 16000);
        QVERIFY2(mono.has_value(), mono ? "" : mono.error().message().c_str());
        QCOMPARE(std::int64_t(mono->size()), std::llround(frames * 16000.0 / from_hz));
        for (int i = 800; i < 7200; ++i) {
            double expected = 0.0;
            for (int c = 0; c < channels; ++c) {
                expected += 0.4 / channels *
                            std::sin(2.0 * std::numbers::pi * 200.0 * (c + 1) * i / 16000 + 0.3);
            }
            QVERIFY2(std::abs((*mono)[std::size_t(i)] - expected) < 2e-3,
                     qPrintable(QString("sample %1").arg(i)));
        }
    }

    void harmfulSamplesBecomeHarmless() {
        const float inf = std::numeric_limits<float>::infinity();
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const std::vector<float> samples = {0.5F,    nan,   inf,   -inf, 1e-40F,
                                            -1e-42F, 1e30F, 0.25F, -0.5F};
        writeWith(path("nan.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16000, 1, samples);
        const auto audio = device::readAudio(path("nan.wav"));
        QVERIFY(audio.has_value());
        const std::vector<float> expected = {0.5F, 0, 0, 0, 0, 0, 1000.0F, 0.25F, -0.5F};
        QCOMPARE(audio->samples, expected);
    }

    void constantOffsetStays() {
        writeWith(path("dc.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 2,
                  std::vector<float>(96000, 0.25F));
        const auto mono = device::readMono(path("dc.wav"), 16000);
        QVERIFY(mono.has_value());
        for (std::size_t i = 200; i + 200 < mono->size(); ++i) {
            QVERIFY(std::abs((*mono)[i] - 0.25F) < 1e-3F);
        }
    }

    void rawIs16kHzMono() {
        writeBytes(path("a.raw"), std::string("\x00\x40\x00\xc0\x01\x00", 6));
        const auto audio = device::readAudio(path("a.raw"));
        QVERIFY(audio.has_value());
        QCOMPARE(audio->rate_hz, 16000);
        QCOMPARE(audio->samples, (std::vector<float>{0.5F, -0.5F, 1.0F / 32768}));
        writeBytes(path("odd.raw"), "abc");
        expectError(device::readAudio(path("odd.raw")), ErrorKind::format, {"1 of 2 frames"});
    }

    void namesWhatIsWrong() {
        expectError(device::readAudio(path("none.wav")), ErrorKind::not_found, {"none.wav"});
        expectError(device::readAudio(folder_.path().toStdString()), ErrorKind::io, {"folder"});
        writeBytes(path("empty.wav"), "");
        expectError(device::readAudio(path("empty.wav")), ErrorKind::format, {"empty"});
        writeBytes(path("empty.raw"), "");
        expectError(device::readAudio(path("empty.raw")), ErrorKind::format, {"empty"});
        writeBytes(path("text.wav"), "this is not audio at all, but it is long enough to look\n");
        expectError(device::readAudio(path("text.wav")), ErrorKind::format, {"no audio file"});
        writeWith(path("zero.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, {});
        expectError(device::readAudio(path("zero.wav")), ErrorKind::format, {"no audio"});
        expectError(device::readAudio("/dev/null"), ErrorKind::io, {"regular"});
    }

    void saysHowMuchOfACutFileIsThere() {
        writeWith(path("whole.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 2,
                  tones(16000, 2, 16000));
        const std::string whole = bytesOf(path("whole.wav"));
        writeBytes(path("cut.wav"), whole.substr(0, whole.size() - 4 * 6000 + 1));
        expectError(device::readAudio(path("cut.wav")), ErrorKind::format,
                    {"10000 of 16000 frames"});
        writeBytes(path("header.wav"), whole.substr(0, whole.size() - 4 * 16000));
        expectError(device::readAudio(path("header.wav")), ErrorKind::format, {"0 of 16000"});
        writeBytes(path("stub.wav"), whole.substr(0, 20));
        expectError(device::readAudio(path("stub.wav")), ErrorKind::format, {"no audio file"});

        writeWith(path("whole.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16000, 1,
                  tones(16000, 1, 48000));
        const std::string flac = bytesOf(path("whole.flac"));
        writeBytes(path("cut.flac"), flac.substr(0, flac.size() / 2));
        expectError(device::readAudio(path("cut.flac")), ErrorKind::format, {"of 48000 frames"});
    }

    void aHeaderThatPromisesTooMuchCostsNoMemory() {
        writeWith(path("lie.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1,
                  tones(16000, 1, 100));
        std::string bytes = bytesOf(path("lie.wav"));
        const std::uint32_t promised = 0xf0000000U;
        std::memcpy(bytes.data() + bytes.find("data") + 4, &promised, 4);
        writeBytes(path("lie.wav"), bytes);
        expectError(device::readAudio(path("lie.wav")), ErrorKind::format,
                    {"100 of " + std::to_string(promised / 2)});
    }

    void refusesLongerThanAsked() {
        writeWith(path("long.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1,
                  tones(16000, 1, 1001));
        QVERIFY(device::readAudio(path("long.wav"), 1001).has_value());
        expectError(device::readAudio(path("long.wav"), 1000), ErrorKind::format,
                    {"1001 frames", "1000"});
        writeBytes(path("long.raw"), std::string(2002, 'x'));
        expectError(device::readAudio(path("long.raw"), 1000), ErrorKind::format, {"1001 frames"});
    }

    void garbageNeverHarms() {
        writeWith(path("base.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1,
                  tones(16000, 1, 200));
        writeWith(path("base.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 16000, 1,
                  tones(16000, 1, 200));
        std::uint32_t x = 12345;
        for (const char* name : {"base.wav", "base.flac"}) {
            const std::string base = bytesOf(path(name));
            for (int round = 0; round < 300; ++round) {
                std::string bytes = base;
                for (int k = 0; k < 4; ++k) {
                    x = x * 1664525U + 1013904223U;
                    bytes[(x >> 8) % std::min<std::size_t>(bytes.size(), 64)] = char(x >> 24);
                }
                writeBytes(path("fuzz.wav"), bytes);
                const auto audio = device::readAudio(path("fuzz.wav"));
                if (!audio) {
                    QVERIFY(!audio.error().message().empty());
                    continue;
                }
                QVERIFY(audio->rate_hz > 0 && audio->frames() > 0);
                for (const float s : audio->samples) QVERIFY(std::isfinite(s));
            }
        }
    }

    void whatIsWrittenIsReadBack_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("float_samples");
        QTest::addColumn<double>("half_step");
        QTest::newRow("wav 16") << "w.wav" << false << 0.5 / 32768;
        QTest::newRow("wav float") << "w.wav" << true << 0.0;
        QTest::newRow("flac 16") << "w.FLAC" << false << 0.5 / 32768;
        QTest::newRow("flac 24") << "w.flac" << true << 0.5 / 8388608;
    }
    void whatIsWrittenIsReadBack() {
        QFETCH(QString, name);
        QFETCH(bool, float_samples);
        QFETCH(double, half_step);
        const device::AudioData audio{44100, 2, tones(44100, 2, 70000)};
        const fs::path file = path(name.toUtf8().constData());
        QVERIFY(device::writeAudio(file, audio, float_samples).has_value());
        const auto back = device::readAudio(file);
        QVERIFY(back.has_value());
        QCOMPARE(back->frames(), audio.frames());
        for (std::size_t i = 0; i < audio.samples.size(); ++i) {
            QVERIFY(std::abs(back->samples[i] - audio.samples[i]) <= half_step);
        }
        // Quantised once, it stays: no drift of the scale from writing to reading.
        QVERIFY(device::writeAudio(file, *back, float_samples).has_value());
        QCOMPARE(device::readAudio(file)->samples, back->samples);
    }

    void writesTheSameBytesEveryTime() {
        const device::AudioData audio{16000, 1, tones(16000, 1, 500)};
        QVERIFY(device::writeAudio(path("one.wav"), audio, true).has_value());
        QTest::qSleep(1100);  // a PEAK chunk would hold another second
        QVERIFY(device::writeAudio(path("two.wav"), audio, true).has_value());
        QCOMPARE(bytesOf(path("one.wav")), bytesOf(path("two.wav")));
    }

    void loudAndInvalidSamplesAreWrittenAsLimits() {
        const float nan = std::numeric_limits<float>::quiet_NaN();
        const device::AudioData audio{16000, 1, {2.0F, -2.0F, nan, 1.0F, -1.0F}};
        QVERIFY(device::writeAudio(path("loud.wav"), audio).has_value());
        const float top = 32767.0F / 32768.0F;
        QCOMPARE(device::readAudio(path("loud.wav"))->samples,
                 (std::vector<float>{top, -1.0F, 0.0F, top, -1.0F}));
    }

    void aFailedWriteKeepsTheOldFile() {
        writeBytes(path("old.flac"), "precious");
        // FLAC takes at most eight channels.
        const device::AudioData nine{16000, 9, std::vector<float>(90)};
        const auto result = device::writeAudio(path("old.flac"), nine);
        QVERIFY(!result.has_value());
        QCOMPARE(bytesOf(path("old.flac")), std::string("precious"));
        const device::AudioData audio{16000, 1, std::vector<float>(90)};
        QVERIFY(!device::writeAudio(path("no/such/folder.wav"), audio).has_value());
        QVERIFY(!device::writeAudio(folder_.path().toStdString(), audio).has_value());
        QVERIFY(!device::writeAudio(path("x.wav"), {0, 1, {0.0F}}).has_value());
        QVERIFY(!device::writeAudio(path("x.wav"), {16000, 2, {0.0F}}).has_value());
        for (const auto& entry : fs::directory_iterator(folder_.path().toStdString())) {
            QVERIFY2(entry.path().extension() != ".part", entry.path().c_str());
        }
    }

    void onlyFilesAreReplaced() {
        const device::AudioData audio{16000, 1, std::vector<float>(90, 0.25F)};
        for (const auto* ending : {"wav", "mp3"}) {  // libsndfile and libavformat
            const auto named = [&](const char* name) {
                return path((std::string("target_") + name + "." + ending).c_str());
            };
            const auto pipe = named("pipe");
            QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
            expectError(device::writeAudio(pipe, audio), ErrorKind::io, {"a pipe", "pipe."});
            QVERIFY(fs::is_fifo(pipe));
            const auto device = named("device");  // like /dev/null; only root can make one
            if (::mknod(device.c_str(), S_IFCHR | 0600, makedev(1, 3)) == 0) {
                expectError(device::writeAudio(device, audio), ErrorKind::io, {"a device"});
                QVERIFY(fs::is_character_file(device));
            }
            const auto folder = named("folder");
            QVERIFY(fs::create_directory(folder));
            expectError(device::writeAudio(folder, audio), ErrorKind::io, {"a folder"});
            const auto circle = named("circle");
            fs::create_symlink(circle, circle);
            expectError(device::writeAudio(circle, audio), ErrorKind::io, {"cannot be written"});
            const auto through = named("through");  // to a pipe
            fs::create_symlink(pipe, through);
            expectError(device::writeAudio(through, audio), ErrorKind::io, {"a pipe"});
            QVERIFY(fs::is_fifo(pipe));
        }
    }

    void aLinkLeadsToTheFileThatIsReplaced() {
        const device::AudioData audio{16000, 1, std::vector<float>(90, 0.25F)};
        fs::create_directory(path("elsewhere"));
        writeBytes(path("elsewhere/real.wav"), "old");
        fs::create_symlink("elsewhere/real.wav", path("link.wav"));
        fs::create_symlink("elsewhere/new.wav", path("dangling.wav"));
        for (const auto* name : {"link.wav", "dangling.wav"}) {
            QVERIFY(device::writeAudio(path(name), audio).has_value());
            QVERIFY2(fs::is_symlink(fs::symlink_status(path(name))), name);
        }
        for (const auto* name : {"elsewhere/real.wav", "elsewhere/new.wav"}) {
            const auto back = device::readAudio(path(name));
            QVERIFY2(back.has_value(), name);
            QCOMPARE(back->samples, audio.samples);
        }
    }

    void anUnknownEndingIsRefused() {
        const device::AudioData audio{16000, 1, std::vector<float>(90)};
        for (const auto* name : {"out.txt", "out", "out.raw"}) {
            const auto result = device::writeAudio(path(name), audio);
            expectError(result, ErrorKind::usage, {"ending", name});
            QVERIFY(result.error().hint.find("flac") != std::string::npos);
            QVERIFY(!fs::exists(path(name)));
        }
    }

    void aFullDiskIsAnError() {
        const device::AudioData audio{16000, 1, std::vector<float>(1 << 20, 0.1F)};
        limitFileSize(1 << 16);
        const auto result = device::writeAudio(path("full.wav"), audio);
        limitFileSize(0);
        expectError(result, ErrorKind::io, {"File too large", "size limit"});
        QVERIFY(!fs::exists(path("full.wav")));
        QVERIFY(writeHint(ENOSPC).find("make room on the disk") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(AudioFileTest)
#include "audio_file_test.moc"
