// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "app/bench/live_feed.h"

namespace doubletalk::duplex {
class FarEnd;
struct FarEndItem;
}  // namespace doubletalk::duplex

namespace doubletalk::bench {

/// Waveform columns of audio that comes piece by piece.
class WaveMaker {
public:
    explicit WaveMaker(int rate_hz) : column_frames_(rate_hz * kColumnS) {}
    /// The columns these samples complete.
    [[nodiscard]] std::vector<WaveColumn> add(std::span<const float> samples);

private:
    double column_frames_;
    std::int64_t columns_ = 0;
    std::vector<float> rest_;  ///< of the column that is not whole
};

/// The waveforms of what a run is to say. Whoever queues an item makes its columns; they go to the
/// feed when it begins, moved, however long it is. Thread: the run's, addScene() before it.
class ItemWaves {
public:
    explicit ItemWaves(LiveFeed& feed) : feed_(feed) {}

    /// The scene's own items; slow. Their samples stay where they are until they begin.
    void addScene(std::span<const duplex::FarEndItem> items, int stream_hz, int engine_hz);
    void add(std::int64_t ticket, std::vector<WaveColumn> columns);
    /// More of an open item: shown at once when it has begun.
    void append(std::int64_t ticket, std::vector<WaveColumn> columns);
    void remove(std::int64_t ticket) { waiting_.erase(ticket); }
    /// After each FarEnd::step().
    void follow(const duplex::FarEnd& far_end);

private:
    LiveFeed& feed_;
    std::map<const float*, std::vector<WaveColumn>> scene_;  ///< by where their samples lie
    std::map<std::int64_t, std::vector<WaveColumn>> waiting_;
    std::map<std::int64_t, ItemId> open_;  ///< begun, and still being made
};

}  // namespace doubletalk::bench
