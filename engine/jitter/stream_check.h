// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/packet.h"
#include "engine/core/result.h"

namespace doubletalk::jitter {

/// Passes the stream forms every part here handles: 8, 16, 24, 32, 48 kHz, 5 to 120 ms a packet.
/// Errors: unsupported.
[[nodiscard]] Result<void> checkStream(const StreamFormat& format);

}  // namespace doubletalk::jitter
