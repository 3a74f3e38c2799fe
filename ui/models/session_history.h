// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace doubletalk::session {
struct Session;
}

namespace doubletalk::ui {

class History;

/// Shows a recorded session as if it had just run: history is emptied first. Everything up to the
/// session's end is there afterwards. Thread: history's (it may be one nobody looks at yet).
void fillHistory(const session::Session& session, History& history);

}  // namespace doubletalk::ui
