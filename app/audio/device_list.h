// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace doubletalk::audio {

enum class Direction : std::uint8_t { input, output };

/// A device as the system names it. What it prefers says nothing about what it can do.
struct ListedDevice {
    std::string id;    ///< stays the same between runs: store this
    std::string name;  ///< for people
    bool is_default = false;
    int rate_hz = 0;  ///< preferred
    int channels = 0;
};

struct DeviceList {
    std::vector<ListedDevice> inputs, outputs;
};

/// Choice of "no device": silence in, nothing out.
inline constexpr std::string_view kNoDevice = "none";

/// The devices there are now; entries listed twice once only. Errors: those of DeviceThread. Waits
/// up to 3 s for the sound server. Thread: any but the device thread.
[[nodiscard]] Result<DeviceList> listDevices();

}  // namespace doubletalk::audio
