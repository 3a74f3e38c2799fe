// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/device/audio_file.h"

namespace doubletalk::cli {

/// Of every file that is read: for help texts.
inline constexpr const char* kAudioFiles = "WAV, FLAC, MP3, AAC, M4A or Opus";

/// "16000 Hz, 1 channel"
[[nodiscard]] std::string formatText(int rate_hz, int channels);
/// The same channels, or all of them the mean; then the rate. Errors: those of dsp::resampleAll().
[[nodiscard]] Result<device::AudioData> converted(device::AudioData audio, int rate_hz,
                                                  int channels);

}  // namespace doubletalk::cli
