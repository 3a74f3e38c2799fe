// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAudioDevice>
#include <string_view>
#include <vector>

#include "app/audio/device_list.h"

namespace doubletalk::audio {

/// As listDevices(), without waiting. Thread: device.
[[nodiscard]] std::vector<ListedDevice> listedNow(Direction direction);
/// The device with this id or else this name; empty: the default one, else the first. Errors:
/// not_found, with what there is. Thread: device.
[[nodiscard]] Result<QAudioDevice> findDevice(Direction direction, std::string_view id_or_name);
/// A listed id, and nothing else. Thread: device.
[[nodiscard]] bool isListed(Direction direction, std::string_view id);

}  // namespace doubletalk::audio
