// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/duplex/offline_files.h"
#include "engine/duplex/settings.h"

namespace doubletalk::duplex {

struct OfflineConcealOptions {
    std::filesystem::path in, out;
    std::filesystem::path lost;  ///< a lost frame number a line, from 0
    int frame_ms = 20;           ///< [ms] 10, 20, 30 or 60
    Settings settings;           ///< loss.*; loss.enabled is not looked at
    Progress progress;
};

struct OfflineConcealReport {
    std::string concealer;
    std::int64_t frames = 0;  ///< of frame_ms in the file
    std::int64_t lost = 0;    ///< of them
    double concealed_ratio = 0.0;
    std::int64_t concealment_events = 0;  ///< runs of lost frames
    double seconds = 0.0;
    double real_time_factor = 0.0;
    std::vector<std::string> notes;
};

/// Takes the listed frames out of a file and conceals them with the engine's concealer; the output
/// lies sample on sample with the input. Errors: files, a line that is no frame number, a frame
/// length or name the engine does not know, "cancelled". Thread: user.
[[nodiscard]] Result<OfflineConcealReport> concealFile(const OfflineConcealOptions& options);

/// Frame numbers out of a text: one a line, empty lines and those that begin with # are skipped.
/// Errors: format (which line).
[[nodiscard]] Result<std::vector<std::int64_t>> parseLostFrames(const std::string& text,
                                                                const std::string& where);

}  // namespace doubletalk::duplex
