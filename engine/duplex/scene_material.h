// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/duplex/block_io.h"
#include "engine/duplex/far_end.h"
#include "engine/duplex/settings.h"
#include "engine/room/scene.h"
#include "engine/room/virtual_room.h"

namespace doubletalk::duplex {

/// A scene's command at its block: what the engine gets, and what room or network do.
struct TimedCommand {
    BlockIndex block = 0;
    Command command;
    double spike_ms = 0.0;     ///< > 0: a delay spike
    int lose_packets = 0;      ///< > 0: the next packets are lost
    bool path_change = false;  ///< room settings of `room` are a new echo path
    bool by_hand = false;      ///< path change: the microphone moves on from its last place
    room::RoomParams room;
};

/// What a user does to room and network while a scene runs, as commands: recorded as notes, so that
/// a replay does it again.
[[nodiscard]] TimedCommand spikeCommand(int height_ms);
[[nodiscard]] TimedCommand loseCommand(int packets);
[[nodiscard]] TimedCommand moveCommand();
/// A recorded command as it acted on room, network and engine; nothing for one that the engine or
/// the scene made by itself.
[[nodiscard]] std::optional<TimedCommand> userCommand(BlockIndex block, const Command& command);
/// The microphone 0.4 m from where it was, on a circle around its first place, inside the room.
[[nodiscard]] room::RoomParams movedMicrophone(const room::RoomParams& room, int moves);

/// A stretch of the talker, for scoring.
struct LabelledTurn {
    double onset_s = 0.0;  ///< first audible sample at the microphone
    double end_s = 0.0;
    room::TalkerLabel label = room::TalkerLabel::speech;
};

/// Everything of a scene that is made before block 0: rendered utterances, loaded clips, commands.
struct SceneMaterial {
    std::vector<FarEndItem> items;
    std::vector<room::TalkerSignal> talkers;
    std::vector<LabelledTurn> turns;
    std::vector<TimedCommand> commands;  ///< in block order
    bool direct = false;                 ///< some item is direct
    std::string trace;                   ///< file of packet delays; may be empty
};


/// recorded: item audio of a session, used instead of rendering (closed-loop replay); may be empty.
/// Errors: missing clip (names its package), no voice in this build, bad command.
[[nodiscard]] Result<SceneMaterial> prepareScene(
    const room::Scene& scene, const Settings& settings,
    std::span<const session::ItemRecord> recorded = {});

}  // namespace doubletalk::duplex
