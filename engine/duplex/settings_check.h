// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/duplex/settings.h"

namespace doubletalk::duplex {

/// Whether values that are each within their range go together (a smallest one above its largest
/// one does not). Errors: usage; both names and values. Thread: user.
[[nodiscard]] Result<void> checkTogether(const Settings& settings);

}  // namespace doubletalk::duplex
