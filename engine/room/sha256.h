// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace doubletalk::room {

/// SHA-256 as 64 lower-case hexadecimal digits. Ref: FIPS 180-4.
[[nodiscard]] std::string sha256Hex(std::span<const std::uint8_t> data);

}  // namespace doubletalk::room
