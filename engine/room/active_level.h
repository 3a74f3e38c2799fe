// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace doubletalk::room {

/// Active speech level [dBFS, mean square]: pauses do not count. Speech is active where its
/// envelope (30 ms, exponential, twice) is within 15.9 dB of the level itself, plus 200 ms; the
/// level is the one for which both fit. -infinity for silence. Ref: ITU-T P.56, method B.
[[nodiscard]] double activeLevelDbfs(std::span<const float> samples, int rate_hz);

/// Scales samples to this active level; silence stays silent.
void setActiveLevel(std::vector<float>& samples, int rate_hz, double level_dbfs);

}  // namespace doubletalk::room
