// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/room_run.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "engine/core/clock.h"
#include "engine/core/thread_role.h"
#include "engine/duplex/session_setup.h"

namespace doubletalk::bench {
namespace {

using namespace std::chrono_literals;

constexpr BlockIndex kNewsBlocks = 3;
constexpr BlockIndex kMachineBlocks = 10;
constexpr std::int64_t kGiveUpNs = 1'000'000'000;  // later than this: the machine slept
constexpr BlockIndex kFastBurst = 50;              // blocks between looks at the feed

/// The settings with what really runs in place of what was asked for.
duplex::Settings inUse(const duplex::BlockLoop& loop) {
    auto settings = loop.settings();
    settings.echo.canceller = Name(loop.uplink().traits().name);
    settings.noise.reducer = Name(loop.uplink().reducerName());
    settings.vad.detector = Name(loop.turn().detectorName());
    return settings;
}

bool endsItem(EventKind kind) {
    return kind == EventKind::item_ended || kind == EventKind::playback_silent ||
           kind == EventKind::item_interrupted;
}

}  // namespace

Result<std::unique_ptr<RoomRun>> RoomRun::create(Plan plan) {
    std::unique_ptr<RoomRun> run(new RoomRun);
    run->plan_ = std::move(plan);
    const auto& settings = run->plan_.settings;
    auto material = duplex::prepareScene(run->plan_.scene, settings);
    if (!material) return tl::unexpected(material.error());
    run->waves_.emplace(*run->plan_.feed);
    run->waves_->addScene(material->items, settings.stream.rate_hz, settings.engine.rate_hz);
    auto loop = duplex::SceneLoop::create(settings, std::move(*material), run->plan_.scene.seed);
    if (!loop) return tl::unexpected(loop.error());
    run->loop_ = std::move(*loop);
    const duplex::RunDescription description{.scene = &run->plan_.scene,
                                             .seed = run->plan_.scene.seed,
                                             .realtime = run->plan_.pace == RunPace::real_time,
                                             .live = true,
                                             .options = run->loop_->options()};
    if (auto ok = run->spool_.open(run->plan_.spool_root,
                                   duplex::sessionHeader(run->loop_->engine(), description),
                                   settings.session);
        !ok) {
        return tl::unexpected(ok.error());
    }
    run->loop_->setWriter(run->spool_.writer());
    return run;
}

RoomRun::~RoomRun() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

Result<void> RoomRun::begin() {
    thread_ = std::thread([this] { work(); });
    return {};
}

void RoomRun::post(const duplex::TimedCommand& command) {
    actions_.ask([command](duplex::SceneLoop& loop) { loop.post(command); });
}

void RoomRun::say(duplex::FarEndItem item, std::vector<WaveColumn> columns) {
    auto said = std::make_shared<std::pair<duplex::FarEndItem, std::vector<WaveColumn>>>(
        std::move(item), std::move(columns));
    actions_.ask([this, said](duplex::SceneLoop& loop) {
        said->first.at_s = double(loop.block()) * kBlockMs / 1000.0;
        waves_->add(said->first.ticket, std::move(said->second));
        loop.farEnd().add(std::move(said->first));
    });
}

void RoomRun::append(std::int64_t ticket, std::vector<float> samples,
                     std::vector<WaveColumn> columns, bool last) {
    actions_.ask([this, ticket, last, samples = std::move(samples),
                  columns = std::move(columns)](duplex::SceneLoop& loop) {
        waves_->append(ticket, columns);
        loop.farEnd().append(ticket, samples, last);
    });
}

void RoomRun::unsay(std::int64_t ticket) {
    actions_.ask([this, ticket](duplex::SceneLoop& loop) {
        waves_->remove(ticket);
        loop.farEnd().remove(ticket);
    });
}

void RoomRun::moveSaid(std::int64_t ticket, int places) {
    actions_.ask([=](duplex::SceneLoop& loop) { loop.farEnd().move(ticket, places); });
}

void RoomRun::waitForBlock() {
    if (plan_.pace == RunPace::as_fast) {
        auto* writer = spool_.writer();
        if (writer != nullptr && block_ % kMachineBlocks == 0) writer->waitForSpace();
        while (!stopping_ && block_ % kFastBurst == 0 && plan_.feed->waitingBlocks() > kFastBurst) {
            std::this_thread::sleep_for(1ms);
        }
        return;
    }
    const auto due_ns = start_ns_ + (block_ + 1) * kBlockNs;
    const auto early_ns = due_ns - SteadyClock().nowNs();
    if (early_ns > 0) {
        std::this_thread::sleep_for(std::chrono::nanoseconds(early_ns));
    } else if (early_ns < -kBlockNs) {
        ++late_blocks_;
        if (early_ns < -kGiveUpNs) start_ns_ -= early_ns;
    }
}

void RoomRun::step() {
    const auto begin_ns = SteadyClock().nowNs();
    loop_->step();
    const double ms = double(SteadyClock().nowNs() - begin_ns) * 1e-6;
    block_times_.add(ms);
    plan_.feed->push(loop_->engine(), loop_->input());
    if (plan_.listener.block) plan_.listener.block(loop_->engine(), loop_->input());
    if (auto* writer = spool_.writer(); writer != nullptr && (block_ + 1) % kMachineBlocks == 0) {
        const std::array values{ms, block_times_.maxMs(), block_times_.loadRatio()};
        writer->machine(block_, double(block_ + 1) * kBlockMs / 1000.0, values);
    }
}

void RoomRun::listen() {
    auto& engine = loop_->engine();
    if (plan_.listener.clean) plan_.listener.clean(engine.uplink().clean(), block_);
    if (!plan_.listener.segment) return;
    auto& segmenter = engine.turn().segmenter();
    std::array<float, 960> piece{};
    while (const int n = segmenter.take(piece)) {
        segment_.insert(segment_.end(), piece.begin(), piece.begin() + n);
    }
    for (const auto& event : engine.events()) {
        if (event.kind != EventKind::segment_ended) continue;
        const double rate_hz = engine.settings().engine.rate_hz;
        const double start_s = double(segmenter.startFrame()) / rate_hz;
        const double end_s = start_s + double(segment_.size()) / rate_hz;
        plan_.listener.segment(start_s, end_s, std::move(segment_));
        segment_ = {};
    }
}

void RoomRun::gatherNews() {
    const auto& engine = loop_->engine();
    waves_->follow(loop_->farEnd());
    const std::lock_guard lock(news_mutex_);
    for (const auto* item : loop_->farEnd().begun()) {
        const auto& settings = engine.settings();
        const int rate_hz = item->direct ? settings.engine.rate_hz : settings.stream.rate_hz;
        news_.begun.push_back({.ticket = item->ticket,
                               .item = item->id,
                               .text = item->ticket == 0 ? item->text : std::string(),
                               .file = item->kind == "file",
                               .length_ms = 1000.0 * double(item->samples.size()) / rate_hz});
    }
    for (const auto& event : engine.events()) {
        if (endsItem(event.kind)) news_.item_events.push_back(event);
    }
    if (block_ % kNewsBlocks != 0) return;
    news_.waiting = loop_->farEnd().waiting();
    news_.playing = engine.account().playingItem();
    news_.playing_ms = news_.playing != 0 ? engine.heardMs(news_.playing) : 0.0;
    news_.in_use = inUse(engine);
    news_.health = engine.health().state();
    news_.block = block_;
    news_.load_ratio = block_times_.loadRatio();
    news_.block_max_ms = block_times_.maxMs();
    news_.block_p99_ms = block_times_.percentileMs(99.0);
    news_.drift_confidence_ppm = engine.uplink().reference().clockMap().driftConfidencePpm();
    news_.rules_fired = engine.health().firedMask();
    news_.late_blocks = late_blocks_;
    spool_.tell(news_);
    fresh_ = true;
}

void RoomRun::work() {
    setThreadRole(ThreadRole::worker);
    start_ns_ = SteadyClock().nowNs();
    const auto last = plan_.pace == RunPace::as_fast
                          ? BlockIndex(plan_.scene.duration_s * 100.0 + 0.5)
                          : std::numeric_limits<BlockIndex>::max();
    while (!stopping_ && block_ < last) {
        waitForBlock();
        actions_.tryRun(*loop_);
        step();
        listen();
        gatherNews();
        ++block_;
    }
    ended_ = true;
}

bool RoomRun::news(RunNews& out) {
    const std::lock_guard lock(news_mutex_);
    if (!fresh_) return false;
    out = news_;
    news_.begun.clear();
    news_.item_events.clear();
    fresh_ = false;
    return true;
}

}  // namespace doubletalk::bench
