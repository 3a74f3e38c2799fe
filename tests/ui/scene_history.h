// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "app/bench/live_feed.h"
#include "engine/duplex/scene_loop.h"
#include "engine/duplex/session_setup.h"
#include "engine/duplex/settings_store.h"
#include "engine/room/scene.h"
#include "ui/models/history.h"

namespace doubletalk::ui {

/// A shipped scene, run block by block into a history, recorded when asked.
class SceneHistory {
public:
    explicit SceneHistory(const std::string& scene_id, const nlohmann::json& settings = {},
                          const std::optional<std::filesystem::path>& record = {}) {
        auto scene = room::loadScene(scene_id);
        if (!scene) qFatal("scene %s: %s", scene_id.c_str(), scene.error().what.c_str());
        scene_ = std::move(*scene);
        duplex::SettingsStore store;
        const auto check = [](const Result<void>& ok) {
            if (!ok) qFatal("settings: %s", ok.error().what.c_str());
        };
        check(store.setJson(scene_.settings, duplex::SettingSource::scene, scene_id));
        if (!settings.is_null()) {
            check(store.setJson(settings, duplex::SettingSource::form, "test"));
        }
        auto material = duplex::prepareScene(scene_, store.values());
        if (!material) qFatal("scene %s: %s", scene_id.c_str(), material.error().what.c_str());
        auto loop = duplex::SceneLoop::create(store.values(), std::move(*material), scene_.seed);
        if (!loop) qFatal("scene %s: %s", scene_id.c_str(), loop.error().what.c_str());
        loop_ = std::move(*loop);
        if (record) {
            auto writer = duplex::openSession(
                *record, loop_->engine(),
                {.scene = &scene_, .seed = scene_.seed, .options = loop_->options()});
            if (!writer) qFatal("session: %s", writer.error().what.c_str());
            writer_ = std::move(*writer);
            loop_->setWriter(writer_.get());
        }
    }

    /// Further seconds of it; the scene's end is no end.
    void run(History& history, double seconds) {
        const auto blocks = BlockIndex(seconds * 100.0 + 0.5);
        for (BlockIndex i = 0; i < blocks; ++i) {
            if (writer_ && i % 10 == 0) writer_->waitForSpace();
            step();
            if (i % 100 == 99) history.poll(feed_);
        }
        history.poll(feed_);
    }
    void step() {
        loop_->step();
        feed_.push(loop_->engine(), loop_->input());
    }
    void finish() {
        if (writer_) (void)writer_->finish(nlohmann::json::object());
        writer_.reset();
    }
    [[nodiscard]] duplex::SceneLoop& loop() { return *loop_; }
    [[nodiscard]] bench::LiveFeed& feed() { return feed_; }
    [[nodiscard]] double durationS() const { return scene_.duration_s; }

private:
    room::Scene scene_;
    std::unique_ptr<session::SessionWriter> writer_;
    std::unique_ptr<duplex::SceneLoop> loop_;
    bench::LiveFeed feed_;
};

}  // namespace doubletalk::ui
