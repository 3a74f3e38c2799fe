// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/device/audio_file.h"

#include <sndfile.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "engine/codec/media_reader.h"
#include "engine/codec/media_writer.h"
#include "engine/codec/part_file.h"
#include "engine/codec/riff_header.h"
#include "engine/core/write_target.h"
#include "engine/dsp/harmless.h"
#include "engine/dsp/resampler.h"

namespace doubletalk::device {
namespace {

namespace fs = std::filesystem;

constexpr int kRawRateHz = 16000;
constexpr std::size_t kChunkSamples = 1 << 16;  // memory grows with what is there, not promised

/// Owns one open sound file.
class SoundFile {
public:
    SoundFile(const fs::path& file, int mode, SF_INFO& info)
        : handle_(sf_open(file.c_str(), mode, &info)) {}
    ~SoundFile() { static_cast<void>(close()); }
    SoundFile(const SoundFile&) = delete;
    SoundFile& operator=(const SoundFile&) = delete;
    [[nodiscard]] SNDFILE* get() const { return handle_; }
    [[nodiscard]] bool close() {
        SNDFILE* handle = std::exchange(handle_, nullptr);
        return handle == nullptr || sf_close(handle) == 0;
    }

private:
    SNDFILE* handle_;
};

bool hasExtension(const fs::path& file, const char* wanted) {
    std::string extension = file.extension().string();
    for (char& c : extension) c = char(std::tolower(static_cast<unsigned char>(c)));
    return extension == wanted;
}

/// Appends what later stages can digest.
template <class Iterator>
void appendHarmless(Iterator from, Iterator end, std::vector<float>& samples) {
    std::transform(from, end, std::back_inserter(samples),
                   [](float x) { return dsp::harmless(x); });
}

tl::unexpected<Error> truncated(const fs::path& file, std::int64_t there, std::int64_t promised) {
    return fail(ErrorKind::format,
                "the file is cut short: " + std::to_string(there) + " of " +
                    std::to_string(promised) + " frames are there",
                file.string(), "copy or record it again, or save the part that is there anew");
}

tl::unexpected<Error> tooLong(const fs::path& file, std::int64_t frames, std::int64_t limit) {
    return fail(ErrorKind::format,
                "the file is too long: " + std::to_string(frames) + " frames, at most " +
                    std::to_string(limit) + " are taken",
                file.string(), "cut it into shorter files");
}

tl::unexpected<Error> noAudio(const fs::path& file) {
    return fail(ErrorKind::format, "the file holds no audio", file.string(),
                "give a file with at least one frame");
}

/// The file's size, or why it cannot be read.
Result<std::int64_t> readableSize(const fs::path& file) {
    std::error_code code;
    const auto status = fs::status(file, code);
    if (!fs::exists(status)) {
        return fail(ErrorKind::not_found, "there is no such file", file.string(),
                    "check the name and the folder");
    }
    if (fs::is_directory(status)) {
        return fail(ErrorKind::io, "this is a folder, not an audio file", file.string(),
                    "name a WAV or FLAC file in it");
    }
    if (!fs::is_regular_file(status)) {
        return fail(ErrorKind::io, "this is not a regular file", file.string(),
                    "copy the audio into a WAV or FLAC file first");
    }
    const auto size = fs::file_size(file, code);
    if (code || ::access(file.c_str(), R_OK) != 0) {
        return fail(ErrorKind::io, "the file cannot be read", file.string(),
                    "check its permissions");
    }
    if (size == 0) {
        return fail(ErrorKind::format, "the file is empty", file.string(),
                    "give a file with at least one frame");
    }
    return std::int64_t(size);
}

Result<AudioData> readRaw(const fs::path& file, std::int64_t bytes, std::int64_t max_frames) {
    if (bytes / 2 > max_frames) return tooLong(file, bytes / 2, max_frames);
    if (bytes % 2 != 0) return truncated(file, bytes / 2, bytes / 2 + 1);
    std::ifstream in(file, std::ios::binary);
    std::vector<unsigned char> raw(std::size_t(bytes), 0);
    in.read(reinterpret_cast<char*>(raw.data()), std::streamsize(bytes));
    if (in.gcount() != bytes) {
        return fail(ErrorKind::io, "the file cannot be read", file.string(), "check the disk");
    }
    AudioData audio{kRawRateHz, 1, std::vector<float>(std::size_t(bytes / 2))};
    for (std::size_t i = 0; i < audio.samples.size(); ++i) {
        const auto word = std::uint16_t(raw[2 * i] | (raw[2 * i + 1] << 8));
        audio.samples[i] = float(std::int16_t(word)) / 32768.0F;
    }
    return audio;
}

/// All frames that are there; stops behind max_frames.
std::vector<float> readFrames(SNDFILE* handle, int channels, std::int64_t max_frames) {
    std::vector<float> samples;
    const std::size_t chunk_frames =
        std::max<std::size_t>(1, kChunkSamples / std::size_t(channels));
    std::vector<float> chunk(chunk_frames * std::size_t(channels));
    while (std::int64_t(samples.size()) / channels <= max_frames) {
        const sf_count_t got = sf_readf_float(handle, chunk.data(), sf_count_t(chunk_frames));
        if (got <= 0) break;
        const auto end = chunk.begin() + std::ptrdiff_t(got) * channels;
        appendHarmless(chunk.begin(), end, samples);
    }
    return samples;
}

bool isCompressedWav(const SF_INFO& info) {
    const int subtype = info.format & SF_FORMAT_SUBMASK;
    return subtype != SF_FORMAT_PCM_S8 && subtype != SF_FORMAT_PCM_U8 &&
           subtype != SF_FORMAT_PCM_16 && subtype != SF_FORMAT_PCM_24 &&
           subtype != SF_FORMAT_PCM_32 && subtype != SF_FORMAT_FLOAT &&
           subtype != SF_FORMAT_DOUBLE && subtype != SF_FORMAT_ULAW && subtype != SF_FORMAT_ALAW;
}

/// Frames the header promises; libsndfile quietly shortens those of a cut WAV file, so its own
/// header is asked. Nothing: it does not say.
std::optional<std::int64_t> promisedFrames(const fs::path& file, const SF_INFO& info) {
    const int type = info.format & SF_FORMAT_TYPEMASK;
    const bool riff = type == SF_FORMAT_WAV || type == SF_FORMAT_WAVEX || type == SF_FORMAT_RF64;
    if (riff && !isCompressedWav(info)) {
        const auto header = codec::readRiffHeader(file);
        return header ? header->frames() : std::nullopt;
    }
    if (info.frames <= 0 || info.frames == std::numeric_limits<sf_count_t>::max()) {
        return std::nullopt;
    }
    return std::int64_t(info.frames);
}

int formatFor(const fs::path& file, const AudioData& audio, bool float_samples) {
    if (hasExtension(file, ".flac")) {
        return SF_FORMAT_FLAC | (float_samples ? SF_FORMAT_PCM_24 : SF_FORMAT_PCM_16);
    }
    // RF64 only when plain WAV could not count that far.
    const std::uint64_t bytes = audio.samples.size() * (float_samples ? 4U : 2U);
    const int type = bytes > 0xfff00000ULL ? SF_FORMAT_RF64 : SF_FORMAT_WAV;
    return type | (float_samples ? SF_FORMAT_FLOAT : SF_FORMAT_PCM_16);
}

int toInteger(float x, int bits) {
    const double full = double(1 << (bits - 1));
    const double value = std::isfinite(x) ? std::nearbyint(double(x) * full) : 0.0;
    return int(std::clamp(value, -full, full - 1.0));
}

/// Integers are made here: libsndfile scales floats by 32767, reads them by 32768.
bool writeSamples(SNDFILE* handle, const AudioData& audio, int format) {
    const int subtype = format & SF_FORMAT_SUBMASK;
    for (std::size_t at = 0; at < audio.samples.size(); at += kChunkSamples) {
        const std::size_t n = std::min(kChunkSamples, audio.samples.size() - at);
        const float* from = audio.samples.data() + at;
        sf_count_t written = 0;
        if (subtype == SF_FORMAT_PCM_16) {
            std::vector<short> chunk(n);
            for (std::size_t i = 0; i < n; ++i) chunk[i] = short(toInteger(from[i], 16));
            written = sf_write_short(handle, chunk.data(), sf_count_t(n));
        } else if (subtype == SF_FORMAT_PCM_24) {
            std::vector<int> chunk(n);
            for (std::size_t i = 0; i < n; ++i) chunk[i] = toInteger(from[i], 24) * 256;
            written = sf_write_int(handle, chunk.data(), sf_count_t(n));
        } else {
            std::vector<float> chunk(from, from + n);
            for (float& x : chunk) x = std::isfinite(x) ? x : 0.0F;
            written = sf_write_float(handle, chunk.data(), sf_count_t(n));
        }
        if (written != sf_count_t(n)) return false;
    }
    return true;
}

/// code: what libsndfile left in errno, 0 when it was no system call that failed.
tl::unexpected<Error> notWritten(const fs::path& file, int code) {
    const std::string why =
        code != 0 ? std::generic_category().message(code) : std::string(sf_strerror(nullptr));
    return fail(ErrorKind::io, "cannot be written: " + why, file.string(), writeHint(code));
}

Result<void> writeNew(const fs::path& file, const fs::path& part, const AudioData& audio,
                      int format) {
    SF_INFO info{};
    info.samplerate = audio.rate_hz;
    info.channels = audio.channels;
    info.format = format;
    if (sf_format_check(&info) == 0) {
        return fail(ErrorKind::unsupported,
                    std::to_string(audio.channels) + " channels at " +
                        std::to_string(audio.rate_hz) + " Hz cannot be written in this format",
                    file.string(), "write WAV, or fewer channels");
    }
    errno = 0;
    SoundFile sound(part, SFM_WRITE, info);
    if (sound.get() == nullptr) return notWritten(file, errno);
    // A PEAK chunk carries the time of day: the same audio would not give the same bytes.
    sf_command(sound.get(), SFC_SET_ADD_PEAK_CHUNK, nullptr, SF_FALSE);
    errno = 0;
    if (!writeSamples(sound.get(), audio, format) || !sound.close()) return notWritten(file, errno);
    return {};
}

/// What libsndfile is not asked for.
bool isCoded(const fs::path& file) {
    return codec::hasReadableEnding(file) && !hasExtension(file, ".wav") &&
           !hasExtension(file, ".flac");
}

Result<AudioData> readCoded(const fs::path& file, std::int64_t max_frames) {
    auto reader = codec::MediaReader::open(file);
    if (!reader) return tl::unexpected(reader.error());
    AudioData audio{reader->info().rate_hz, reader->info().channels, {}};
    codec::PcmChunk chunk;
    for (;;) {
        const auto got = reader->get(chunk);
        if (!got) return tl::unexpected(got.error());
        if (*got == codec::Got::end) return audio;
        appendHarmless(chunk.samples.begin(), chunk.samples.end(), audio.samples);
        if (audio.frames() > max_frames) return tooLong(file, audio.frames(), max_frames);
    }
}

Result<void> writeCoded(const fs::path& file, const AudioData& audio) {
    auto writer =
        codec::MediaWriter::open(file, {.rate_hz = audio.rate_hz, .channels = audio.channels});
    if (!writer) return tl::unexpected(writer.error());
    const std::size_t step =
        kChunkSamples / std::size_t(audio.channels) * std::size_t(audio.channels);
    for (std::size_t at = 0; at < audio.samples.size(); at += step) {
        const auto n = std::min(step, audio.samples.size() - at);
        const auto put = writer->put(std::span(audio.samples).subspan(at, n));
        if (!put) return put;
    }
    return writer->finish();
}

}  // namespace

Result<AudioData> readAudio(const fs::path& file, std::int64_t max_frames) try {
    const auto size = readableSize(file);
    if (!size) return tl::unexpected(size.error());
    if (hasExtension(file, ".raw")) return readRaw(file, *size, max_frames);
    if (isCoded(file)) return readCoded(file, max_frames);

    SF_INFO info{};
    SoundFile sound(file, SFM_READ, info);
    if (sound.get() == nullptr) {
        return fail(ErrorKind::format,
                    std::string("this is no audio file that can be read: ") + sf_strerror(nullptr),
                    file.string(),
                    "give WAV, RF64 or FLAC; MP3, AAC, M4A, Opus by that ending; .raw: 16 kHz "
                    "16-bit mono");
    }
    const auto promised = promisedFrames(file, info);
    // For WAV libsndfile counts what is there, so this is the file's true length.
    if (info.frames > max_frames && info.frames != std::numeric_limits<sf_count_t>::max()) {
        return tooLong(file, info.frames, max_frames);
    }
    AudioData audio{info.samplerate, info.channels,
                    readFrames(sound.get(), info.channels, max_frames)};
    if (audio.frames() > max_frames) return tooLong(file, audio.frames(), max_frames);
    if (promised && audio.frames() < *promised) return truncated(file, audio.frames(), *promised);
    if (audio.frames() == 0) return noAudio(file);
    return audio;
} catch (const std::bad_alloc&) {
    return fail(ErrorKind::io, "not enough memory for the audio in it", file.string(),
                "cut it into shorter files");
}

Result<std::vector<float>> readMono(const fs::path& file, int rate_hz) {
    auto audio = readAudio(file);
    if (!audio) return tl::unexpected(audio.error());
    const int channels = audio->channels;
    std::vector<float> mono = std::move(audio->samples);
    if (channels > 1) {
        const std::size_t frames = mono.size() / std::size_t(channels);
        for (std::size_t i = 0; i < frames; ++i) {
            double sum = 0.0;
            for (int c = 0; c < channels; ++c)
                sum += mono[i * std::size_t(channels) + std::size_t(c)];
            mono[i] = float(sum / channels);
        }
        mono.resize(frames);
    }
    if (audio->rate_hz == rate_hz) return mono;
    auto resampled = dsp::resampleAll(mono, audio->rate_hz, rate_hz);
    if (!resampled) {
        Error error = resampled.error();
        error.where = file.string();
        return tl::unexpected(error);
    }
    return resampled;
}

Result<void> writeAudio(const fs::path& file, const AudioData& audio, bool float_samples) {
    if (audio.channels < 1 || audio.rate_hz < 1 ||
        audio.samples.size() % std::size_t(audio.channels) != 0) {
        return fail(ErrorKind::usage, "the audio has no valid rate or channel count",
                    file.string());
    }
    if (const auto kind = codec::mediaKindOf(file); !kind) return tl::unexpected(kind.error());
    if (isCoded(file)) return writeCoded(file, audio);
    auto part = codec::PartFile::beside(file);
    if (!part) return tl::unexpected(part.error());
    if (auto written = writeNew(file, part->path(), audio, formatFor(file, audio, float_samples));
        !written) {
        return written;
    }
    return part->commit();
}

}  // namespace doubletalk::device
