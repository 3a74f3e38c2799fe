// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/duplex/block_loop.h"
#include "engine/duplex/far_end.h"
#include "engine/duplex/packet_microphone.h"
#include "engine/duplex/request_server.h"
#include "engine/duplex/scene_material.h"
#include "engine/room/virtual_room.h"

namespace doubletalk::duplex {

/// Engine, virtual room and simulated network in a closed loop, one block at a time on the virtual
/// clock; whoever calls step() at the pace of real time runs in real time.
/// Thread: one at a time (device, net and worker in turn).
class SceneLoop {
public:
    /// material is used up. seed: of room and network.
    [[nodiscard]] static Result<std::unique_ptr<SceneLoop>> create(const Settings& settings,
                                                                   SceneMaterial material,
                                                                   std::uint64_t seed);
    /// Null: not recorded. Before the first step.
    void setWriter(session::SessionWriter* writer);
    void step();
    /// Takes effect at the next step, whatever its block says. Between steps.
    void post(TimedCommand command);
    /// The assistant's side, for what is said live. Between steps.
    [[nodiscard]] FarEnd& farEnd() { return *far_end_; }

    [[nodiscard]] BlockLoop& engine() { return loop_; }
    [[nodiscard]] const BlockLoop& engine() const { return loop_; }
    [[nodiscard]] const LoopOptions& options() const { return options_; }
    [[nodiscard]] const room::VirtualRoom& room() const { return room_; }
    [[nodiscard]] BlockIndex block() const { return block_; }
    /// Of the last block.
    [[nodiscard]] std::span<const float> microphone() const { return microphone_; }
    [[nodiscard]] std::span<const float> played() const {
        return std::span(played_).first(std::size_t(exchange_.playback_frames));
    }
    [[nodiscard]] const RequestServer& requests() const { return server_; }
    [[nodiscard]] const BlockInput& input() const { return input_; }

private:
    SceneLoop() = default;
    void exchange();
    void record(const FarEndItem& item);
    void collectCommands();

    Settings settings_;
    LoopOptions options_;
    SampleRate rate_;
    BlockLoop loop_;
    room::VirtualRoom room_;
    std::unique_ptr<FarEnd> far_end_;
    std::unique_ptr<PacketMicrophone> caller_;  ///< topology packets
    RequestServer server_;
    std::vector<TimedCommand> timed_;
    std::size_t next_command_ = 0;
    int moves_ = 0;  ///< of the microphone, by hand
    session::SessionWriter* writer_ = nullptr;
    BlockIndex block_ = 0;
    ItemId discard_ = 0;
    bool discard_pending_ = false;
    std::vector<float> played_, reference_, microphone_;
    std::vector<float> late_line_;  ///< fault: the reference told late
    session::ExchangeRecord exchange_;
    std::vector<Command> commands_;
    std::vector<session::PacketRecord> lost_;
    BlockInput input_;
};

}  // namespace doubletalk::duplex
