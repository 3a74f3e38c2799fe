// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/device_link.h"

#include <algorithm>
#include <utility>

namespace doubletalk::duplex {
namespace {

constexpr int kRingMs = 500;
constexpr int kExchanges = 512;

}  // namespace

void DeviceLink::prepare(SampleRate rate) {
    rate_ = rate;
    captured_ = std::make_unique<Ring<float>>(rate.framesOf(kRingMs));
    reference_ = std::make_unique<Ring<float>>(rate.framesOf(kRingMs));
    exchanges_ = std::make_unique<Ring<session::ExchangeRecord>>(kExchanges);
    missed_ = unheard_frames_ = 0;
    playback_.assign(std::size_t(reference_->capacity()), 0.0F);
    playback_frames_ = 0;
    now_exchanges_.clear();
    now_exchanges_.reserve(std::size_t(exchanges_->capacity()) + 2);
    taken_frames_ = recorded_frames_ = dropped_frames_ = last_time_ns_ = 0;
}

void DeviceLink::exchange(std::span<const float> in, std::span<float> out, std::int64_t time_ns,
                          LoudspeakerFeed& feed) noexcept {
    const auto frames = std::int64_t(in.size());
    if (captured_->space() < frames || reference_->space() < std::int64_t(out.size()) ||
        exchanges_->space() < 1) {
        std::fill(out.begin(), out.end(), 0.0F);
        missed_.fetch_add(frames);
        return;
    }
    session::ExchangeRecord record;
    record.time_ns = time_ns;
    record.captured_frames = std::int32_t(frames);
    // A record without playback tells nothing of the loudspeaker: what happens there waits for one.
    if (!out.empty()) {
        record.unheard_frames = std::int32_t(std::exchange(unheard_frames_, 0));
        feed.render(out, record);
    }
    reference_->write(out);
    exchanges_->write(std::span(&record, 1));
    // Last: who finds captured audio finds its exchange too.
    captured_->write(in);
}

std::int64_t DeviceLink::dropBacklog(std::int64_t most_frames) noexcept {
    const auto waiting = captured_->available();
    if (waiting <= most_frames) return 0;
    const auto dropped = (waiting - most_frames) / rate_.blockFrames() * rate_.blockFrames();
    captured_->commitRead(dropped);
    taken_frames_ += dropped;
    dropped_frames_ += dropped;
    return dropped;
}

void DeviceLink::beginBlock() noexcept {
    now_exchanges_.clear();
    playback_frames_ = 0;
    if (dropped_frames_ == 0) return;
    // Its captured frames count in the records that follow; they never become blocks.
    now_exchanges_.push_back(
        {.time_ns = last_time_ns_, .captured_frames = -std::int32_t(dropped_frames_)});
    dropped_frames_ = 0;
}

/// Every exchange that holds captured frames up to this one; with whole, none that goes beyond.
void DeviceLink::collect(std::int64_t up_to_frames, bool whole) noexcept {
    while (recorded_frames_ < up_to_frames && now_exchanges_.size() < now_exchanges_.capacity()) {
        const auto next = exchanges_->prepareRead(1);
        if (next.size() == 0) break;
        const auto record = next.first.front();
        if (whole && recorded_frames_ + record.captured_frames >= up_to_frames) break;
        const auto played = std::size_t(record.playback_frames);
        if (playback_frames_ + played > playback_.size()) break;
        exchanges_->commitRead(1);
        reference_->read(std::span(playback_).subspan(playback_frames_, played), false);
        playback_frames_ += played;
        recorded_frames_ += record.captured_frames;
        last_time_ns_ = record.time_ns;
        now_exchanges_.push_back(record);
    }
}

void DeviceLink::take(std::span<float> block) noexcept {
    beginBlock();
    taken_frames_ += captured_->read(block, false);
    collect(taken_frames_, false);
}

void DeviceLink::makeUp(std::span<float> block, std::int64_t now_ns) noexcept {
    beginBlock();
    std::fill(block.begin(), block.end(), 0.0F);
    // The loudspeaker may have gone on by itself. An exchange that completes a block comes with it.
    collect(taken_frames_ + std::int64_t(block.size()), true);
    now_exchanges_.push_back(
        {.time_ns = now_ns, .captured_frames = std::int32_t(block.size()), .lost = true});
}

}  // namespace doubletalk::duplex
