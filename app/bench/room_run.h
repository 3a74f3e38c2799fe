// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "app/bench/action_queue.h"
#include "app/bench/bench_run.h"
#include "app/bench/item_waves.h"
#include "app/bench/run_spool.h"
#include "engine/duplex/block_times.h"
#include "engine/duplex/scene_loop.h"
#include "engine/room/scene.h"

namespace doubletalk::bench {

/// real_time: a block each 10 ms; as_fast: as fast as whoever reads the feed takes it (tests, the
/// demonstration), up to the scene's end.
enum class RunPace : std::uint8_t { real_time, as_fast };

/// The virtual room with a live user: a scene's script, and whatever is said, set and done to room
/// and network meanwhile, all of it recorded so that it replays bit for bit. A late worker catches
/// up: virtual time loses no block.
class RoomRun final : public BenchRun {
public:
    struct Plan {
        room::Scene scene;
        duplex::Settings settings;
        RunPace pace = RunPace::real_time;
        std::filesystem::path spool_root;  ///< empty: nothing is recorded
        LiveFeed* feed = nullptr;
        RunListener listener;
    };
    /// Slow: renders what the scene says. Errors: scene, clips, voice, spool.
    [[nodiscard]] static Result<std::unique_ptr<RoomRun>> create(Plan plan);
    ~RoomRun() override;

    Result<void> begin() override;
    void requestStop() override { stopping_ = true; }
    [[nodiscard]] bool ended() const override { return ended_; }
    void post(const duplex::TimedCommand& command) override;
    void say(duplex::FarEndItem item, std::vector<WaveColumn> columns) override;
    void append(std::int64_t ticket, std::vector<float> samples, std::vector<WaveColumn> columns,
                bool last) override;
    void unsay(std::int64_t ticket) override;
    void moveSaid(std::int64_t ticket, int places) override;
    bool news(RunNews& out) override;
    [[nodiscard]] BlockIndex block() const override { return block_; }
    Result<void> keep(const std::filesystem::path& folder, BlockIndex from_block,
                      BlockIndex to_block) override {
        return spool_.keep(folder, from_block, to_block, ended_);
    }

private:
    RoomRun() = default;
    void work();
    void waitForBlock();
    void step();
    void listen();
    void gatherNews();

    Plan plan_;
    std::unique_ptr<duplex::SceneLoop> loop_;
    std::optional<ItemWaves> waves_;
    RunSpool spool_;
    std::atomic<bool> stopping_{false}, ended_{false};
    std::atomic<BlockIndex> block_{0};
    ActionQueue<duplex::SceneLoop&> actions_;
    std::mutex news_mutex_;
    RunNews news_;
    bool fresh_ = false;
    std::int64_t start_ns_ = 0;  ///< of block 0 on the monotonic clock
    duplex::BlockTimes block_times_;
    std::int64_t late_blocks_ = 0;
    std::vector<float> segment_;
    double segment_start_s_ = 0.0;
    std::thread thread_;
};

}  // namespace doubletalk::bench
