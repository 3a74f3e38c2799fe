// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/offline_files.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <ctime>

#include "engine/codec/media_kind.h"
#include "engine/core/write_target.h"
#include "engine/device/audio_file.h"
#include "engine/dsp/resampler.h"

namespace doubletalk::duplex {
namespace {

std::vector<float> toMono(const device::AudioData& audio) {
    const auto channels = std::size_t(audio.channels);
    std::vector<float> mono(std::size_t(audio.frames()));
    const float scale = 1.0F / float(channels);
    for (std::size_t i = 0; i < mono.size(); ++i) {
        float sum = 0.0F;
        for (std::size_t c = 0; c < channels; ++c) sum += audio.samples[i * channels + c];
        mono[i] = channels == 1 ? sum : sum * scale;
    }
    return mono;
}

}  // namespace

Result<OfflineInput> readForEngine(const std::filesystem::path& file, std::span<const int> rates_hz,
                                   std::vector<std::string>& notes) {
    auto audio = device::readAudio(file);
    if (!audio) return tl::unexpected(audio.error());
    OfflineInput input;
    input.file_rate_hz = audio->rate_hz;
    input.file_channels = audio->channels;
    input.file_frames = audio->frames();
    const SampleRate own{audio->rate_hz};
    const bool takes_own = std::find(rates_hz.begin(), rates_hz.end(), own.hz) != rates_hz.end();
    input.rate = takes_own ? own : SampleRate{rates_hz.front()};
    input.samples = toMono(*audio);
    if (input.file_channels > 1) {
        notes.push_back(file.string() + ": the mean of " + std::to_string(input.file_channels) +
                        " channels is used");
    }
    if (input.rate != own) {
        notes.push_back(file.string() + ": resampled from " + std::to_string(own.hz) + " Hz to " +
                        std::to_string(input.rate.hz) + " Hz");
        auto resampled = dsp::resampleAll(input.samples, own.hz, input.rate.hz);
        if (!resampled) {
            auto error = resampled.error();
            if (error.where.empty()) error.where = file.string();
            return tl::unexpected(error);
        }
        input.samples = std::move(*resampled);
    }
    if (input.samples.empty()) {
        return fail(ErrorKind::format, "holds no audio", file.string(), "give a longer file");
    }
    return input;
}

Result<void> writeLike(const std::filesystem::path& file, std::span<const float> samples,
                       const OfflineInput& like) {
    device::AudioData audio;
    audio.rate_hz = like.file_rate_hz;
    audio.channels = 1;
    if (like.rate.hz == like.file_rate_hz) {
        audio.samples.assign(samples.begin(), samples.end());
    } else {
        auto back = dsp::resampleAll(samples, like.rate.hz, like.file_rate_hz);
        if (!back) return tl::unexpected(back.error());
        audio.samples = std::move(*back);
    }
    audio.samples.resize(std::size_t(like.file_frames), 0.0F);
    return device::writeAudio(file, audio);
}

Result<void> checkWritable(const std::filesystem::path& file) {
    const auto target = writeTarget(file);
    if (!target) return tl::unexpected(target.error());
    if (const auto kind = codec::mediaKindOf(file); !kind) return tl::unexpected(kind.error());
    std::error_code code;
    const auto folder =
        target->has_parent_path() ? target->parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder, code)) {
        return fail(ErrorKind::io, "cannot be written: its folder does not exist", file.string(),
                    "make the folder first");
    }
    return {};
}

tl::unexpected<Error> outOfMemory(const std::filesystem::path& file) {
    return fail(ErrorKind::io, "not enough memory for a file as long as this", file.string(),
                "cut it into shorter files");
}

Result<double> runOffline(flow::Node& reader, flow::Node& middle, flow::Node& writer,
                          std::int64_t frames, const Progress& progress) {
    std::atomic<bool> cancel{false};
    flow::RunOptions options;
    options.cancel = &cancel;
    options.progress = [&](const flow::RunCounts& counts) {
        const double done = frames > 0 ? double(counts.frames_in) / double(frames) : 1.0;
        if (progress && !progress(std::min(done, 1.0))) cancel = true;
    };
    flow::Node* const row[] = {&middle};
    const auto start = std::clock();
    const auto counts = flow::Runner::run(reader, row, writer, options);
    const double seconds = double(std::clock() - start) / double(CLOCKS_PER_SEC);
    if (!counts) return tl::unexpected(counts.error());
    if (counts->cancelled) return fail(ErrorKind::state, "cancelled", {}, "nothing was written");
    return seconds;
}

std::vector<float> withoutLag(std::span<const float> samples, std::int64_t lag_frames,
                              std::int64_t frames) {
    std::vector<float> out(std::size_t(frames), 0.0F);
    const auto from = std::min(std::size_t(std::max<std::int64_t>(lag_frames, 0)), samples.size());
    const auto n = std::min(samples.size() - from, out.size());
    std::copy_n(samples.begin() + std::ptrdiff_t(from), n, out.begin());
    return out;
}

}  // namespace doubletalk::duplex
