// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <cstdint>
#include <vector>

namespace doubletalk::test {

/// A WAV file written and read by hand, so that nothing of the engine judges itself.
struct Wav {
    int rate_hz = 16000;
    int channels = 1;
    std::vector<std::int16_t> samples;  ///< interleaved
};

[[nodiscard]] QByteArray wavBytes(const Wav& wav);
/// 16-bit PCM only; empty samples when it is anything else.
[[nodiscard]] Wav readWav(const QString& file);
/// False when it cannot be written.
bool writeFile(const QString& file, const QByteArray& bytes);
bool writeWav(const QString& file, const Wav& wav);

/// Raw 16-bit mono 16 kHz speech of the test clips; empty when they are not installed.
[[nodiscard]] std::vector<std::int16_t> speechClip();
/// White noise, always the same. amplitude of 32767.
[[nodiscard]] std::vector<std::int16_t> noise(std::size_t frames, int amplitude,
                                              std::uint32_t seed = 1);
/// in * gain, later by delay frames; as long as in.
[[nodiscard]] std::vector<std::int16_t> delayed(const std::vector<std::int16_t>& in,
                                                std::size_t delay, double gain);
/// 10 log10 of the mean square of [from, to), dB of full scale.
[[nodiscard]] double levelDb(const std::vector<std::int16_t>& samples, std::size_t from,
                             std::size_t to);

}  // namespace doubletalk::test
