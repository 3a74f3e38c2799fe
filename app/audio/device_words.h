// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAudioDevice>
#include <string>

#include "app/audio/device_list.h"
#include "app/audio/stream_wish.h"
#include "engine/core/result.h"

namespace doubletalk::audio {

/// What users are told about devices: what happened, where, what to do.
[[nodiscard]] tl::unexpected<Error> notStarted(Direction direction, const QAudioDevice& device);
[[nodiscard]] std::string faultText(Direction direction, const std::string& name,
                                    StreamFault fault);
[[nodiscard]] std::string movedText(Direction direction, const std::string& name);
[[nodiscard]] std::string returnedText(Direction direction, const std::string& name);
[[nodiscard]] std::string runsText(Direction direction, const std::string& name, int rate_hz,
                                   int channels, double buffer_ms);

}  // namespace doubletalk::audio
