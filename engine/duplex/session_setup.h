// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "engine/duplex/block_loop.h"
#include "engine/room/scene.h"
#include "engine/session/session_writer.h"

namespace doubletalk::duplex {

/// What a session says of the run it holds.
struct RunDescription {
    const room::Scene* scene = nullptr;  ///< null: devices
    std::uint64_t seed = 0;
    bool realtime = false;
    bool live = false;  ///< a user may add items and commands to the scene's own
    LoopOptions options;
};

/// What a session of a prepared loop says from the start: taps, columns, settings, build.
[[nodiscard]] session::SessionHeader sessionHeader(const BlockLoop& loop,
                                                   const RunDescription& run);
/// Opens a session for a prepared loop: taps, columns, settings, build. Errors: folder.
[[nodiscard]] Result<std::unique_ptr<session::SessionWriter>> openSession(
    const std::filesystem::path& folder, const BlockLoop& loop, const RunDescription& run);

/// Columns of machine.csv.
[[nodiscard]] std::span<const std::string_view> machineColumns();

}  // namespace doubletalk::duplex
