// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "app/audio/device_watch.h"
#include "app/audio/qt_audio_device.h"
#include "app/bench/action_queue.h"
#include "app/bench/bench_run.h"
#include "app/bench/item_waves.h"
#include "app/bench/run_spool.h"
#include "engine/duplex/engine.h"

namespace doubletalk::bench {

/// Real devices: the engine in its own threads on a microphone and a loudspeaker; what the
/// assistant says travels as packets through the simulated network, sent by a thread of this run.
class DeviceRun final : public BenchRun {
public:
    struct Plan {
        duplex::Settings settings;
        audio::QtAudioDeviceOptions devices;
        std::filesystem::path spool_root;  ///< empty: nothing is recorded
        LiveFeed* feed = nullptr;
        RunListener listener;
        std::filesystem::path trace;  ///< delays of the packets; empty: the jitter law
    };
    /// Opens the devices, which may take seconds. Errors: those of devices, settings, spool.
    [[nodiscard]] static Result<std::unique_ptr<DeviceRun>> create(Plan plan);
    ~DeviceRun() override;

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
    [[nodiscard]] audio::DeviceStatus deviceStatus() const { return device_->status(); }

private:
    DeviceRun() = default;
    void onEvent(const duplex::ToldEvent& told);
    void work();
    void send();
    void record(const duplex::FarEndItem& item);
    void listen();
    void cutSegments();
    void gatherNews();

    Plan plan_;
    std::unique_ptr<audio::QtAudioDevice> device_;
    duplex::Engine engine_;
    std::unique_ptr<duplex::FarEnd> far_end_;
    std::optional<ItemWaves> waves_;
    RunSpool spool_;
    std::atomic<bool> stopping_{false}, ended_{false};
    std::atomic<BlockIndex> block_{0};
    ActionQueue<> actions_;
    std::mutex events_mutex_;
    std::vector<Event> events_;  ///< told, not yet looked at
    std::mutex news_mutex_;
    RunNews news_;
    bool fresh_ = false;
    bool finished_ = false;  ///< the spool; keep()'s thread
    audio::DeviceWatch watch_;
    duplex::Settings settings_;   ///< this thread's idea of them
    std::vector<float> clean_;    ///< the newest seconds of cleaned audio
    std::int64_t clean_end_ = 0;  ///< capture frame after its newest sample
    std::int64_t segment_start_ = -1;
    std::thread thread_;
};

}  // namespace doubletalk::bench
