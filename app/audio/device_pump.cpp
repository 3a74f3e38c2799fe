// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/device_pump.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/audio/device_lookup.h"
#include "app/audio/device_words.h"
#include "app/audio/sound_server.h"
#include "engine/core/clock.h"
#include "engine/core/thread_role.h"

namespace doubletalk::audio {
namespace {

constexpr int kTickMs = 2;
constexpr std::int64_t kRetryNs = 500'000'000;
constexpr std::int64_t kListNs = 1'000'000'000;
constexpr std::int64_t kPublishNs = 50'000'000;
constexpr std::size_t kMostEvents = 256;
constexpr int kMostFrames = 2 * kMaxSampleRateHz;  // what one read can bring
constexpr int kPieceMs = 20;                       // a long read reaches the engine in pieces
/// 2.3 ms at 16 kHz; flat to 0.9 of half the lower rate.
constexpr int kFilterQuality = 4;
/// How far the system's own count is from what is heard (PulseAudio 16).
constexpr double kHeardErrorMs = 2.6;

std::int64_t nowNs() { return SteadyClock().nowNs(); }

}  // namespace

DevicePump::DevicePump(const QtAudioDeviceOptions& options, SampleRate rate,
                       std::shared_ptr<PumpShared> shared)
    : options_(options), rate_(rate), shared_(std::move(shared)), timer_(this) {
    in_frames_.resize(std::size_t(kMostFrames) + 64);
    out_frames_.resize(std::size_t(kMostFrames) + 64);
    pending_.resize(std::size_t(kMostFrames) + 64);
    in_side_.wanted = options_.input.device != kNoDevice;
    out_side_.wanted = options_.output.device != kNoDevice;
    timer_.setTimerType(Qt::PreciseTimer);
    timer_.setInterval(kTickMs);
    connect(&timer_, &QTimer::timeout, this, [this] { tick(); });
}

DevicePump::~DevicePump() {
    busy_ = true;  // the destructors of the streams run events
    timer_.stop();
    input_.close();
    output_.close();
}

void DevicePump::dispose() {
    timer_.stop();
    if (busy_) {
        dispose_asked_ = true;
    } else {
        delete this;
    }
}

Result<void> DevicePump::open() {
    close_asked_ = false;
    busy_ = true;
    Result<void> ok;
    if (in_side_.wanted) ok = openSide(in_side_);
    if (ok && out_side_.wanted) ok = openSide(out_side_);
    if (!ok) {
        input_.close();
        output_.close();
        in_side_.state = out_side_.state = StreamState::off;
    }
    busy_ = false;
    clock_start_ns_ = nowNs();
    clock_frames_ = 0;
    rendered_ = 0;
    gaps_.reset();
    next_list_ns_ = clock_start_ns_ + kListNs;
    if (ok) timer_.start();
    publish(clock_start_ns_);
    return ok;
}

void DevicePump::close() {
    if (busy_) {
        close_asked_ = true;
        return;
    }
    busy_ = true;
    timer_.stop();
    input_.close();
    output_.close();
    in_side_.state = out_side_.state = StreamState::off;
    close_asked_ = false;
    busy_ = false;
    publish(nowNs());
    if (dispose_asked_) delete this;
}

void DevicePump::tell(Side& side, StreamState state, std::string text) {
    side.state = state;
    side.message = text;
    {
        const std::lock_guard lock(shared_->mutex);
        auto& events = shared_->events;
        if (events.size() == kMostEvents) events.erase(events.begin());
        events.push_back({nowNs(), side.direction, state, std::move(text)});
    }
    next_publish_ns_ = 0;
}

Result<void> DevicePump::openSide(Side& side) {
    if (side.direction == Direction::input) {
        if (auto ok = input_.open(options_.input); !ok) return ok;
        const int hz = input_.format().sampleRate();
        if (auto ok = to_engine_.prepare(hz, rate_.hz, kFilterQuality); !ok) return ok;
        opened(side, input_.device(), input_.format(), input_.bufferFrames(),
               1000.0 * to_engine_.lagFrames() / rate_.hz);
    } else {
        if (auto ok = output_.open(options_.output); !ok) return ok;
        const int hz = output_.format().sampleRate();
        if (auto ok = to_device_.prepare(rate_.hz, hz, kFilterQuality); !ok) return ok;
        pending_frames_ = 0;
        fit_.reset();
        opened(side, output_.device(), output_.format(), output_.bufferFrames(),
               1000.0 * to_device_.lagFrames() / hz);
    }
    return {};
}

void DevicePump::opened(Side& side, const QAudioDevice& device, const QAudioFormat& format,
                        int buffer_frames, double filter_ms) {
    const double buffer_ms = 1000.0 * buffer_frames / format.sampleRate();
    side.id = device.id().toStdString();
    side.name = device.description().toStdString();
    side.latency_ms = buffer_ms + filter_ms;
    tell(
        side, StreamState::starting,
        runsText(side.direction, side.name, format.sampleRate(), format.channelCount(), buffer_ms));
}

void DevicePump::lose(Side& side, StreamFault fault, std::int64_t now_ns) {
    tell(side, StreamState::lost, faultText(side.direction, side.name, fault));
    if (side.direction == Direction::input) {
        input_.close();
    } else {
        output_.close();
        fit_.reset();
    }
    side.next_try_ns = now_ns + kRetryNs;
}

void DevicePump::retry(Side& side, std::int64_t now_ns) {
    if (!side.wanted || side.state != StreamState::lost || now_ns < side.next_try_ns) return;
    side.next_try_ns = now_ns + kRetryNs;
    SoundServer::reconnect();
    if (auto ok = openSide(side); !ok) {
        side.message = ok.error().message();
    } else {
        ++side.reopened;
    }
}

/// The system tells of no change: only the list shows that a stream was moved or may go back.
void DevicePump::watchList(std::int64_t now_ns) {
    if (now_ns < next_list_ns_) return;
    next_list_ns_ = now_ns + kListNs;
    watchSide(in_side_);
    watchSide(out_side_);
}

void DevicePump::watchSide(Side& side) {
    if (side.state == StreamState::running && !isListed(side.direction, side.id)) {
        ++side.moves;
        tell(side, StreamState::moved, movedText(side.direction, side.name));
    } else if (side.state == StreamState::moved && isListed(side.direction, side.id)) {
        ++side.moves;
        const auto name = side.name;
        if (auto ok = openSide(side); !ok) {
            tell(side, StreamState::lost, ok.error().message());
        } else {
            tell(side, StreamState::starting, returnedText(side.direction, name));
        }
    }
}

void DevicePump::tick() {
    if (busy_) return;
    busy_ = true;
    const auto now_ns = nowNs();
    gaps_.tick(now_ns);
    service(now_ns);
    busy_ = false;
    if (close_asked_) close();
    if (dispose_asked_) delete this;
}

void DevicePump::service(std::int64_t now_ns) {
    cutIfAsked(now_ns);
    const int wanted = wantedFrames(now_ns);
    const auto in = capture(now_ns);
    exchange(in, wanted, now_ns);
    if (in_side_.wanted && input_.isOpen() && input_.fault() != StreamFault::none) {
        lose(in_side_, input_.fault(), now_ns);
    }
    if (out_side_.wanted && output_.isOpen() && output_.fault() != StreamFault::none) {
        lose(out_side_, output_.fault(), now_ns);
    }
    for (auto* side : {&in_side_, &out_side_}) {
        const bool steady =
            side->direction == Direction::input ? input_.steady() : output_.steady();
        if (side->state == StreamState::starting && steady) {
            side->state = StreamState::running;
            next_publish_ns_ = 0;
        }
    }
    retry(in_side_, now_ns);
    retry(out_side_, now_ns);
    watchList(now_ns);
    if (now_ns >= next_publish_ns_) publish(now_ns);
}

void DevicePump::cutIfAsked(std::int64_t now_ns) {
    if (!shared_->cut_asked.exchange(false) || !output_.isOpen()) return;
    const double heard = heardNow();
    if (output_.cut() < 0) return;
    ++cut_.number;
    cut_.heard_frames = heard;
    cut_.never_heard_frames = double(rendered_) - heard;
    cut_.error_ms = kHeardErrorMs;
    pending_frames_ = 0;
    to_device_.reset();
    fit_.reset();
    tellUnheard(std::llround(cut_.never_heard_frames));
    publish(now_ns);
}

void DevicePump::tellUnheard(std::int64_t frames) {
    shared_->exchanging = true;
    if (auto* callback = shared_->callback.load(); callback != nullptr && frames > 0) {
        const ScopedRole role(ThreadRole::rt);
        callback->unheard(frames);
    }
    shared_->exchanging = false;
}

/// Frames handed over less those still on their way.
double DevicePump::heardNow() const {
    const double to_engine = double(rate_.hz) / output_.format().sampleRate();
    const double unheard = double(output_.writtenFrames()) - output_.heardFrames() +
                           double(pending_frames_) + to_device_.lagFrames();
    return double(rendered_) - unheard * to_engine;
}

std::span<const float> DevicePump::capture(std::int64_t now_ns) {
    if (!in_side_.wanted) {
        const auto due = (now_ns - clock_start_ns_) * rate_.hz / 1'000'000'000;
        const auto n = std::min<std::int64_t>(due - clock_frames_, kMostFrames);
        clock_frames_ = due;
        const auto silence = std::span(in_frames_).first(std::size_t(n));
        std::fill(silence.begin(), silence.end(), 0.0F);
        return silence;
    }
    const auto read = input_.read(now_ns);
    if (read.empty()) return {};
    return std::span(in_frames_).first(std::size_t(to_engine_.process(read, in_frames_)));
}

/// Frames at the engine's rate so that the device's queue becomes full.
int DevicePump::wantedFrames(std::int64_t now_ns) {
    if (!output_.isOpen()) return 0;
    free_frames_ = output_.freeFrames(now_ns);
    follow(now_ns);
    const auto missing = std::int64_t(free_frames_) - std::int64_t(pending_frames_);
    if (missing <= 0) return 0;
    const std::int64_t hz = output_.format().sampleRate();
    return int(std::min<std::int64_t>((missing * rate_.hz + hz - 1) / hz, kMostFrames));
}

void DevicePump::follow(std::int64_t now_ns) {
    if (output_.moving() && free_frames_ > 0) fit_.add(now_ns, heardNow());
}

void DevicePump::exchange(std::span<const float> in, int wanted, std::int64_t now_ns) {
    const bool no_output = !out_side_.wanted;
    const auto piece = std::size_t(rate_.framesOf(kPieceMs));
    do {
        const auto now_in = in.first(std::min(in.size(), piece));
        in = in.subspan(now_in.size());
        const auto frames = no_output ? now_in.size() : std::size_t(wanted);
        const auto out = std::span(out_frames_).first(frames);
        wanted = 0;
        if (now_in.empty() && out.empty()) return;
        bool called = false;
        // stop() takes the callback away and then waits for this flag.
        shared_->exchanging = true;
        if (auto* callback = shared_->callback.load(); callback != nullptr) {
            const ScopedRole role(ThreadRole::rt);
            callback->exchange(now_in, out, now_ns);
            called = true;
        }
        shared_->exchanging = false;
        if (called) {
            rendered_ += std::int64_t(frames);
        } else {
            std::fill(out.begin(), out.end(), 0.0F);
        }
        if (!no_output) play(out, now_ns);
    } while (!in.empty());
}

void DevicePump::play(std::span<const float> out, std::int64_t now_ns) {
    const auto room = std::span(pending_).subspan(pending_frames_);
    pending_frames_ += std::size_t(to_device_.process(out, room));
    const auto n = std::min(pending_frames_, std::size_t(std::max(free_frames_, 0)));
    if (n == 0) return;
    const auto taken = std::size_t(output_.write(std::span(pending_).first(n), now_ns));
    std::copy(pending_.begin() + std::ptrdiff_t(taken),
              pending_.begin() + std::ptrdiff_t(pending_frames_), pending_.begin());
    pending_frames_ -= taken;
    free_frames_ -= int(taken);
}

StreamStatus DevicePump::statusOf(const Side& side) const {
    StreamStatus status;
    status.state = side.state;
    status.id = side.id;
    status.name = side.name;
    status.message = side.message;
    status.latency_ms = side.latency_ms;
    status.reopened = side.reopened;
    status.moves = side.moves;
    const bool in = side.direction == Direction::input;
    const auto& format = in ? input_.format() : output_.format();
    status.rate_hz = format.sampleRate();
    status.channels = format.channelCount();
    if (status.rate_hz > 0) {
        status.buffer_ms =
            1000.0 * (in ? input_.bufferFrames() : output_.bufferFrames()) / status.rate_hz;
    }
    if (!in) status.xruns = output_.xruns();
    return status;
}

void DevicePump::publish(std::int64_t now_ns) {
    next_publish_ns_ = now_ns + kPublishNs;
    DeviceStatus status;
    status.input = statusOf(in_side_);
    status.output = statusOf(out_side_);
    status.ticks = gaps_.ticks();
    status.tick_gap_p99_ms = gaps_.p99Ms();
    status.tick_gap_max_ms = gaps_.maxMs();
    status.cut = cut_;
    if (fit_.ready()) {
        status.heard.time_ns = now_ns;
        status.heard.frames = fit_.at(now_ns);
        status.heard.frames_per_s = fit_.framesPerS();
        status.heard.error_ms =
            std::max(kHeardErrorMs, 1.96 * 1000.0 * fit_.sigmaFrames() / rate_.hz);
    }
    const std::lock_guard lock(shared_->mutex);
    shared_->status = std::move(status);
}

}  // namespace doubletalk::audio
