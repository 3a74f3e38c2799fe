// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/core/thread_role.h"

namespace doubletalk::duplex {
namespace {

using namespace std::chrono_literals;

constexpr auto kWorkerNap = 1ms;
constexpr std::int64_t kStallNs = 30'000'000;  // no captured frames for this long: made up
constexpr int kBacklogMs = 200;                // processed at once; the rest is dropped
constexpr int kQueue = 64;
constexpr int kEvents = 1024;
constexpr int kMachineEveryBlocks = 10;

}  // namespace

Engine::Engine() = default;
Engine::~Engine() { stop(); }

Result<void> Engine::prepare(const Settings& settings, device::AudioDevice& device) {
    if (running_) return fail(ErrorKind::state, "the engine is running", {}, "stop it first");
    prepared_ = false;
    const auto info = device.info();
    const SampleRate rate{settings.engine.rate_hz};
    if (info.rate != rate) {
        return fail(ErrorKind::state, "the device runs at " + std::to_string(info.rate.hz) + " Hz",
                    info.name, "open it at engine.rate_hz, " + std::to_string(rate.hz) + " Hz");
    }
    settings_ = settings;
    device_ = &device;
    device_paced_ = info.real_time;
    rate_ = rate;
    options_ = {.direct = true,
                .output_latency_ms = info.output_latency_ms,
                .input_latency_ms = info.input_latency_ms};
    writer_ = nullptr;
    loop_ = std::make_unique<BlockLoop>();
    if (auto ok = loop_->prepare(settings, options_); !ok) return ok;

    const auto buffer_frames = rate_.framesOf(settings.buffer.duration_ms);
    link_.prepare(rate_);
    direct_.prepare(buffer_frames, rate_.blockFrames());
    cleaned_ = std::make_unique<Ring<float>>(buffer_frames);
    commands_ = std::make_unique<Ring<Command>>(kQueue);
    answers_ = std::make_unique<Ring<session::AnswerRecord>>(kQueue);
    events_ = std::make_unique<Ring<ToldEvent>>(kEvents);
    const StreamFormat format{SampleRate{settings.stream.rate_hz}, settings.stream.frame_ms};
    downlink_.prepare(format.maxPayloadBytes());
    uplink_.prepare(format.maxPayloadBytes());

    const auto block = std::size_t(rate_.blockFrames());
    near_.assign(block, 0.0F);
    direct_block_.assign(block, 0.0F);
    now_commands_.reserve(kQueue + 2);  // an interruption and a gap have no place in the queue
    now_answers_.reserve(kQueue);
    headroom_.residual.assign(loop_->turn().residualCapacity(), 0.0F);
    headroom_busy_ = false;
    stage_state_ = Stage::idle;
    built_.reset();
    interrupt_word_ = 0;
    interrupts_done_ = told_interrupts_ = 0;
    told_discarded_ = 0;
    takeFade(settings.barge_in);
    block_ = time_ns_ = missed_seen_ = 0;
    block_times_.reset();
    rendered_ = audible_ = direct_end_ = last_exchange_frames_ = 0;
    lost_blocks_ = dropped_blocks_ = unread_frames_ = 0;
    prepared_ = true;
    return {};
}

void Engine::takeFade(const speech::BargeInParams& params) noexcept {
    fade_frames_ = params.hard_cut ? 0 : int(rate_.framesOf(params.fade_ms));
    hard_cut_ = params.hard_cut;
}

void Engine::setWriter(session::SessionWriter* writer) {
    writer_ = writer;
    loop_->setWriter(writer);
}

Result<void> Engine::start() {
    if (running_ || !prepared_) {
        return fail(ErrorKind::state, running_ ? "the engine is running" : "it was not prepared",
                    {}, "call prepare() before every start()");
    }
    prepared_ = false;
    running_ = true;
    serving_ = true;
    start_ns_ = last_capture_ns_ = clock_.nowNs();
    last_exchange_ns_ = start_ns_.load();
    worker_ = std::thread([this] { work(); });
    service_ = std::thread([this] { serve(); });
    if (auto ok = device_->start(*this); !ok) {
        stop();
        return ok;
    }
    return {};
}

void Engine::stop() {
    if (running_) device_->stop();
    running_ = false;
    if (worker_.joinable()) worker_.join();
    // The service goes last: it still tells what the worker did.
    serving_ = false;
    if (service_.joinable()) service_.join();
    built_.reset();
}

bool Engine::command(const Command& command) {
    const std::lock_guard lock(command_mutex_);
    return commands_->space() > 0 && commands_->write(std::span(&command, 1)) == 1;
}

std::uint32_t Engine::interrupt(ItemId up_to) {
    const std::lock_guard lock(command_mutex_);
    const auto before = interrupt_word_.load();
    const auto number = std::uint32_t(before >> 32) + 1;
    // The loudspeaker fades at its next exchange and stays silent until the worker, which reads the
    // word written after that, says where new audio begins. No queue in between can be full.
    if (running_) loop_->feed().hush(fade_frames_.load());
    if (running_ && hard_cut_.load()) device_->cut();
    interrupt_word_ = std::uint64_t(number) << 32 | std::max(ItemId(before), up_to);
    return number;
}

std::int64_t Engine::bufferedFrames() const noexcept {
    const auto& feed = loop_->feed();
    const auto read = feed.writtenFrames() - feed.fillFrames();
    return direct_.queuedFrames() + std::max<std::int64_t>(direct_end_.load() - read, 0);
}

int Engine::readUplink(std::span<float> frames) noexcept {
    return int(cleaned_->read(frames, false));
}

std::int64_t Engine::audibleFrames() const noexcept {
    const auto latency = std::int64_t(std::llround(options_.output_latency_ms * rate_.hz / 1000.0));
    const auto since_ns = clock_.nowNs() - last_exchange_ns_.load();
    // What the last exchange handed over is all that can have begun to sound since.
    const auto since =
        std::clamp<std::int64_t>(since_ns * rate_.hz / 1'000'000'000, 0, last_exchange_frames_);
    const auto rendered = rendered_.load();
    const auto now = std::clamp<std::int64_t>(rendered - latency + since, 0, rendered);
    auto before = audible_.load();
    while (before < now && !audible_.compare_exchange_weak(before, now)) {
    }
    return std::max(before, now);
}

void Engine::exchange(std::span<const float> in, std::span<float> out, std::int64_t) noexcept {
    const auto now_ns = clock_.nowNs();
    link_.exchange(in, out, now_ns - start_ns_.load(), loop_->feed());
    last_exchange_frames_ = std::int64_t(out.size());
    last_exchange_ns_ = now_ns;
    rendered_.fetch_add(std::int64_t(out.size()));
}

void Engine::unheard(std::int64_t frames) noexcept { link_.unheard(frames); }

void Engine::work() {
    setThreadRole(ThreadRole::worker);
    while (running_) {
        if (link_.capturedFrames() >= rate_.blockFrames()) {
            processBlock(false);
            last_capture_ns_ = clock_.nowNs();
        } else if (device_paced_ && clock_.nowNs() - last_capture_ns_ >= kStallNs) {
            processBlock(true);
            last_capture_ns_ += kBlockNs;
        } else {
            std::this_thread::sleep_for(kWorkerNap);
        }
    }
}

void Engine::takeDevice(bool lost) noexcept {
    now_commands_.clear();
    auto gap = link_.missedFrames() - missed_seen_;
    missed_seen_ += gap;
    if (lost) {
        link_.makeUp(near_, nowNs());
        lost_blocks_.fetch_add(1);
    } else {
        // A stepped device makes its own pace: its owner may step ahead.
        if (device_paced_) gap += link_.dropBacklog(rate_.framesOf(kBacklogMs));
        link_.take(near_);
    }
    if (gap == 0) return;
    dropped_blocks_.fetch_add((gap + rate_.blockFrames() - 1) / rate_.blockFrames());
    now_commands_.push_back(
        {.kind = CommandKind::note, .key = "gap", .source = "backlog", .item = ItemId(gap)});
}

void Engine::takeCommands() noexcept {
    const auto word = interrupt_word_.load();
    const auto number = std::uint32_t(word >> 32);
    interrupt_asked_ = number != interrupts_done_;
    if (interrupt_asked_) {
        direct_.discardUpTo(ItemId(word));
        now_commands_.push_back(
            {.kind = CommandKind::interrupt, .source = "api", .item = ItemId(word)});
    }
    interrupts_done_ = number;
    Command next;
    while (now_commands_.size() < now_commands_.capacity() &&
           commands_->read(std::span(&next, 1), false) == 1) {
        now_commands_.push_back(next);
    }
}

void Engine::takeAnswers() noexcept {
    now_answers_.clear();
    stage_answered_ = false;
    session::AnswerRecord answer;
    while (now_answers_.size() < now_answers_.capacity() &&
           answers_->read(std::span(&answer, 1), false) == 1) {
        now_answers_.push_back(answer);
        stage_answered_ |= answer.name == "stage";
    }
    // The stages come with their answer, never a block apart: a replay finds them by it.
    swaps_ = stage_answered_ ? built_.get() : nullptr;
}

void Engine::processBlock(bool lost) noexcept {
    const auto begin = clock_.nowNs();
    if (probe_) probe_(true);
    takeDevice(lost);
    takeCommands();
    takeAnswers();
    const bool room = loop_->wantsDirect(link_.exchanges());
    const auto direct = room ? direct_.take(direct_block_) : 0;
    time_ns_ = blockTimeNs(link_.exchanges(), time_ns_);

    BlockInput input;
    input.block = block_;
    input.time_ns = time_ns_;
    input.near = near_;
    input.lost = lost;
    input.playback = link_.playback();
    input.exchanges = link_.exchanges();
    if (direct > 0) {
        input.direct = {std::span(direct_block_).first(std::size_t(direct)), direct_.spans()};
    }
    input.packets = downlink_.take();
    input.uplink_packets = uplink_.take();
    input.commands = now_commands_;
    input.answers = now_answers_;
    input.swaps = swaps_;
    const auto& requests = loop_->process(input);
    if (direct > 0) {
        direct_end_ = loop_->feed().writtenFrames() + dsp::AsyncResampler::kLagFrames;
    }
    afterBlock(requests);
    publish(clock_.nowNs() - begin);
    if (observer_) observer_(*loop_, input);
    if (probe_) probe_(false);
    ++block_;
}

void Engine::afterBlock(const Requests& requests) noexcept {
    const auto clean = loop_->uplink().clean();
    // Whole blocks only: a torn one would shift everything after it.
    if (cleaned_->space() >= std::int64_t(clean.size())) {
        cleaned_->write(clean);
    } else {
        unread_frames_.fetch_add(std::int64_t(clean.size()));
    }
    if (requests.interrupted) {
        const auto issued = std::count_if(
            loop_->events().begin(), loop_->events().end(),
            [](const Event& event) { return event.kind == EventKind::interrupt_issued; });
        // Nobody said up to where (barge-in, reset): all that was queued belongs to it.
        if (issued > (interrupt_asked_ ? 1 : 0)) direct_.discardAll();
    }
    takeFade(loop_->settings().barge_in);
    // interrupt() has cut at once; every other cause does it here.
    if (requests.interrupted && !interrupt_asked_ && hard_cut_.load()) device_->cut();
    tellEvents();
    if (stage_answered_) {
        // The old canceller had its fade in this block; it goes the way of the others.
        if (swaps_ != nullptr && !swaps_->canceller) {
            swaps_->canceller = loop_->uplink().takeRetired();
        }
        stage_state_ = Stage::taken;
    }
    postRequests(requests);
}

void Engine::tellEvents() noexcept {
    for (const auto& event : loop_->events()) {
        // What stands before it in the block belongs to an earlier interruption.
        if (event.kind == EventKind::interrupt_issued) {
            if (event.cause == "api") told_interrupts_ = interrupts_done_;
            told_discarded_ = direct_.discardedUpTo();
        }
        const ToldEvent told{event, told_interrupts_, told_discarded_};
        events_->write(std::span(&told, 1));
    }
}

void Engine::postRequests(const Requests& requests) noexcept {
    if (requests.headroom && !headroom_busy_.load()) {
        headroom_.frames = loop_->turn().readResidual(headroom_.residual);
        headroom_.settings = loop_->settings();
        headroom_busy_ = true;
    }
    if (requests.anyStage() && stage_state_.load() == Stage::idle) {
        stage_ = {requests, loop_->settings(), Name(loop_->uplink().traits().name),
                  Name(loop_->uplink().canceller().failure()), block_};
        stage_state_ = Stage::wanted;
    }
}

void Engine::publish(std::int64_t ns) noexcept {
    const double ms = double(ns) * 1e-6;
    block_times_.add(ms);
    EngineSnapshot now;
    now.block = block_;
    now.played_frames = loop_->account().playedFrames();
    now.fill_frames = loop_->account().fillFrames();
    now.playing_item = loop_->account().playingItem();
    if (now.playing_item != 0) now.playing_item_ms = loop_->heardMs(now.playing_item);
    now.load_ratio = block_times_.loadRatio();
    now.block_max_ms = block_times_.maxMs();
    now.block_p99_ms = block_times_.percentileMs(99.0);
    now.drift_confidence_ppm = loop_->uplink().reference().clockMap().driftConfidencePpm();
    now.voice = loop_->turn().voice();
    now.health = loop_->health().state();
    now.rules_fired = loop_->health().firedMask();
    const auto row = loop_->meter().row();
    std::copy(row.begin(), row.end(), now.row.begin());
    snapshots_.put(now);
    if (writer_ != nullptr && (block_ + 1) % kMachineEveryBlocks == 0) {
        const std::array values{ms, block_times_.maxMs(), block_times_.loadRatio()};
        writer_->machine(block_, double((block_ + 1) * kBlockMs) / 1000.0, values);
    }
}

}  // namespace doubletalk::duplex
