// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

/// A decision (barge-in, hold, segment, engine change, ...) that is not where it was.
struct DecisionChange {
    BlockIndex block = 0;
    std::string what;    ///< event id
    std::string before;  ///< "none" or the block and text it had
    std::string after;
    bool after_divergence = false;  ///< follows the first changed decision
};

struct ReplayResult {
    RunResult run;
    ReplayLoop loop = ReplayLoop::open;
    bool identical = false;  ///< audio, packets, events and metrics.csv, bit for bit
    std::vector<session::Difference> differences;  ///< the first ones
    std::vector<DecisionChange> decisions;
};

/// Runs a recorded session again. Errors: no session, newer version, impossible loop. Thread: user.
[[nodiscard]] Result<ReplayResult> replaySession(const ReplayOptions& options);

}  // namespace doubletalk::duplex
