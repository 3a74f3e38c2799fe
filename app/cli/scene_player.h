// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "app/bench/listen_tap.h"
#include "engine/duplex/settings.h"
#include "engine/room/scene.h"

namespace doubletalk::cli {

/// A scene in the virtual room at the pace of real time, again and again, for whoever listens to
/// its tap. Thread: owner's; runs on its own.
class ScenePlayer {
public:
    ~ScenePlayer() { stop(); }
    /// failed: called on its thread when the scene cannot be prepared; it has ended then.
    void start(room::Scene scene, const duplex::Settings& settings, bench::ListenChoice choice,
               std::function<void(const std::string& why)> failed);
    void stop();
    [[nodiscard]] net::PcmFeed& feed() { return tap_.feed(); }

private:
    void play(const room::Scene& scene, const duplex::Settings& settings,
              const std::function<void(const std::string&)>& failed);

    bench::ListenTap tap_;
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

}  // namespace doubletalk::cli
