// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/duplex_stream.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

#include "engine/core/thread_role.h"
#include "engine/duplex/session_setup.h"
#include "engine/duplex/settings_check.h"

namespace doubletalk::duplex {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto kPoll = 2ms;

/// Says when a wait of so many milliseconds is over; below 0 never.
class Deadline {
public:
    explicit Deadline(int timeout_ms)
        : for_ever_(timeout_ms < 0),
          end_(steady_clock::now() + std::chrono::milliseconds(timeout_ms)) {}
    [[nodiscard]] bool over() const { return !for_ever_ && steady_clock::now() >= end_; }

private:
    bool for_ever_;
    steady_clock::time_point end_;
};

}  // namespace

Result<std::unique_ptr<DuplexStream>> DuplexStream::open(
    const Settings& settings, std::unique_ptr<device::AudioDevice> device) {
    std::unique_ptr<DuplexStream> stream(new DuplexStream);
    if (device == nullptr) return fail(ErrorKind::usage, "there is no device");
    if (auto ok = checkTogether(settings); !ok) return tl::unexpected(ok.error());
    stream->settings_ = settings;
    stream->rate_ = SampleRate{settings.engine.rate_hz};
    stream->stream_rate_hz_ = settings.stream.rate_hz;
    stream->device_ = std::move(device);
    if (auto ok = stream->device_->open(stream->rate_); !ok) return tl::unexpected(ok.error());
    auto* self = stream.get();
    stream->engine_.setListener([self](const ToldEvent& told) { self->onEvent(told); });
    if (auto ok = stream->prepare(); !ok) return tl::unexpected(ok.error());
    return stream;
}

DuplexStream::~DuplexStream() { stop(); }

Result<void> DuplexStream::prepare() {
    const auto settings = this->settings();
    const std::unique_lock life(life_);
    fresh_ = false;
    if (auto ok = engine_.prepare(settings, *device_); !ok) return ok;
    if (auto ok = input_.prepare(rate_, settings.buffer); !ok) return ok;
    fresh_ = true;
    return {};
}

Result<void> DuplexStream::start() {
    const std::lock_guard control(control_mutex_);
    if (engine_.running()) return fail(ErrorKind::state, "the stream is running");
    if (!fresh_) {
        if (auto ok = prepare(); !ok) return ok;
    }
    {
        const std::scoped_lock locks(waiters_mutex_, write_mutex_);
        stopped_ = false;
        writing_item_ = 0;
    }
    fresh_ = false;
    if (auto ok = engine_.start(); !ok) {
        (void)closeSession();
        return ok;
    }
    pumping_ = true;
    input_thread_ = std::thread([this] { pumpInput(); });
    return {};
}

void DuplexStream::stop() {
    const std::lock_guard control(control_mutex_);
    const bool was_running = engine_.running();
    engine_.stop();
    // The pump goes last: it still gives out what the worker made.
    pumping_ = false;
    if (input_thread_.joinable()) input_thread_.join();
    (void)closeSession();
    if (was_running) raiseInterrupted(item_);
    {
        const std::lock_guard lock(write_mutex_);
        item_open_ = false;
    }
    const std::lock_guard lock(waiters_mutex_);
    stopped_ = true;
    for (auto& waiter : waiters_) {
        const auto item = waiter.item != 0 ? waiter.item : engine_.loop().account().playingItem();
        waiter.promise.set_value(
            {.item = item, .heard_ms = heardOf(engine_.loop().heardMs(item)), .stopped = true});
    }
    waiters_.clear();
}

Result<void> DuplexStream::record(const std::filesystem::path& folder) {
    const std::lock_guard control(control_mutex_);
    if (engine_.running()) {
        return fail(ErrorKind::state, "the stream is running", folder.string(),
                    "a session holds a run from its first block: call record() before start()");
    }
    if (!fresh_) {
        if (auto ok = prepare(); !ok) return ok;
    }
    auto writer =
        openSession(folder, engine_.loop(), {.realtime = true, .options = engine_.options()});
    if (!writer) return tl::unexpected(writer.error());
    writer_ = std::move(*writer);
    engine_.setWriter(writer_.get());
    return {};
}

Result<void> DuplexStream::closeSession() {
    if (!writer_) return {};
    engine_.setWriter(nullptr);
    const auto writer = std::move(writer_);
    return writer->finish({{"lost_blocks", engine_.lostBlocks()},
                           {"dropped_blocks", engine_.droppedBlocks()},
                           {"dropped_packets", engine_.droppedPackets()}});
}

void DuplexStream::pumpInput() {
    const ScopedRole user(ThreadRole::user);
    std::vector<float> chunk(std::size_t(input_.chunkFrames()));
    std::size_t have = 0;
    const auto give = [&] {
        if (input_callback_) {
            input_callback_(chunk);
        } else {
            input_.write(std::span<const float>(chunk), engine_.nowNs());
        }
        have = 0;
    };
    for (bool last_round = false;;) {
        have += std::size_t(engine_.readUplink(std::span(chunk).subspan(have)));
        if (have == chunk.size()) {
            give();
        } else if (last_round) {
            break;
        } else if (!pumping_) {
            last_round = true;  // the worker is done: what is there now is the rest
        } else {
            std::this_thread::sleep_for(kPoll);
        }
    }
    if (have == 0) return;
    std::fill(chunk.begin() + std::ptrdiff_t(have), chunk.end(), 0.0F);
    give();
}

ItemId DuplexStream::beginItem() {
    const std::lock_guard lock(write_mutex_);
    item_open_ = true;
    return ++item_;
}

int DuplexStream::writeSome(ItemId item, std::span<const float> frames, bool last) {
    // Positions of direct audio count in the stream's samples, as those of packets do.
    const double scale = double(stream_rate_hz_) / rate_.hz;
    const std::lock_guard lock(write_mutex_);
    if (item < writing_item_) return -1;
    if (item != writing_item_) {
        writing_item_ = item;
        item_frame_ = 0;
    }
    ProvenanceSpan span{.item = item,
                        .item_sample = double(item_frame_) * scale,
                        .item_samples_per_frame = scale,
                        .last = last};
    if (frames.empty()) {
        // An end by itself travels on one frame of silence that is no part of the item.
        constexpr std::array<float, 1> kEnd{};
        span.item_samples_per_frame = 0.0;
        return engine_.writeDirect(kEnd, span);
    }
    const int n = engine_.writeDirect(frames, span);
    item_frame_ += n;
    return n;
}

Result<int> DuplexStream::write(std::span<const float> frames, int timeout_ms, bool last) {
    ItemId item = 0;
    {
        const std::lock_guard lock(write_mutex_);
        if (!item_open_ && engine_.running()) {
            item_open_ = true;
            ++item_;
        }
        item = item_;
    }
    auto done = write(item, frames, timeout_ms, last);
    if (done && last && *done == int(frames.size())) {
        const std::lock_guard lock(write_mutex_);
        if (item == item_) item_open_ = false;
    }
    return done;
}

Result<int> DuplexStream::write(ItemId item, std::span<const float> frames, int timeout_ms,
                                bool last) {
    const std::shared_lock life(life_);
    if (auto ok = checkItem(item); !ok) return tl::unexpected(ok.error());
    const Deadline deadline(timeout_ms);
    int done = 0;
    while (done < int(frames.size()) && engine_.running() && !interrupted(item)) {
        const int n = writeSome(item, frames.subspan(std::size_t(done)), last);
        if (n < 0) break;
        done += n;
        if (deadline.over()) break;
        if (n == 0) std::this_thread::sleep_for(kPoll);
    }
    return done;
}

Result<bool> DuplexStream::endItem(ItemId item, int timeout_ms) {
    const std::shared_lock life(life_);
    if (auto ok = checkItem(item); !ok) return tl::unexpected(ok.error());
    {
        const std::lock_guard lock(write_mutex_);
        if (item == item_) item_open_ = false;
    }
    const Deadline deadline(timeout_ms);
    while (engine_.running() && !interrupted(item)) {
        const int n = writeSome(item, {}, true);
        if (n != 0) return n > 0;
        if (deadline.over()) break;
        std::this_thread::sleep_for(kPoll);
    }
    return false;
}

Result<void> DuplexStream::checkItem(ItemId item) const {
    if (!engine_.running()) {
        return fail(ErrorKind::state, "the stream is not running", {}, "call start() first");
    }
    if (item == 0 || item > item_) {
        return fail(ErrorKind::usage, "there is no item " + std::to_string(item), {},
                    "beginItem() gives its id");
    }
    return {};
}

flow::ReadChunk DuplexStream::read(std::span<float> chunk, int timeout_ms) {
    const std::shared_lock life(life_);
    const Deadline deadline(timeout_ms);
    const auto waiting = [&] {
        const auto stats = input_.stats();
        return stats.chunks > stats.chunks_read;
    };
    while (!waiting() && pumping_ && !deadline.over()) std::this_thread::sleep_for(kPoll);
    return input_.read(chunk, 0);
}

void DuplexStream::setInputCallback(std::function<void(std::span<const float>)> callback) {
    input_callback_ = std::move(callback);
}

void DuplexStream::setEventCallback(std::function<void(const Event&)> callback) {
    event_callback_ = std::move(callback);
}

PlaybackPosition DuplexStream::position() const {
    const std::shared_lock life(life_);
    const auto audible = engine_.audibleFrames();  // first: what is rendered only grows
    return {engine_.renderedFrames(), audible};
}

double DuplexStream::bufferedMs() const {
    const std::shared_lock life(life_);
    return rate_.toMs({engine_.bufferedFrames()});
}

flow::BufferStats DuplexStream::inputStats() const {
    const std::shared_lock life(life_);
    return input_.stats();
}

Settings DuplexStream::settings() const {
    const std::lock_guard lock(settings_mutex_);
    return settings_;
}

Result<void> DuplexStream::set(std::string_view name, std::string_view text) {
    const auto ref = findSetting(name);
    if (!ref) return tl::unexpected(ref.error());
    const auto value = params::parseParam(*ref->row, name, text);
    if (!value) return tl::unexpected(value.error());
    if (ref->row->apply == params::ParamApply::restart) {
        return fail(ErrorKind::state, "takes effect at the next start", std::string(name),
                    "close the stream and open it with the new setting");
    }
    const Command command{.kind = CommandKind::set,
                          .setting = *ref,
                          .key = Name(name),
                          .value = *value,
                          .source = "api"};
    const std::shared_lock life(life_);
    const std::lock_guard lock(settings_mutex_);
    auto changed = settings_;
    ref->set(changed, *value);
    if (auto ok = checkTogether(changed); !ok) return ok;
    if (!engine_.command(command)) {
        return fail(ErrorKind::state, "too many commands at once", std::string(name), "try again");
    }
    settings_ = changed;
    return {};
}

bool DuplexStream::reset() {
    const std::shared_lock life(life_);
    return engine_.command({.kind = CommandKind::reset, .source = "reset"});
}

}  // namespace doubletalk::duplex
