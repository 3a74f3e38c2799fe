// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/sample_format.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace doubletalk::audio {
namespace {

constexpr int kLowestHz = 8000;
constexpr int kHighestHz = 48000;
constexpr int kMostChannels = 2;

template <class T>
float toFloat(T sample) noexcept {
    if constexpr (std::is_same_v<T, float>) {
        return sample;
    } else {
        return float(double(sample) / -double(std::numeric_limits<T>::min()));
    }
}

template <class T>
T fromFloat(float sample) noexcept {
    if constexpr (std::is_same_v<T, float>) {
        return std::clamp(sample, -1.0F, 1.0F);
    } else {
        const double scale = -double(std::numeric_limits<T>::min());
        return T(std::llrint(std::clamp(double(sample) * scale, -scale, scale - 1.0)));
    }
}

template <class T>
void mix(std::span<const char> bytes, int channels, std::span<float> mono) noexcept {
    const char* at = bytes.data();
    for (auto& out : mono) {
        float sum = 0.0F;
        for (int c = 0; c < channels; ++c, at += sizeof(T)) {
            T sample;
            std::memcpy(&sample, at, sizeof(T));
            sum += toFloat(sample);
        }
        out = sum / float(channels);
    }
}

template <class T>
void spread(std::span<const float> mono, int channels, std::span<char> bytes) noexcept {
    char* at = bytes.data();
    for (const float in : mono) {
        const T sample = fromFloat<T>(in);
        for (int c = 0; c < channels; ++c, at += sizeof(T)) std::memcpy(at, &sample, sizeof(T));
    }
}

}  // namespace

QAudioFormat streamFormat(const QAudioFormat& preferred, int rate_hz, int channels) {
    auto format = preferred;
    format.setSampleRate(
        std::clamp(rate_hz > 0 ? rate_hz : preferred.sampleRate(), kLowestHz, kHighestHz));
    format.setChannelCount(
        std::clamp(channels > 0 ? channels : preferred.channelCount(), 1, kMostChannels));
    switch (preferred.sampleFormat()) {
        case QAudioFormat::Int16:
        case QAudioFormat::Int32:
        case QAudioFormat::Float:
            break;
        default:
            format.setSampleFormat(QAudioFormat::Int16);
    }
    return format;
}

void toMono(std::span<const char> bytes, const QAudioFormat& format,
            std::span<float> mono) noexcept {
    const int channels = format.channelCount();
    switch (format.sampleFormat()) {
        case QAudioFormat::Int32:
            return mix<std::int32_t>(bytes, channels, mono);
        case QAudioFormat::Float:
            return mix<float>(bytes, channels, mono);
        default:
            return mix<std::int16_t>(bytes, channels, mono);
    }
}

void fromMono(std::span<const float> mono, const QAudioFormat& format,
              std::span<char> bytes) noexcept {
    const int channels = format.channelCount();
    switch (format.sampleFormat()) {
        case QAudioFormat::Int32:
            return spread<std::int32_t>(mono, channels, bytes);
        case QAudioFormat::Float:
            return spread<float>(mono, channels, bytes);
        default:
            return spread<std::int16_t>(mono, channels, bytes);
    }
}

}  // namespace doubletalk::audio
