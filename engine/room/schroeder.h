// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "engine/core/frames.h"

namespace doubletalk::room {

/// Part of the decay a reverberation time is fitted to, below the level of the whole response.
struct DecayRange {
    double from_db = -5.0;
    double to_db = -35.0;  ///< -35: T30; -25: T20
};

/// Reverberation time [ms]: a line fitted to the backward integral of the squared response,
/// continued to -60 dB. NaN when the response has no such decay. Ref: Schroeder 1965; ISO 3382-2.
[[nodiscard]] double schroederRt60Ms(std::span<const float> response, SampleRate rate,
                                     DecayRange range = {});

}  // namespace doubletalk::room
