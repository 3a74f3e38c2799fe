// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace doubletalk::ui {

/// What a session's track is called in the window ("clean": "Cleaned microphone"); one that is not
/// known keeps its name in the session. Any thread.
[[nodiscard]] QString trackTitle(const QString& name);

}  // namespace doubletalk::ui
