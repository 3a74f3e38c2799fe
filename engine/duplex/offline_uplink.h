// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/duplex/offline_files.h"
#include "engine/duplex/settings.h"
#include "engine/duplex/uplink.h"

namespace doubletalk::duplex {

/// What one pass over a pair of files gave, every signal sample on sample with the microphone.
struct OfflineEchoTaps {
    std::vector<float> out;        ///< after the canceller
    std::vector<float> linear;     ///< after its linear stage; empty: it has none
    std::vector<float> clean;      ///< after noise reduction
    std::vector<double> delay_ms;  ///< a value a block: echo after far end; NaN while unknown
    echo::DelayState delay;        ///< at the end
    echo::CancellerTraits traits;
    std::string fallback;  ///< why it is not the wanted canceller
    double processing_s = 0.0;
};

/// Runs the uplink of the live engine over far and mic (same rate). Errors: settings, engines,
/// "cancelled". Thread: user.
[[nodiscard]] Result<OfflineEchoTaps> runUplinkOffline(std::span<const float> far,
                                                       std::span<const float> mic,
                                                       const Settings& settings,
                                                       const Progress& progress);

}  // namespace doubletalk::duplex
