// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/scene_loop.h"

#include <algorithm>

#include "engine/core/random.h"
#include "engine/core/thread_role.h"

namespace doubletalk::duplex {
namespace {

constexpr int kCommandsReserved = 64;

}  // namespace

Result<std::unique_ptr<SceneLoop>> SceneLoop::create(const Settings& settings,
                                                     SceneMaterial material, std::uint64_t seed) {
    std::unique_ptr<SceneLoop> scene(new SceneLoop);
    scene->settings_ = settings;
    scene->rate_ = SampleRate{settings.engine.rate_hz};
    const bool packets = settings.engine.uplink == "packets";
    if (auto ok = scene->room_.prepare(scene->rate_, settings.room, deriveSeed(seed, "room"),
                                       std::move(material.talkers));
        !ok) {
        return tl::unexpected(ok.error());
    }
    scene->options_ = {.truth = !packets,
                       .direct = material.direct,
                       .output_latency_ms = scene->room_.outputLatencyMs()};
    if (auto ok = scene->loop_.prepare(settings, scene->options_); !ok)
        return tl::unexpected(ok.error());
    const StreamFormat format{SampleRate{settings.stream.rate_hz}, settings.stream.frame_ms};
    scene->far_end_ = std::make_unique<FarEnd>(format, scene->rate_, std::move(material.items),
                                               deriveSeed(seed, "network"), settings.network);
    if (!material.trace.empty()) {
        if (auto ok = scene->far_end_->useTrace(material.trace); !ok)
            return tl::unexpected(ok.error());
    }
    if (packets) {
        scene->caller_ = std::make_unique<PacketMicrophone>(
            format, deriveSeed(seed, "uplink network"), settings.network);
    }
    scene->timed_ = std::move(material.commands);
    const auto block = std::size_t(scene->rate_.blockFrames());
    scene->microphone_.assign(block, 0.0F);
    scene->played_.assign(std::size_t(scene->room_.maxFramesWanted()), 0.0F);
    scene->late_line_.assign(std::size_t(scene->room_.referenceLateFrames()), 0.0F);
    scene->commands_.reserve(kCommandsReserved);
    return scene;
}

void SceneLoop::setWriter(session::SessionWriter* writer) {
    writer_ = writer;
    loop_.setWriter(writer);
}

void SceneLoop::collectCommands() {
    commands_.clear();
    if (discard_pending_) {
        discard_pending_ = false;
        commands_.push_back({.kind = CommandKind::discard, .source = "far end", .item = discard_});
    }
    const auto now_ns = block_ * kBlockNs;
    while (next_command_ < timed_.size() && timed_[next_command_].block <= block_) {
        auto& timed = timed_[next_command_++];
        if (timed.spike_ms > 0.0) far_end_->spike(now_ns, timed.spike_ms);
        if (timed.lose_packets > 0) far_end_->loseNext(timed.lose_packets);
        if (timed.by_hand) timed.room = movedMicrophone(settings_.room, ++moves_);
        if (timed.path_change) (void)room_.changePath(timed.room);
        if (timed.command.kind == CommandKind::set) {
            timed.command.setting.set(settings_, timed.command.value);
            far_end_->setNetwork(settings_.network);
            if (caller_) caller_->setNetwork(settings_.network);
            room_.setParams(settings_.room);
        }
        commands_.push_back(timed.command);
    }
}

void SceneLoop::post(TimedCommand command) {
    command.block = block_;
    timed_.insert(timed_.begin() + std::ptrdiff_t(next_command_), std::move(command));
}

void SceneLoop::exchange() {
    exchange_ = {};
    exchange_.block = block_;
    exchange_.time_ns = block_ * kBlockNs;
    exchange_.captured_frames = rate_.blockFrames();
    const auto wanted = std::size_t(room_.framesWanted());
    const auto played = std::span(played_).first(wanted);
    {
        const ScopedRole rt(ThreadRole::rt);
        loop_.feed().render(played, exchange_);
    }
    room_.advance(played, microphone_);
    // The reference a driver tells late: what the worker sees lags what was played.
    late_line_.insert(late_line_.end(), played.begin(), played.end());
    reference_.assign(late_line_.begin(), late_line_.begin() + std::ptrdiff_t(wanted));
    late_line_.erase(late_line_.begin(), late_line_.begin() + std::ptrdiff_t(wanted));
}

void SceneLoop::record(const FarEndItem& item) {
    if (writer_ == nullptr) return;
    writer_->item({.block = block_,
                   .item = item.id,
                   .rate_hz = settings_.stream.rate_hz,
                   .text = item.text,
                   .kind = item.kind,
                   .direct = item.direct,
                   .due_s = item.at_s,
                   .samples = item.samples});
}

void SceneLoop::step() {
    exchange();
    collectCommands();
    const std::int64_t now_ns = (block_ + 1) * kBlockNs;
    far_end_->step(now_ns);
    for (const auto* item : far_end_->begun()) {
        if (!item->open) record(*item);
    }
    for (const auto* item : far_end_->completed()) record(*item);
    lost_.assign(far_end_->lost().begin(), far_end_->lost().end());
    input_ = {};
    input_.block = block_;
    input_.time_ns = now_ns;
    input_.near = microphone_;
    input_.playback = reference_;
    input_.exchanges = std::span(&exchange_, 1);
    input_.packets = far_end_->arrived();
    input_.direct = far_end_->direct();
    if (caller_) {
        caller_->step(microphone_, now_ns);
        input_.uplink_packets = caller_->arrived();
        lost_.insert(lost_.end(), caller_->lost().begin(), caller_->lost().end());
    } else {
        const auto truth = room_.truth();
        input_.truth = {truth.echo, truth.speech, truth.noise};
    }
    input_.lost_packets = lost_;
    input_.commands = commands_;
    input_.answers = server_.answers(block_);
    input_.swaps = server_.swaps();
    {
        const ScopedRole worker(ThreadRole::worker);
        const auto& requests = loop_.process(input_);
        server_.finish(loop_);
        server_.serve(requests, loop_, block_);
        if (requests.interrupted) {
            discard_ = far_end_->interrupt();
            discard_pending_ = discard_ > 0;
        }
    }
    ++block_;
}

}  // namespace doubletalk::duplex
