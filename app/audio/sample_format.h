// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAudioFormat>
#include <span>

namespace doubletalk::audio {

/// What to ask of a device: its preferred format, within 8 to 48 kHz, one or two channels and a
/// sample type convertible here. 0: as preferred.
[[nodiscard]] QAudioFormat streamFormat(const QAudioFormat& preferred, int rate_hz, int channels);

/// Interleaved samples to mono (mean of the channels) and back (every channel the same; clipped).
/// bytes holds mono.size() frames. Real-time safe.
void toMono(std::span<const char> bytes, const QAudioFormat& format,
            std::span<float> mono) noexcept;
void fromMono(std::span<const float> mono, const QAudioFormat& format,
              std::span<char> bytes) noexcept;

}  // namespace doubletalk::audio
