// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/duplex/tts_player.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace doubletalk::duplex {
namespace {

constexpr std::chrono::milliseconds kRetry{3};

}  // namespace

Result<std::unique_ptr<TtsPlayer>> TtsPlayer::create(DuplexStream& stream, int rate_hz) {
    std::unique_ptr<TtsPlayer> player(new TtsPlayer(stream));
    player->rate_hz_ = rate_hz;
    if (rate_hz != stream.rate().hz) {
        if (auto ok = player->resampler_.prepare(rate_hz, stream.rate().hz); !ok) {
            return tl::unexpected(ok.error());
        }
    }
    auto* self = player.get();
    player->feeder_ = std::thread([self] { self->feed(); });
    return player;
}

TtsPlayer::~TtsPlayer() {
    bool unheard = false;
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
        unheard = !pieces_.empty();
    }
    wake_.notify_all();
    if (unheard) (void)stream_.interrupt();
    if (feeder_.joinable()) feeder_.join();
}

std::future<HeardReport> TtsPlayer::begin() {
    const std::lock_guard lock(mutex_);
    finishLocked();
    item_ = stream_.beginItem();
    open_ = true;
    if (rate_hz_ != stream_.rate().hz) {
        resampler_.reset();
        lag_frames_ = resampler_.lagFrames();
        owed_units_ = 0;
    }
    return stream_.whenDone(item_);
}

void TtsPlayer::convert(std::span<const float> chunk, std::vector<float>& out) {
    const int to_hz = stream_.rate().hz;
    converted_.resize(chunk.size() * std::size_t(to_hz) / std::size_t(rate_hz_) + 16);
    const int n = resampler_.process(chunk, converted_);
    // The resampler's delay is no part of the utterance: positions in it stay exact.
    const auto skip = std::min<std::int64_t>(n, lag_frames_);
    lag_frames_ -= skip;
    out.insert(out.end(), converted_.begin() + skip, converted_.begin() + n);
}

void TtsPlayer::keep(std::vector<float> samples, bool last) {
    queued_frames_ += samples.size();
    pieces_.push_back({.samples = std::move(samples), .last = last, .item = item_});
    wake_.notify_all();
}

bool TtsPlayer::push(std::span<const float> chunk) {
    const std::lock_guard lock(mutex_);
    if (!open_ || stream_.interrupted(item_)) return false;
    std::vector<float> samples;
    if (rate_hz_ == stream_.rate().hz) {
        samples.assign(chunk.begin(), chunk.end());
    } else {
        convert(chunk, samples);
        owed_units_ += std::int64_t(chunk.size()) * stream_.rate().hz -
                       std::int64_t(samples.size()) * rate_hz_;
    }
    if (!samples.empty()) keep(std::move(samples), false);
    return true;
}

void TtsPlayer::finish() {
    const std::lock_guard lock(mutex_);
    finishLocked();
}

void TtsPlayer::finishLocked() {
    if (!open_) return;
    open_ = false;
    if (stream_.interrupted(item_)) return;
    std::vector<float> samples;
    if (rate_hz_ != stream_.rate().hz) {
        // What is still inside the resampler is pushed out by silence.
        const auto owed = std::size_t((owed_units_ + rate_hz_ / 2) / rate_hz_);
        const std::array<float, 64> silence{};
        while (samples.size() < owed) convert(silence, samples);
        samples.resize(owed);
    }
    keep(std::move(samples), true);
}

std::future<HeardReport> TtsPlayer::interrupt() {
    auto future = stream_.interrupt();
    const std::lock_guard lock(mutex_);
    while (!pieces_.empty() && stream_.interrupted(pieces_.front().item)) {
        queued_frames_ -= pieces_.front().samples.size() - front_done_;
        pieces_.pop_front();
        front_done_ = 0;
    }
    return future;
}

ItemId TtsPlayer::item() const {
    const std::lock_guard lock(mutex_);
    return item_;
}

double TtsPlayer::bufferedMs() const {
    const std::lock_guard lock(mutex_);
    return stream_.bufferedMs() + stream_.rate().toMs({std::int64_t(queued_frames_)});
}

void TtsPlayer::feed() {
    std::unique_lock lock(mutex_);
    while (!ending_) {
        if (pieces_.empty()) {
            wake_.wait(lock);
            continue;
        }
        if (feedFront()) {
            queued_frames_ -= pieces_.front().samples.size() - front_done_;
            pieces_.pop_front();
            front_done_ = 0;
        } else {
            wake_.wait_for(lock, kRetry);  // there is no room
        }
    }
}

/// True when the oldest piece is over: taken as a whole, or of no use any more. The write does not
/// wait, so that a push never waits for it.
bool TtsPlayer::feedFront() {
    const Piece& piece = pieces_.front();
    if (stream_.interrupted(piece.item)) return true;
    if (piece.samples.empty()) {
        const auto ended = stream_.endItem(piece.item, 0);
        return !ended || *ended;
    }
    const auto wrote = stream_.write(
        piece.item, std::span<const float>(piece.samples).subspan(front_done_), 0, piece.last);
    if (!wrote) return true;  // the stream was stopped
    front_done_ += std::size_t(*wrote);
    queued_frames_ -= std::size_t(*wrote);
    return front_done_ == piece.samples.size();
}

}  // namespace doubletalk::duplex
