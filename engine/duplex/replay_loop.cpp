// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/replay_loop.h"

#include <algorithm>

#include "engine/core/thread_role.h"
#include "engine/duplex/command_record.h"
#include "engine/duplex/session_setup.h"

namespace doubletalk::duplex {
namespace {

LoopOptions optionsOf(const nlohmann::json& description) {
    const auto options = description.value("options", nlohmann::json::object());
    return {.truth = options.value("truth", false),
            .direct = options.value("direct", false),
            .output_latency_ms = options.value("output_latency_ms", 0.0),
            .input_latency_ms = options.value("input_latency_ms", 0.0)};
}

std::span<const float> blockOf(const session::Session& session, const std::string& tap,
                               BlockIndex block, int frames) {
    const auto found = session.taps.find(tap);
    const auto at = std::size_t(block) * std::size_t(frames);
    if (found == session.taps.end() || at + std::size_t(frames) > found->second.size()) return {};
    return std::span(found->second).subspan(at, std::size_t(frames));
}

}  // namespace

Result<std::unique_ptr<ReplayLoopRunner>> ReplayLoopRunner::create(const session::Session& recorded,
                                                                   const Settings& settings,
                                                                   ReplayLoop loop) {
    std::unique_ptr<ReplayLoopRunner> runner(new ReplayLoopRunner(recorded));
    runner->changed_ = settingsToJson(settings) != recorded.description["settings"];
    auto ok = loop == ReplayLoop::closed ? runner->prepareClosed(settings)
                                         : runner->prepareOpen(settings);
    if (!ok) return tl::unexpected(ok.error());
    return runner;
}

Result<void> ReplayLoopRunner::readCommands() {
    for (const auto& record : recorded_.commands) {
        if (isDirectSpan(record)) {
            const auto span = toDirectSpan(record);
            if (!span) return tl::unexpected(span.error());
            direct_.emplace_back(record.block, *span);
            continue;
        }
        const auto command = toCommand(record);
        if (!command) return tl::unexpected(command.error());
        commands_.emplace_back(record.block, *command);
    }
    return {};
}

Result<void> ReplayLoopRunner::prepareOpen(const Settings& settings) {
    const auto& description = recorded_.description;
    std::vector<LabelledTurn> turns;
    if (description.contains("scene")) {
        auto scene = room::parseScene(description["scene"], recorded_.folder.string());
        if (!scene) return tl::unexpected(scene.error());
        scene_source_ = std::move(*scene);
        // Labels only score; a clip that is not here any more must not stop a replay.
        if (auto material = prepareScene(scene_source_, settings, recorded_.items)) {
            turns = std::move(material->turns);
        }
    }
    if (auto ok = readCommands(); !ok) return ok;
    options_ = optionsOf(description);
    loop_ = std::make_unique<BlockLoop>();
    if (auto ok = loop_->prepare(settings, options_); !ok) return ok;
    collector_ = std::make_unique<RunCollector>(settings, std::move(turns), options_.truth);
    for (const auto& item : recorded_.items) {
        collector_->item(item.item, item.text, item.samples, item.rate_hz);
    }
    device_ = description.value("kind", "") != "scene";
    if (device_ && !changed_) server_ = RequestServer(recorded_.answers);
    return {};
}

Result<void> ReplayLoopRunner::addLiveMaterial(SceneMaterial& material) {
    live_ = true;
    // What was said is known from the items alone: some of the scene's own may never have begun.
    material.items.clear();
    for (const auto& record : recorded_.items) {
        material.direct |= record.direct;
        material.items.push_back({.id = record.item,
                                  .at_s = record.due_s,
                                  .samples = record.samples,
                                  .text = record.text,
                                  .kind = record.kind,
                                  .direct = record.direct});
    }
    for (const auto& record : recorded_.commands) {
        if (isDirectSpan(record)) continue;
        const auto command = toCommand(record);
        if (!command) return tl::unexpected(command.error());
        if (auto timed = userCommand(record.block, *command)) material.commands.push_back(*timed);
    }
    std::stable_sort(material.commands.begin(), material.commands.end(),
                     [](const auto& a, const auto& b) { return a.block < b.block; });
    return {};
}

Result<void> ReplayLoopRunner::prepareClosed(const Settings& settings) {
    const auto& description = recorded_.description;
    auto scene =
        room::parseScene(description.value("scene", nlohmann::json()), recorded_.folder.string());
    if (!scene) return tl::unexpected(scene.error());
    scene_source_ = std::move(*scene);
    auto material = prepareScene(scene_source_, settings, recorded_.items);
    if (!material) return tl::unexpected(material.error());
    if (description.value("live", false)) {
        if (auto ok = addLiveMaterial(*material); !ok) return ok;
    }
    collector_ = std::make_unique<RunCollector>(settings, material->turns,
                                                settings.engine.uplink == "device");
    for (const auto& item : material->items) {
        collector_->item(item.id, item.text, item.samples,
                         item.direct ? settings.engine.rate_hz : settings.stream.rate_hz);
    }
    auto loop = SceneLoop::create(settings, std::move(*material),
                                  description.value("seed", std::uint64_t(1)));
    if (!loop) return tl::unexpected(loop.error());
    scene_ = std::move(*loop);
    options_ = scene_->options();
    return {};
}

Result<std::unique_ptr<session::SessionWriter>> ReplayLoopRunner::openSession(
    const std::filesystem::path& folder) const {
    RunDescription run{.seed = recorded_.description.value("seed", std::uint64_t(0)),
                       .realtime = recorded_.description.value("clock", "") == "real time",
                       .live = live_,
                       .options = options_};
    if (!scene_source_.source.is_null()) run.scene = &scene_source_;
    return duplex::openSession(folder, engine(), run);
}

void ReplayLoopRunner::setWriter(session::SessionWriter* writer) {
    writer_ = writer;
    if (scene_) {
        scene_->setWriter(writer);
    } else {
        loop_->setWriter(writer);
    }
}

void ReplayLoopRunner::takeExchanges() {
    now_exchanges_.clear();
    now_played_.clear();
    const auto playback_from = playback_at_;
    while (next_exchange_ < recorded_.exchanges.size() &&
           recorded_.exchanges[next_exchange_].block <= block_) {
        auto record = recorded_.exchanges[next_exchange_++];
        playback_at_ += std::size_t(record.playback_frames);
        // The engine's own ring is drained as the driver drained it; with other settings what it
        // holds is the account, the recorded playback stays the reference.
        if (record.playback_frames == 0) {
            now_exchanges_.push_back(record);
            continue;
        }
        rendered_.assign(std::size_t(record.playback_frames), 0.0F);
        session::ExchangeRecord own = record;
        loop_->feed().render(rendered_, own);
        now_played_.insert(now_played_.end(), rendered_.begin(), rendered_.end());
        if (changed_) {
            record = own;
            own_playback_.insert(own_playback_.end(), rendered_.begin(), rendered_.end());
        }
        now_exchanges_.push_back(record);
    }
    playback_at_ = std::min(playback_at_, recorded_.playback.size());
    input_.exchanges = now_exchanges_;
    input_.playback =
        std::span(recorded_.playback)
            .subspan(playback_from, playback_at_ - std::min(playback_from, playback_at_));
}

void ReplayLoopRunner::takePackets() {
    now_packets_.clear();
    now_uplink_.clear();
    now_lost_.clear();
    while (next_packet_ < recorded_.packets.size() &&
           recorded_.packets[next_packet_].record.block <= block_) {
        const auto& [record, payload] = recorded_.packets[next_packet_++];
        if (record.arrival_ns < 0) {
            now_lost_.push_back(record);
        } else {
            auto& to = record.stream == 0 ? now_packets_ : now_uplink_;
            to.push_back({{record.header, payload}, record.arrival_ns});
        }
    }
    input_.packets = now_packets_;
    input_.uplink_packets = now_uplink_;
    input_.lost_packets = now_lost_;
}

void ReplayLoopRunner::stepOpen() {
    const int frames = recorded_.rate_hz / 100;
    const auto before_ns = input_.time_ns;
    input_ = {};
    input_.block = block_;
    input_.near = blockOf(recorded_, "mic", block_, frames);
    input_.truth = {blockOf(recorded_, "echo", block_, frames),
                    blockOf(recorded_, "speech", block_, frames),
                    blockOf(recorded_, "noise", block_, frames)};
    takeExchanges();
    input_.lost = std::any_of(now_exchanges_.begin(), now_exchanges_.end(),
                              [](const auto& exchange) { return exchange.lost; });
    input_.time_ns = device_ ? blockTimeNs(now_exchanges_, before_ns) : (block_ + 1) * kBlockNs;
    takePackets();
    now_commands_.clear();
    while (next_command_ < commands_.size() && commands_[next_command_].first <= block_) {
        now_commands_.push_back(commands_[next_command_++].second);
    }
    input_.commands = now_commands_;
    now_spans_.clear();
    std::int64_t direct_frames = 0;
    while (next_direct_ < direct_.size() && direct_[next_direct_].first <= block_) {
        direct_frames += direct_[next_direct_].second.frames;
        now_spans_.push_back(direct_[next_direct_++].second);
    }
    if (direct_frames > 0) {
        const auto samples = blockOf(recorded_, "direct", block_, frames);
        input_.direct = {samples.first(std::min(samples.size(), std::size_t(direct_frames))),
                         now_spans_};
    }
    while (writer_ != nullptr && next_item_ < recorded_.items.size() &&
           recorded_.items[next_item_].block <= block_) {
        writer_->item(recorded_.items[next_item_++]);
    }
    input_.answers = server_.answers(block_);
    input_.swaps = server_.swaps();
    const ScopedRole worker(ThreadRole::worker);
    const auto& requests = loop_->process(input_);
    server_.finish(*loop_);
    server_.serve(requests, *loop_, block_);
}

void ReplayLoopRunner::step() {
    if (scene_) {
        scene_->step();
    } else {
        stepOpen();
    }
    ++block_;
}

std::span<const float> ReplayLoopRunner::played() const {
    if (scene_) return scene_->played();
    // A device was told to be silent by another thread, at a time only the recording knows.
    return device_ && !changed_ ? input_.playback : std::span<const float>(now_played_);
}

Result<void> ReplayLoopRunner::writeTracks(session::SessionWriter& writer) const {
    if (own_playback_.empty()) return {};
    return writer.track("replayed-playback", recorded_.rate_hz, own_playback_);
}

}  // namespace doubletalk::duplex
