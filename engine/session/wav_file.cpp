// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/session/wav_file.h"

#include <sndfile.h>

#include <algorithm>
#include <bit>
#include <cerrno>

#include "engine/session/output_file.h"

namespace doubletalk::session {
namespace {

SNDFILE* handle(void* file) { return static_cast<SNDFILE*>(file); }

static_assert(std::endian::native == std::endian::little, "samples are written as they lie");

void little(std::string& out, std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}

/// Always the same length, so that it can be written over: below 4 GiB plain RIFF with a JUNK
/// chunk, whose place ds64 takes above. Our own because the library's RF64 has a PEAK chunk with
/// the time of day that cannot be turned off. Ref: EBU Tech 3306 sections 3 and 4.
std::string wavHeader(int rate_hz, int channels, std::int64_t frames) {
    constexpr std::uint64_t kHeaderBytes = 92, kMost = 0xFFFFFFFF;
    const auto frame_bytes = static_cast<std::uint64_t>(channels) * sizeof(float);
    const auto data_bytes = static_cast<std::uint64_t>(frames) * frame_bytes;
    const auto riff_bytes = data_bytes + kHeaderBytes - 8;
    const bool wide = riff_bytes >= kMost;
    std::string out(wide ? "RF64" : "RIFF");
    little(out, wide ? kMost : riff_bytes, 4);
    out += wide ? "WAVEds64" : "WAVEJUNK";
    little(out, 28, 4);
    little(out, wide ? riff_bytes : 0, 8);
    little(out, wide ? data_bytes : 0, 8);
    little(out, wide ? static_cast<std::uint64_t>(frames) : 0, 8);
    little(out, 0, 4);
    out += "fmt ";
    little(out, 16, 4);
    little(out, 3, 2);  // IEEE float
    little(out, static_cast<std::uint64_t>(channels), 2);
    little(out, static_cast<std::uint64_t>(rate_hz), 4);
    little(out, static_cast<std::uint64_t>(rate_hz) * frame_bytes, 4);
    little(out, frame_bytes, 2);
    little(out, 32, 2);
    out += "fact";
    little(out, 4, 4);
    little(out, std::min<std::uint64_t>(static_cast<std::uint64_t>(frames), kMost), 4);
    out += "data";
    little(out, wide ? kMost : data_bytes, 4);
    return out;
}

}  // namespace

void WavReader::Close::operator()(void* file) const noexcept { sf_close(handle(file)); }

Result<WavWriter> WavWriter::create(const std::filesystem::path& path, int rate_hz, int channels) {
    // The limits of the reading library: what cannot be read must not be written.
    if (rate_hz <= 0 || channels <= 0 || channels > 1024) {
        return fail(ErrorKind::usage,
                    "no audio file has " + std::to_string(channels) + " channels at " +
                        std::to_string(rate_hz) + " Hz",
                    path.string(), "choose a rate and channels above 0");
    }
    WavWriter writer;
    writer.rate_hz_ = rate_hz;
    writer.channels_ = channels;
    auto file = OutputFile::create(path);
    if (!file) return tl::unexpected(file.error());
    writer.file_ = std::move(*file);
    if (auto done = writer.file_.append(wavHeader(rate_hz, channels, 0)); !done) {
        return tl::unexpected(done.error());
    }
    return writer;
}

Result<void> WavWriter::write(std::span<const float> interleaved) {
    const auto frames = static_cast<std::int64_t>(interleaved.size()) / channels_;
    auto done = file_.append({reinterpret_cast<const char*>(interleaved.data()),
                              static_cast<std::size_t>(frames * channels_) * sizeof(float)});
    if (done) frames_ += frames;
    return done;
}

Result<void> WavWriter::updateHeader() {
    return file_.overwriteStart(wavHeader(rate_hz_, channels_, frames_));
}

Result<void> WavWriter::close() {
    auto done = updateHeader();
    auto closed = file_.close();
    return done ? closed : done;
}

Result<WavReader> WavReader::open(const std::filesystem::path& path, int channels) {
    WavReader reader;
    SF_INFO info{};
    errno = 0;
    reader.file_.reset(sf_open(path.c_str(), SFM_READ, &info));
    if (reader.file_ == nullptr) {
        if (errno == ENOENT || errno == EACCES) return ioError(errno, "cannot open", path);
        return fail(ErrorKind::format, std::string("is no audio file: ") + sf_strerror(nullptr),
                    path.string(), "the session is damaged, record it again or restore a copy");
    }
    if ((info.format & SF_FORMAT_SUBMASK) != SF_FORMAT_FLOAT || info.samplerate <= 0 ||
        info.frames < 0 || info.channels <= 0 || (channels > 0 && info.channels != channels)) {
        return fail(ErrorKind::format,
                    "has " + std::to_string(info.channels) + " channels where " +
                        std::to_string(channels) + " of 32-bit float are needed",
                    path.string(), "the session is damaged, restore a copy");
    }
    reader.rate_hz_ = info.samplerate;
    reader.channels_ = info.channels;
    reader.frames_ = info.frames;
    return reader;
}

std::int64_t WavReader::read(std::span<float> interleaved) {
    const auto frames = static_cast<sf_count_t>(interleaved.size()) / channels_;
    return std::max<std::int64_t>(0,
                                  sf_readf_float(handle(file_.get()), interleaved.data(), frames));
}

Result<void> writeMonoWav(const std::filesystem::path& path, int rate_hz,
                          std::span<const float> samples) {
    auto writer = WavWriter::create(path, rate_hz, 1);
    if (!writer) return tl::unexpected(writer.error());
    if (auto done = writer->write(samples); !done) return done;
    return writer->close();
}

Result<std::vector<std::vector<float>>> readWav(const std::filesystem::path& path, int channels,
                                                std::int64_t max_samples, int& rate_hz) {
    auto reader = WavReader::open(path, channels);
    if (!reader) return tl::unexpected(reader.error());
    rate_hz = reader->rateHz();
    const auto n = static_cast<std::size_t>(reader->channels());
    std::vector<std::vector<float>> planar(n);
    // Grows with what is really there: a header may promise any length.
    std::vector<float> piece(4096 * n);
    std::int64_t total = 0;
    for (std::int64_t got = reader->read(piece); got > 0; got = reader->read(piece)) {
        total += got * static_cast<std::int64_t>(n);
        if (total > max_samples) {
            return fail(ErrorKind::format,
                        "holds more than " + std::to_string(max_samples) + " samples",
                        path.string(), "cut the session into shorter ones");
        }
        for (std::size_t c = 0; c < n; ++c) {
            for (std::size_t i = 0; i < static_cast<std::size_t>(got); ++i) {
                planar[c].push_back(piece[i * n + c]);
            }
        }
    }
    return planar;
}

}  // namespace doubletalk::session
