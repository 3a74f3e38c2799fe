// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "engine/dsp/resampler.h"
#include "engine/duplex/duplex_stream.h"

namespace doubletalk::duplex {

/// Plays speech that is still being made: takes chunks of any size at the synthesiser's rate as
/// they come and feeds them to a stream; an interruption stops at once and tells what was heard.
/// Utterances play one after the other. Thread: user; begin(), push() and finish() one thread, the
/// rest any.
class TtsPlayer {
public:
    /// rate_hz: of the chunks. stream must outlive the player and be running whenever something is
    /// pushed. Errors: rate.
    [[nodiscard]] static Result<std::unique_ptr<TtsPlayer>> create(DuplexStream& stream,
                                                                   int rate_hz);
    /// What the stream has not yet taken is interrupted.
    ~TtsPlayer();
    TtsPlayer(const TtsPlayer&) = delete;
    TtsPlayer& operator=(const TtsPlayer&) = delete;

    /// Starts an utterance (and finishes the one before); the future is ready when it was heard to
    /// its end or interrupted. Items of the stream that somebody else begins come in between.
    std::future<HeardReport> begin();
    /// Never waits: what the stream has no room for is kept here. False: the utterance was
    /// interrupted or never begun, making more of it is of no use.
    bool push(std::span<const float> chunk);
    /// No more chunks of this utterance.
    void finish();
    [[nodiscard]] std::future<HeardReport> interrupt();
    /// The stream's item of the newest utterance; 0 before the first.
    [[nodiscard]] ItemId item() const;
    /// Kept here and in the stream, not yet at the loudspeaker.
    [[nodiscard]] double bufferedMs() const;

private:
    explicit TtsPlayer(DuplexStream& stream) : stream_(stream) {}
    void convert(std::span<const float> chunk, std::vector<float>& out);
    void keep(std::vector<float> samples, bool last);
    void finishLocked();
    void feed();
    bool feedFront();

    struct Piece {
        std::vector<float> samples;
        bool last = false;
        ItemId item = 0;
    };

    DuplexStream& stream_;
    int rate_hz_ = 0;
    dsp::Resampler resampler_;
    std::int64_t lag_frames_ = 0;  ///< of the resampler, still to be left out
    std::int64_t owed_units_ = 0;  ///< pushed frames times the stream's rate, less what came out
    std::vector<float> converted_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Piece> pieces_;
    std::size_t queued_frames_ = 0;  ///< in pieces_, not yet taken by the stream
    std::size_t front_done_ = 0;     ///< of the oldest piece
    ItemId item_ = 0;
    bool open_ = false;  ///< begun and not finished
    bool ending_ = false;
    std::thread feeder_;
};

}  // namespace doubletalk::duplex
