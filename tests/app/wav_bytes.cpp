// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/wav_bytes.h"

#include <QFile>
#include <QtEndian>
#include <algorithm>
#include <cmath>

namespace doubletalk::test {
namespace {

template <class T>
void append(QByteArray& bytes, T value) {
    value = qToLittleEndian(value);
    bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
T at(const QByteArray& bytes, qsizetype offset) {
    return qFromLittleEndian<T>(bytes.constData() + offset);
}

}  // namespace

QByteArray wavBytes(const Wav& wav) {
    const auto data_bytes = std::uint32_t(wav.samples.size() * 2);
    QByteArray bytes("RIFF");
    append<std::uint32_t>(bytes, 36 + data_bytes);
    bytes += "WAVEfmt ";
    append<std::uint32_t>(bytes, 16);
    append<std::uint16_t>(bytes, 1);
    append<std::uint16_t>(bytes, std::uint16_t(wav.channels));
    append<std::uint32_t>(bytes, std::uint32_t(wav.rate_hz));
    append<std::uint32_t>(bytes, std::uint32_t(wav.rate_hz * wav.channels * 2));
    append<std::uint16_t>(bytes, std::uint16_t(wav.channels * 2));
    append<std::uint16_t>(bytes, 16);
    bytes += "data";
    append<std::uint32_t>(bytes, data_bytes);
    for (const auto sample : wav.samples) append<std::int16_t>(bytes, sample);
    return bytes;
}

Wav readWav(const QString& file) {
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) return {0, 0, {}};
    const auto bytes = in.readAll();
    Wav wav{0, 0, {}};
    for (qsizetype chunk = 12; chunk + 8 <= bytes.size();) {
        const auto size = at<std::uint32_t>(bytes, chunk + 4);
        if (bytes.mid(chunk, 4) == "fmt ") {
            if (at<std::uint16_t>(bytes, chunk + 22) != 16) return wav;
            wav.channels = at<std::uint16_t>(bytes, chunk + 10);
            wav.rate_hz = int(at<std::uint32_t>(bytes, chunk + 12));
        } else if (bytes.mid(chunk, 4) == "data") {
            for (qsizetype i = 0; i + 1 < qsizetype(size) && chunk + 9 + i < bytes.size(); i += 2) {
                wav.samples.push_back(at<std::int16_t>(bytes, chunk + 8 + i));
            }
        }
        chunk += 8 + qsizetype(size) + qsizetype(size % 2);
    }
    return wav;
}

bool writeFile(const QString& file, const QByteArray& bytes) {
    QFile out(file);
    return out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size();
}

bool writeWav(const QString& file, const Wav& wav) { return writeFile(file, wavBytes(wav)); }

std::vector<std::int16_t> speechClip() {
    QFile in("/usr/share/pocketsphinx/test/data/goforward.raw");
    if (!in.open(QIODevice::ReadOnly)) return {};
    const auto bytes = in.readAll();
    std::vector<std::int16_t> samples;
    for (qsizetype i = 0; i + 1 < bytes.size(); i += 2)
        samples.push_back(at<std::int16_t>(bytes, i));
    return samples;
}

std::vector<std::int16_t> noise(std::size_t frames, int amplitude, std::uint32_t seed) {
    std::vector<std::int16_t> out(frames);
    for (auto& sample : out) {
        seed = seed * 1664525U + 1013904223U;
        sample = std::int16_t((double(seed >> 8U) / double(1U << 23U) - 1.0) * amplitude);
    }
    return out;
}

std::vector<std::int16_t> delayed(const std::vector<std::int16_t>& in, std::size_t delay,
                                  double gain) {
    std::vector<std::int16_t> out(in.size(), 0);
    for (std::size_t i = delay; i < in.size(); ++i) {
        out[i] = std::int16_t(std::lround(gain * in[i - delay]));
    }
    return out;
}

double levelDb(const std::vector<std::int16_t>& samples, std::size_t from, std::size_t to) {
    double sum = 0.0;
    for (std::size_t i = from; i < to; ++i) sum += double(samples[i]) * samples[i];
    const double mean = sum / double(to - from) / (32768.0 * 32768.0);
    return 10.0 * std::log10(std::max(mean, 1e-12));
}

}  // namespace doubletalk::test
