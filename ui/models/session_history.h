// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace doubletalk::bench {
struct QueuedSpeech;
struct VoiceSegment;
}

namespace doubletalk::session {
struct Session;
}

namespace doubletalk::ui {

class History;

/// The run number of what a session's assistant said.
constexpr int kSessionRun = 1;

/// Shows a recorded session as if it had just run: history is emptied first. Everything up to the
/// session's end is there afterwards. Thread: history's (it may be one nobody looks at yet).
void fillHistory(const session::Session& session, History& history);

/// The user's voice in a session, as it was cut while it ran. Any thread.
[[nodiscard]] std::vector<bench::VoiceSegment> voiceIn(const session::Session& session);

/// What the assistant said in a session, and how much of it was heard. Any thread.
[[nodiscard]] std::vector<bench::QueuedSpeech> spokenIn(const session::Session& session);

}  // namespace doubletalk::ui
