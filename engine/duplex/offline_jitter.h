// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/core/result.h"
#include "engine/duplex/settings.h"

namespace doubletalk::duplex {

struct OfflineJitterOptions {
    std::filesystem::path trace;
    Settings settings;  ///< jitter.*; jitter.enabled is not looked at
};

struct OfflineJitterReport {
    std::string buffer;
    nlohmann::ordered_json metrics;  ///< ids of METRICS: numbers, null when missing
};

/// Plays a trace of packet delays through a jitter buffer on a virtual clock.
/// Errors: the trace (which line), unknown buffer. Thread: user.
[[nodiscard]] Result<OfflineJitterReport> playTrace(const OfflineJitterOptions& options);

}  // namespace doubletalk::duplex
