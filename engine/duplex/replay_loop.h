// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/duplex/replay.h"
#include "engine/duplex/request_server.h"
#include "engine/duplex/run_collector.h"
#include "engine/duplex/scene_loop.h"
#include "engine/duplex/temporary_folder.h"
#include "engine/session/session_writer.h"

namespace doubletalk::duplex {

/// Runs the engine again from a session: open loop from its records, closed loop through room and
/// network. Thread: one at a time.
class ReplayLoopRunner {
public:
    /// recorded must outlive the runner.
    [[nodiscard]] static Result<std::unique_ptr<ReplayLoopRunner>> create(
        const session::Session& recorded, const Settings& settings, ReplayLoop loop);
    /// Tracks that only a replay has: what its own playout would have played.
    [[nodiscard]] Result<void> writeTracks(session::SessionWriter& writer) const;
    [[nodiscard]] Result<std::unique_ptr<session::SessionWriter>> openSession(
        const std::filesystem::path& folder) const;
    void setWriter(session::SessionWriter* writer);
    void step();
    [[nodiscard]] BlockLoop& engine() { return scene_ ? scene_->engine() : *loop_; }
    [[nodiscard]] const BlockLoop& engine() const { return scene_ ? scene_->engine() : *loop_; }
    [[nodiscard]] const BlockInput& input() const { return scene_ ? scene_->input() : input_; }
    /// Frames that left for the loudspeaker before the last block.
    [[nodiscard]] std::span<const float> played() const;
    [[nodiscard]] RunCollector& collector() { return *collector_; }

private:
    explicit ReplayLoopRunner(const session::Session& recorded) : recorded_(recorded) {}
    Result<void> prepareOpen(const Settings& settings);
    Result<void> prepareClosed(const Settings& settings);
    Result<void> addLiveMaterial(SceneMaterial& material);
    Result<void> readCommands();
    void stepOpen();
    void takeExchanges();
    void takePackets();

    const session::Session& recorded_;
    LoopOptions options_;
    std::unique_ptr<SceneLoop> scene_;  ///< closed
    std::unique_ptr<BlockLoop> loop_;   ///< open
    std::unique_ptr<RunCollector> collector_;
    RequestServer server_;
    session::SessionWriter* writer_ = nullptr;
    room::Scene scene_source_;
    BlockIndex block_ = 0;
    std::size_t next_exchange_ = 0, next_packet_ = 0, next_command_ = 0, next_item_ = 0;
    std::size_t playback_at_ = 0;
    std::vector<std::pair<BlockIndex, Command>> commands_;
    std::vector<std::pair<BlockIndex, ProvenanceSpan>> direct_;
    std::size_t next_direct_ = 0;
    std::vector<Command> now_commands_;
    std::vector<ProvenanceSpan> now_spans_;
    std::vector<ArrivedPacket> now_packets_, now_uplink_;
    std::vector<session::PacketRecord> now_lost_;
    std::vector<session::ExchangeRecord> now_exchanges_;
    std::vector<float> rendered_;      ///< of one exchange
    std::vector<float> now_played_;    ///< of one block
    std::vector<float> own_playback_;  ///< all of them, when settings differ
    bool changed_ = false;
    bool live_ = false;
    bool device_ = false;  ///< time came from a device, not from the count of blocks
    BlockInput input_;
};

}  // namespace doubletalk::duplex
