// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/scene_player.h"

#include <chrono>

#include "app/bench/room_run.h"

namespace doubletalk::cli {
namespace {

constexpr std::chrono::milliseconds kPoll{20};

}  // namespace

void ScenePlayer::start(room::Scene scene, const duplex::Settings& settings,
                        bench::ListenChoice choice,
                        std::function<void(const std::string& why)> failed) {
    tap_.choose(choice);
    thread_ = std::thread([this, scene = std::move(scene), settings, failed = std::move(failed)] {
        while (!ending_) play(scene, settings, failed);
    });
}

void ScenePlayer::play(const room::Scene& scene, const duplex::Settings& settings,
                       const std::function<void(const std::string&)>& failed) {
    bench::LiveFeed unread;
    bench::RoomRun::Plan plan;
    plan.scene = scene;
    plan.settings = settings;
    plan.feed = &unread;
    plan.listener.block = [this](const duplex::BlockLoop& loop, const duplex::BlockInput& input) {
        tap_.hear(loop, input);
    };
    auto run = bench::RoomRun::create(std::move(plan));
    auto begun = run ? (*run)->begin() : Result<void>(tl::unexpected(run.error()));
    if (!begun) {
        ending_ = true;
        failed(begun.error().message());
        return;
    }
    const auto blocks = BlockIndex(scene.duration_s * 1000.0 / kBlockMs);
    while (!ending_ && (*run)->block() < blocks) std::this_thread::sleep_for(kPoll);
    run->reset();  // no block comes any more
    tap_.end();
}

void ScenePlayer::stop() {
    ending_ = true;
    if (thread_.joinable()) thread_.join();
}

}  // namespace doubletalk::cli
