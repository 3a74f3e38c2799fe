// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bench/device_run.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <utility>

#include "engine/core/thread_role.h"
#include "engine/duplex/session_setup.h"

namespace doubletalk::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kNap = 5ms;
constexpr double kKeptS = 30.0;  // of cleaned audio, for segments
constexpr int kPieceFrames = 480;

}  // namespace

Result<std::unique_ptr<DeviceRun>> DeviceRun::create(Plan plan) {
    std::unique_ptr<DeviceRun> run(new DeviceRun);
    run->plan_ = std::move(plan);
    const auto& settings = run->plan_.settings;
    run->settings_ = settings;
    run->device_ = std::make_unique<audio::QtAudioDevice>(run->plan_.devices);
    const SampleRate rate{settings.engine.rate_hz};
    if (auto ok = run->device_->open(rate); !ok) return tl::unexpected(ok.error());
    if (auto ok = run->engine_.prepare(settings, *run->device_); !ok) {
        return tl::unexpected(ok.error());
    }
    const StreamFormat format{SampleRate{settings.stream.rate_hz}, settings.stream.frame_ms};
    run->waves_.emplace(*run->plan_.feed);
    run->far_end_ = std::make_unique<duplex::FarEnd>(
        format, rate, std::vector<duplex::FarEndItem>{}, 1, settings.network);
    if (const auto& trace = run->plan_.trace; !trace.empty()) {
        if (auto ok = run->far_end_->useTrace(trace); !ok) return tl::unexpected(ok.error());
    }
    const duplex::RunDescription description{
        .realtime = true, .live = true, .options = run->engine_.options()};
    if (auto ok = run->spool_.open(run->plan_.spool_root,
                                   duplex::sessionHeader(run->engine_.loop(), description),
                                   settings.session);
        !ok) {
        return tl::unexpected(ok.error());
    }
    run->engine_.setWriter(run->spool_.writer());
    auto* self = run.get();
    run->engine_.setListener([self](const duplex::ToldEvent& told) { self->onEvent(told); });
    run->engine_.setObserver(
        [self](const duplex::BlockLoop& loop, const duplex::BlockInput& input) {
            self->plan_.feed->push(loop, input);
            if (self->plan_.listener.block) self->plan_.listener.block(loop, input);
            self->block_ = input.block + 1;
        });
    return run;
}

DeviceRun::~DeviceRun() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

Result<void> DeviceRun::begin() {
    if (auto ok = engine_.start(); !ok) {
        ended_ = true;
        return ok;
    }
    thread_ = std::thread([this] { work(); });
    return {};
}

void DeviceRun::post(const duplex::TimedCommand& timed) {
    actions_.ask([this, timed] {
        if (timed.spike_ms > 0.0) far_end_->spike(engine_.nowNs(), timed.spike_ms);
        if (timed.lose_packets > 0) far_end_->loseNext(timed.lose_packets);
        if (timed.command.kind == duplex::CommandKind::set) {
            timed.command.setting.set(settings_, timed.command.value);
            far_end_->setNetwork(settings_.network);
        }
        if (timed.command.kind == duplex::CommandKind::interrupt) {
            engine_.interrupt(0);
        } else {
            engine_.command(timed.command);
        }
    });
}

void DeviceRun::say(duplex::FarEndItem item, std::vector<WaveColumn> columns) {
    auto said = std::make_shared<std::pair<duplex::FarEndItem, std::vector<WaveColumn>>>(
        std::move(item), std::move(columns));
    actions_.ask([this, said] {
        said->first.at_s = double(engine_.nowNs()) * 1e-9;
        waves_->add(said->first.ticket, std::move(said->second));
        far_end_->add(std::move(said->first));
    });
}

void DeviceRun::append(std::int64_t ticket, std::vector<float> samples,
                       std::vector<WaveColumn> columns, bool last) {
    actions_.ask([this, ticket, last, samples = std::move(samples), columns = std::move(columns)] {
        waves_->append(ticket, columns);
        far_end_->append(ticket, samples, last);
    });
}

void DeviceRun::unsay(std::int64_t ticket) {
    actions_.ask([this, ticket] {
        waves_->remove(ticket);
        far_end_->remove(ticket);
    });
}

void DeviceRun::moveSaid(std::int64_t ticket, int places) {
    actions_.ask([this, ticket, places] { far_end_->move(ticket, places); });
}

void DeviceRun::onEvent(const duplex::ToldEvent& told) {
    const std::lock_guard lock(events_mutex_);
    events_.push_back(told.event);
}

void DeviceRun::record(const duplex::FarEndItem& item) {
    auto* writer = spool_.writer();
    if (writer == nullptr) return;
    writer->item({.block = block_,
                  .item = item.id,
                  .rate_hz = settings_.stream.rate_hz,
                  .text = item.text,
                  .kind = item.kind,
                  .due_s = item.at_s,
                  .samples = item.samples});
}

void DeviceRun::send() {
    far_end_->step(engine_.nowNs());
    waves_->follow(*far_end_);
    for (const auto* item : far_end_->begun()) {
        {
            const std::lock_guard lock(news_mutex_);
            news_.begun.push_back({item->ticket, item->id});
        }
        if (!item->open) record(*item);
    }
    for (const auto* item : far_end_->completed()) record(*item);
    for (const auto& arrived : far_end_->arrived())
        engine_.packet(arrived.packet, arrived.arrival_ns);
}

void DeviceRun::listen() {
    std::array<float, kPieceFrames> piece{};
    while (const int n = engine_.readUplink(piece)) {
        const auto got = std::span(piece).first(std::size_t(n));
        if (plan_.listener.clean) {
            plan_.listener.clean(got,
                                 clean_end_ / SampleRate{settings_.engine.rate_hz}.blockFrames());
        }
        clean_.insert(clean_.end(), got.begin(), got.end());
        clean_end_ += n;
    }
    const auto most = std::size_t(kKeptS * settings_.engine.rate_hz);
    if (clean_.size() > 2 * most) clean_.erase(clean_.begin(), clean_.end() - std::ptrdiff_t(most));
}

void DeviceRun::cutSegments() {
    std::vector<Event> events;
    {
        const std::lock_guard lock(events_mutex_);
        events.swap(events_);
    }
    const int block_frames = SampleRate{settings_.engine.rate_hz}.blockFrames();
    for (const auto& event : events) {
        switch (event.kind) {
            case EventKind::interrupt_issued:
                engine_.command({.kind = duplex::CommandKind::discard,
                                 .source = "far end",
                                 .item = far_end_->interrupt()});
                break;
            case EventKind::segment_started:
                segment_start_ = event.frame;
                break;
            case EventKind::segment_ended: {
                const auto first = clean_end_ - std::int64_t(clean_.size());
                const auto from = std::max(segment_start_, first);
                const auto to = std::min((event.block + 1) * block_frames, clean_end_);
                if (!plan_.listener.segment || segment_start_ < 0 || to <= from) break;
                plan_.listener.segment(
                    double(from) / settings_.engine.rate_hz, double(to) / settings_.engine.rate_hz,
                    {clean_.begin() + (from - first), clean_.begin() + (to - first)});
                break;
            }
            case EventKind::item_ended:
            case EventKind::item_interrupted:
            case EventKind::playback_silent: {
                const std::lock_guard lock(news_mutex_);
                news_.item_events.push_back(event);
                break;
            }
            default:
                break;
        }
    }
}

void DeviceRun::gatherNews() {
    duplex::EngineSnapshot now;
    if (!engine_.snapshot(now)) return;
    const std::lock_guard lock(news_mutex_);
    news_.waiting = far_end_->waiting();
    news_.playing = now.playing_item;
    news_.playing_ms = now.playing_item_ms;
    news_.in_use = settings_;
    news_.health = now.health;
    news_.block = now.block;
    news_.load_ratio = now.load_ratio;
    news_.block_max_ms = now.block_max_ms;
    news_.block_p99_ms = now.block_p99_ms;
    news_.drift_confidence_ppm = now.drift_confidence_ppm;
    news_.rules_fired = now.rules_fired;
    news_.late_blocks = engine_.lostBlocks() + engine_.droppedBlocks();
    const auto events = device_->takeEvents();  // before the status: it is the newer one
    const auto status = device_->status();
    news_.device = status.input.name + " / " + status.output.name;
    watch_.follow(events, status);
    news_.device_problem = watch_.problem();
    for (auto& text : watch_.takeNews()) news_.device_events.push_back(std::move(text));
    if (std::isfinite(status.heard.error_ms)) {
        news_.heard_error_ms = status.heard.error_ms;
    } else if (status.cut.number > 0) {
        news_.heard_error_ms = status.cut.error_ms;
    }
    spool_.tell(news_);
    fresh_ = true;
}

void DeviceRun::work() {
    setThreadRole(ThreadRole::net);
    while (!stopping_) {
        actions_.run();
        send();
        listen();
        cutSegments();
        gatherNews();
        std::this_thread::sleep_for(kNap);
    }
    engine_.stop();
    ended_ = true;
}

bool DeviceRun::news(RunNews& out) {
    const std::lock_guard lock(news_mutex_);
    if (!fresh_) return false;
    out = news_;
    news_.begun.clear();
    news_.item_events.clear();
    news_.device_events.clear();
    fresh_ = false;
    return true;
}

}  // namespace doubletalk::bench
