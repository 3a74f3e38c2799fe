// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/loudspeaker_feed.h"

#include <algorithm>
#include <array>

namespace doubletalk::duplex {

void LoudspeakerFeed::prepare(SampleRate rate, int lead_frames) {
    ring_ = std::make_unique<Ring<float>>(lead_frames * 2 + rate.framesOf(200));
    word_.store(0);
    ending_ = false;
    fade_left_ = 0;
    const std::array<float, kMaxBlockFrames> silence{};
    for (int left = lead_frames + rate.blockFrames(); left > 0;) {
        const int n = std::min(left, int(silence.size()));
        ring_->write(std::span(silence).first(std::size_t(n)));
        left -= n;
    }
}

void LoudspeakerFeed::post(int fade_frames, std::int64_t mark) noexcept {
    const auto fade = std::uint64_t(std::clamp(fade_frames, 0, (1 << kFadeBits) - 1));
    // Bit 63 tells a posted word from the empty one.
    word_.store((std::uint64_t(1) << 63) | (std::uint64_t(mark) << kFadeBits) | fade,
                std::memory_order_release);
}

void LoudspeakerFeed::interrupt(int fade_frames) noexcept { post(fade_frames, ring_->written()); }
void LoudspeakerFeed::hush(int fade_frames) noexcept { post(fade_frames, kOpenMark); }

void LoudspeakerFeed::takeInterrupt() noexcept {
    const auto word = word_.exchange(0, std::memory_order_acquire);
    if (word == 0) return;
    const auto fade = int(word & ((1u << kFadeBits) - 1));
    drop_until_ = std::int64_t((word & ~(std::uint64_t(1) << 63)) >> kFadeBits);
    if (ending_) return;  // already fading or silent: only the mark moves
    ending_ = true;
    // Longer than the audio there is it would be cut off on its way down.
    const auto there = std::min(drop_until_ - ring_->read(), ring_->available());
    fade_total_ = fade_left_ = int(std::clamp<std::int64_t>(there, 0, fade));
}

int LoudspeakerFeed::renderEnding(std::span<float> out) noexcept {
    const auto n = std::min<std::int64_t>(fade_left_, std::int64_t(out.size()));
    ring_->read(out.first(std::size_t(n)), false);
    for (std::int64_t i = 0; i < n; ++i) {
        out[std::size_t(i)] *= float(fade_left_ - i) / float(fade_total_ + 1);
    }
    fade_left_ -= int(n);
    return int(n);
}

void LoudspeakerFeed::render(std::span<float> out, session::ExchangeRecord& record) noexcept {
    // Before the word is looked at: what the worker writes once it has posted a mark stays.
    const auto written = ring_->written();
    takeInterrupt();
    record.playback_frames = int(out.size());
    record.ring_frame = ring_->read();
    record.dropped_frames = 0;
    record.interrupted = ending_;
    record.faded = false;
    if (!ending_) {
        record.queued_frames = int(ring_->read(out));
        record.audible_frames = record.queued_frames;
    } else {
        record.queued_frames = renderEnding(out);
        record.audible_frames = record.queued_frames;
        record.faded = fade_left_ == 0;
        if (record.faded) {
            const auto dropped =
                std::max<std::int64_t>(std::min(drop_until_, written) - ring_->read(), 0);
            ring_->commitRead(dropped);
            record.dropped_frames = int(dropped);
            ending_ = ring_->read() < drop_until_;
        }
    }
    std::fill(out.begin() + record.queued_frames, out.end(), 0.0F);
}

}  // namespace doubletalk::duplex
