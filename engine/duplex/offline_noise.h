// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/duplex/offline_files.h"
#include "engine/duplex/settings.h"

namespace doubletalk::duplex {

struct OfflineNoiseOptions {
    std::filesystem::path in, out;
    Settings settings;  ///< noise.*; noise.enabled is not looked at
    Progress progress;
};

struct OfflineNoiseReport {
    std::string reducer;
    double seconds = 0.0;           ///< length of the input
    double real_time_factor = 0.0;  ///< processing time / length
    double level_in_dbfs = 0.0;     ///< mean square over the file, NaN for digital silence
    double level_out_dbfs = 0.0;
    std::vector<std::string> notes;  ///< what was converted
};

/// Reduces the noise of a file with the engine's reducer; the output lies sample on sample with the
/// input. Errors: files, unknown or missing reducer, "cancelled". Thread: user.
[[nodiscard]] Result<OfflineNoiseReport> reduceNoiseOfFile(const OfflineNoiseOptions& options);

}  // namespace doubletalk::duplex
