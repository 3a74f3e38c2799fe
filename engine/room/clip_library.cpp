// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/room/clip_library.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "engine/device/audio_file.h"
#include "engine/dsp/resampler.h"
#include "engine/room/active_level.h"
#include "engine/room/sha256.h"

namespace doubletalk::room {
namespace {

namespace fs = std::filesystem;

constexpr double kFadeS = 0.005;  // a stretch cut out of speech begins and ends without a click

Result<void> checkClip(const ClipRef& clip) {
    std::error_code code;
    if (!fs::is_regular_file(clip.path, code)) {
        return fail(ErrorKind::not_found, "the clip is not there", clip.path,
                    "install the package " + clip.package);
    }
    std::ifstream in(clip.path, std::ios::binary);
    const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in) {
        return fail(ErrorKind::io, "the clip cannot be read", clip.path, "check its permissions");
    }
    if (sha256Hex(bytes) != clip.sha256) {
        return fail(ErrorKind::format, "the clip is not the file the scene means (SHA-256 differs)",
                    clip.path,
                    "install the package " + clip.package +
                        " again, or put the hash of this file into the scene");
    }
    return {};
}

void fadeEnds(std::vector<float>& samples, int rate_hz) {
    const std::size_t n = std::min(std::size_t(kFadeS * rate_hz), samples.size() / 2);
    for (std::size_t i = 0; i < n; ++i) {
        const auto weight = float((double(i) + 0.5) / double(n));
        samples[i] *= weight;
        samples[samples.size() - 1 - i] *= weight;
    }
}

/// Cuts from_s..to_s out. Errors: usage.
Result<void> cut(voice::Utterance& audio, const Source& source) {
    if (source.from_s == 0.0 && source.to_s == 0.0) return {};
    const auto frames = std::int64_t(audio.samples.size());
    const auto from = std::int64_t(std::llround(source.from_s * audio.rate_hz));
    const auto to =
        source.to_s > 0.0 ? std::int64_t(std::llround(source.to_s * audio.rate_hz)) : frames;
    if (from >= to || to > frames) {
        return fail(ErrorKind::usage,
                    "the stretch " + std::to_string(source.from_s) + " to " +
                        std::to_string(source.to_s) + " s lies beyond the " +
                        std::to_string(double(frames) / audio.rate_hz) + " s there are",
                    source.clip.path, "choose from_s and to_s inside it");
    }
    audio.samples.erase(audio.samples.begin() + to, audio.samples.end());
    audio.samples.erase(audio.samples.begin(), audio.samples.begin() + from);
    fadeEnds(audio.samples, audio.rate_hz);
    const double from_ms = source.from_s * 1000.0;
    const double length_ms = 1000.0 * double(audio.samples.size()) / audio.rate_hz;
    std::erase_if(audio.words, [&](const voice::WordMark& word) {
        return word.at_ms < from_ms || word.at_ms >= from_ms + length_ms;
    });
    for (auto& word : audio.words) word.at_ms -= from_ms;
    return {};
}

}  // namespace

Result<voice::Utterance> loadClip(const ClipRef& clip) {
    if (auto checked = checkClip(clip); !checked) return tl::unexpected(checked.error());
    const auto audio = device::readAudio(clip.path);
    if (!audio) return tl::unexpected(audio.error());
    auto mono = device::readMono(clip.path, audio->rate_hz);
    if (!mono) return tl::unexpected(mono.error());
    return voice::Utterance{audio->rate_hz, std::move(*mono), {}};
}

Result<voice::Utterance> loadSource(const Source& source) {
    auto audio = source.clip.path.empty() ? voice::renderRepeatable(source.text, source.voice)
                                          : loadClip(source.clip);
    if (!audio) return audio;
    if (auto done = cut(*audio, source); !done) return tl::unexpected(done.error());
    return audio;
}

Result<std::vector<float>> loadSourceAt(const Source& source, SampleRate rate, double level_dbfs) {
    auto audio = loadSource(source);
    if (!audio) return tl::unexpected(audio.error());
    Result<std::vector<float>> samples = std::move(audio->samples);
    if (audio->rate_hz != rate.hz) samples = dsp::resampleAll(*samples, audio->rate_hz, rate.hz);
    if (samples) setActiveLevel(*samples, rate.hz, level_dbfs);
    return samples;
}

Result<std::vector<TalkerSignal>> prepareTalkers(const Scene& scene, SampleRate rate) {
    std::vector<TalkerSignal> signals;
    for (std::size_t i = 0; i < scene.talkers.size(); ++i) {
        const auto& turn = scene.talkers[i];
        auto samples = loadSourceAt(turn.source, rate, turn.level_dbfs);
        if (!samples) {
            Error error = samples.error();
            error.where = "scene " + scene.id + ": talkers[" + std::to_string(i) + "]" +
                          (error.where.empty() ? "" : ": " + error.where);
            return tl::unexpected(error);
        }
        signals.push_back({std::llround(turn.at_s * rate.hz), std::move(*samples)});
    }
    return signals;
}

}  // namespace doubletalk::room
