// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "app/bench/live_feed.h"

namespace doubletalk::ui {

/// A value over time at a fixed grid, drawn by plots; NaN where nothing was measured.
struct Series {
    double step_s = 0.1;
    double first_s = 0.0;        ///< time of values[0]
    std::vector<double> values;  ///< one each step_s
};

/// Waveform columns at one resolution: columns[i] covers [i, i + 1) * step_s.
struct WaveLevel {
    double step_s = bench::kColumnS;
    std::vector<bench::WaveColumn> columns;
};

/// A stretch of time on a lane: assistant, user, problem.
struct Stretch {
    double from_s = 0.0;
    double to_s = -1.0;  ///< below from_s: still going on
    std::int64_t item = 0;
};

/// Everything one run or one opened session has shown so far, on the capture clock; what all plots,
/// tables and panels read. Grows by poll(), at most ~60 MiB an hour.
/// Thread: gui.
class History {
public:
    History();
    void clear();
    /// Takes over everything the feed has; true when something came.
    bool poll(bench::LiveFeed& feed);
    /// Entries by hand (opened sessions, tests). In time order.
    void addBlock(const bench::FeedBlock& block);
    void addRow(const bench::FeedRow& row);
    void addEvent(const Event& event);
    void addPacket(const bench::FeedPacket& packet);
    void setEchoPath(const bench::EchoPath& path);
    /// An item's own audio, as it will sound unless it is interrupted; or more of it.
    void addItem(bench::ItemWave wave);

    /// End of the newest block.
    [[nodiscard]] double nowS() const { return now_s_; }
    /// Grows with every change; a plot that drew this version need not draw again.
    [[nodiscard]] std::uint64_t version() const { return version_; }
    /// Changes when clear() was called: everything drawn is void.
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

    /// Columns of a tap at the coarsest level that is not coarser than step_s. Levels: 2.5 ms, 20
    /// ms, 160 ms, 1.28 s.
    [[nodiscard]] const WaveLevel& wave(bench::FeedTap tap, double step_s) const;
    /// A metrics column by its METRICS id ("erle_db"); empty values when there is none.
    [[nodiscard]] const Series& series(std::string_view metric) const;
    /// Newest value of a metric; NaN when missing.
    [[nodiscard]] double value(std::string_view metric) const;
    /// Level of the cleaned signal in dBFS, and voice activity (0 or 1), each 10 ms.
    [[nodiscard]] const Series& cleanLevel() const { return clean_dbfs_; }
    [[nodiscard]] const Series& voice() const { return voice_; }
    [[nodiscard]] const std::vector<Event>& events() const { return events_; }
    [[nodiscard]] const std::vector<bench::FeedPacket>& packets() const { return packets_; }
    /// Lanes in time order.
    [[nodiscard]] const std::vector<Stretch>& assistant() const { return assistant_; }
    [[nodiscard]] const std::vector<Stretch>& user() const { return user_; }  ///< voice
    [[nodiscard]] const std::vector<Stretch>& concealed() const { return concealed_; }
    [[nodiscard]] const std::vector<Stretch>& lost() const { return lost_; }
    [[nodiscard]] const std::vector<Stretch>& clipped() const { return clipped_; }
    /// What is queued of the item that sounds now, or was not heard of the one that was
    /// interrupted.
    struct Queued {
        double from_s = 0.0;  ///< where it would sound, or would have
        std::span<const bench::WaveColumn> columns;
    };
    [[nodiscard]] Queued queued() const;
    /// Null before the first.
    [[nodiscard]] const bench::EchoPath* echoPath() const { return path_.get(); }
    /// [ms] Length of the canceller's filter; nothing: none was told in the last 3 s.
    [[nodiscard]] std::optional<double> filterMs() const;

private:
    static constexpr int kLevels = 4;

    void addColumns(int tap, std::span<const bench::WaveColumn> columns);
    void followItem(const bench::FeedBlock& block);
    void addStretch(std::vector<Stretch>& lane, bool on, double from_s, std::int64_t item);

    double now_s_ = 0.0;
    std::uint64_t version_ = 1;
    std::uint64_t epoch_ = 1;
    BlockIndex next_block_ = 0;
    WaveLevel waves_[bench::kFeedTaps][kLevels];
    std::vector<Series> series_;  ///< in the order of ChainMeter::columns()
    Series no_series_, clean_dbfs_, voice_;
    std::vector<Event> events_;
    std::vector<bench::FeedPacket> packets_;
    std::vector<Stretch> assistant_, user_, concealed_, lost_, clipped_;
    std::unique_ptr<bench::EchoPath> path_, scratch_path_;
    std::vector<bench::FeedBlock> block_scratch_;
    std::vector<bench::ItemWave> items_;  ///< the newest few
    ItemId sounding_ = 0;                 ///< or the last that sounded
    double sounding_heard_s_ = 0.0, sounding_now_s_ = 0.0;
};

/// Seconds at an event: its frame when it has one, else the start of its block.
[[nodiscard]] double eventTimeS(const Event& event, int rate_hz);
/// Loss, late, underrun, divergence, clipping: what N and P step through.
[[nodiscard]] bool isProblem(EventKind kind);

}  // namespace doubletalk::ui
