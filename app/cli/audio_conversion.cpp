// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/audio_conversion.h"

#include <vector>

#include "engine/dsp/resampler.h"

namespace doubletalk::cli {

std::string formatText(int rate_hz, int channels) {
    return std::to_string(rate_hz) + " Hz, " + std::to_string(channels) +
           (channels == 1 ? " channel" : " channels");
}

Result<device::AudioData> converted(device::AudioData audio, int rate_hz, int channels) {
    if (rate_hz == audio.rate_hz && channels == audio.channels) return audio;
    const auto from_channels = std::size_t(audio.channels);
    const auto to_channels = std::size_t(channels);
    std::vector<std::vector<float>> planes(to_channels,
                                           std::vector<float>(std::size_t(audio.frames())));
    for (std::size_t c = 0; c < to_channels; ++c) {
        for (std::size_t i = 0; i < planes[c].size(); ++i) {
            const auto* frame = &audio.samples[i * from_channels];
            float sum = 0.0F;
            for (std::size_t k = 0; k < from_channels; ++k) sum += frame[k];
            planes[c][i] = from_channels == to_channels ? frame[c] : sum / float(from_channels);
        }
        if (rate_hz == audio.rate_hz) continue;
        auto resampled = dsp::resampleAll(planes[c], audio.rate_hz, rate_hz);
        if (!resampled) return tl::unexpected(resampled.error());
        planes[c] = std::move(*resampled);
    }
    device::AudioData result{rate_hz, channels, {}};
    result.samples.reserve(planes[0].size() * to_channels);
    for (std::size_t i = 0; i < planes[0].size(); ++i) {
        for (const auto& plane : planes) result.samples.push_back(plane[i]);
    }
    return result;
}

}  // namespace doubletalk::cli
