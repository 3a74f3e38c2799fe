// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/duplex/decision_changes.h"
#include "engine/duplex/scene_run.h"
#include "engine/session/session_reader.h"

namespace doubletalk::duplex {

enum class ReplayLoop : std::uint8_t {
    automatic,  ///< closed for a scene session with a changed setting, else open
    open,       ///< microphone, reference and packets from the session
    closed      ///< scene, seed, commands and item audio kept; room and network computed again
};

struct ReplayOptions {
    std::filesystem::path session;
    std::vector<std::pair<std::string, std::string>> settings;  ///< changes: name, text
    ReplayLoop loop = ReplayLoop::automatic;
    std::optional<std::filesystem::path> record;
    Progress progress;
};

struct ReplayResult {
    RunResult run;
    ReplayLoop loop = ReplayLoop::open;
    bool identical = false;  ///< audio, packets, events and metrics.csv, bit for bit
    std::vector<session::Difference> differences;   ///< the first 100 of them
    std::size_t differences_before_divergence = 0;  ///< up to the first changed decision's block
    std::size_t differences_after_divergence = 0;   ///< behind it
    std::vector<DecisionChange> decisions;
    std::vector<std::string> notices;  ///< what the user asked for and does not get
};

/// Runs a recorded session again. Errors: no session, newer version, impossible loop. Thread: user.
[[nodiscard]] Result<ReplayResult> replaySession(const ReplayOptions& options);

}  // namespace doubletalk::duplex
