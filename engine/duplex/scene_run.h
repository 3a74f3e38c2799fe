// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/event.h"
#include "engine/duplex/settings_store.h"
#include "engine/room/scene.h"

namespace doubletalk::duplex {

/// Called now and then with 0..1; return false to cancel.
using Progress = std::function<bool(double done_ratio)>;

struct RunOptions {
    room::Scene scene;
    SettingsStore settings;  ///< the scene's own settings are entered below these by runScene()
    std::optional<std::filesystem::path> record;  ///< session folder, new or empty
    bool realtime = false;
    bool transcribe = false;  ///< recognise every segment after the run (first stream)
    int streams = 1;  ///< further streams use seed + index; only the first is recorded
    Progress progress;
};

/// What a run or a replay ended with.
struct RunResult {
    nlohmann::json metrics;  ///< ids of METRICS: number, null or {p10, p50, p90, n}; instances.<id>
    std::vector<Event> events;
    std::string report;  ///< readable summary, plain text
    bool cancelled = false;
};

/// Runs a scene: virtual room, simulated network and engine in a closed loop on a virtual clock, or
/// in real time. Errors: scene, clip, setting, folder. Thread: user.
[[nodiscard]] Result<RunResult> runScene(const RunOptions& options);

}  // namespace doubletalk::duplex
