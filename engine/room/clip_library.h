// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/room/scene.h"
#include "engine/room/virtual_room.h"
#include "engine/voice/synthesizer.h"

namespace doubletalk::room {

/// A clip at its own rate, mono, after its hash was checked. Errors: not_found (names the package
/// to install), format (another file than the scene means), and those of the audio file.
[[nodiscard]] Result<voice::Utterance> loadClip(const ClipRef& clip);

/// What a source says, at its own rate and level: a clip's stretch (no words) or the embedded
/// voice, the same bits every time. Errors: those of loadClip and renderRepeatable, usage (a
/// stretch beyond the clip).
[[nodiscard]] Result<voice::Utterance> loadSource(const Source& source);

/// A source at rate, at this active level.
[[nodiscard]] Result<std::vector<float>> loadSourceAt(const Source& source, SampleRate rate,
                                                      double level_dbfs);

/// All talkers of a scene for the room. Errors name the scene and the turn.
[[nodiscard]] Result<std::vector<TalkerSignal>> prepareTalkers(const Scene& scene, SampleRate rate);

}  // namespace doubletalk::room
