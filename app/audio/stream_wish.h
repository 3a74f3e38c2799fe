// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace doubletalk::audio {

/// How a device is to be opened.
struct StreamWish {
    std::string device;      ///< id or name; empty: the default one; "none": no device
    int rate_hz = 0;         ///< 8000..48000; 0: what the device prefers
    int channels = 0;        ///< 1, 2; 0: what the device prefers
    double buffer_ms = 0.0;  ///< [ms] asked of the system, which may grant less
};

/// Why a stream no longer runs.
enum class StreamFault : std::uint8_t {
    none,
    vanished,  ///< the device was taken away
    stopped,   ///< the sound server ended it, or ended itself
    stalled    ///< nothing moves any more
};

}  // namespace doubletalk::audio
