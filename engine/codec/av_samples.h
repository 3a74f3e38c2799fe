// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "engine/core/result.h"

struct AVFrame;

namespace doubletalk::codec {

/// Interleaved floats into a frame whose format, rate, layout and nb_samples are set: rounded and
/// saturated where it holds integers (16-bit ones exactly as dsp::toPcm16). bits: of a 32-bit
/// integer format, how many count. Errors: internal, unsupported (the format).
[[nodiscard]] Result<void> fillFrame(AVFrame& frame, std::span<const float> interleaved,
                                     int bits = 32);
/// A decoded frame of any sample format, appended as interleaved floats; NaN and infinity become
/// 0. Errors: unsupported (the format).
[[nodiscard]] Result<void> appendFrame(const AVFrame& frame, std::vector<float>& interleaved);

}  // namespace doubletalk::codec
