// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/duplex/offline_files.h"
#include "engine/duplex/settings_store.h"

namespace doubletalk::duplex {

struct OfflineEchoOptions {
    std::filesystem::path far, mic, out;
    Settings settings;  ///< echo.*, noise.*, vad.*; engine.rate_hz comes from the microphone's file
    /// Given: in place of settings; what depends on the rate is settled at the file's.
    std::optional<SettingsStore> store;
    Progress progress;
};

struct OfflineEchoReport {
    std::string canceller;  ///< what ran; another than the wanted one when it had to fall back
    std::string reducer;    ///< empty: none
    /// Ids of METRICS: a number, null, or {p10, p50, p90, n}. The near end is unknown, so gates
    /// that need it rest on voice activity of the output.
    nlohmann::ordered_json metrics;
    std::vector<std::string> notes;  ///< conversions, fallbacks
};

/// Cancels the echo of a pair of files with the engine's own uplink. The output lies sample on
/// sample with the microphone's file: lags of canceller and reducer are taken out, the tail is
/// flushed. Errors: files, settings, "cancelled". Thread: user.
[[nodiscard]] Result<OfflineEchoReport> cancelEchoOfFiles(const OfflineEchoOptions& options);

}  // namespace doubletalk::duplex
