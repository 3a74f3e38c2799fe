// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk::jitter {

/// Replaces the frames numbered in lost (from 0, any order, beyond the end ignored) by what the
/// concealer makes of them. As long as the input; the last frame may be short.
/// Errors: unsupported rate or frame length, unknown concealer.
[[nodiscard]] Result<std::vector<float>> concealFile(std::span<const float> samples,
                                                     SampleRate rate, int frame_ms,
                                                     std::span<const std::int64_t> lost,
                                                     std::string_view concealer);

}  // namespace doubletalk::jitter
