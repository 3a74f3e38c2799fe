// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "engine/core/event.h"
#include "engine/core/frames.h"
#include "engine/core/mailbox.h"
#include "engine/core/ring.h"
#include "engine/duplex/block_loop.h"

namespace doubletalk::bench {

/// Smallest, largest and root mean square sample of a stretch; 32767 is full scale.
struct WaveColumn {
    std::int16_t min = 0;
    std::int16_t max = 0;
    std::int16_t rms = 0;
};

[[nodiscard]] WaveColumn columnOf(std::span<const float> samples) noexcept;

inline constexpr int kColumnsPerBlock = 4;  ///< a waveform column is 2.5 ms wide
/// A block's columns out of its samples, however many; none: silence. Real-time safe.
void fillColumns(std::array<WaveColumn, kColumnsPerBlock>& columns,
                 std::span<const float> samples) noexcept;
inline constexpr double kColumnS = 0.0025;

enum class FeedTap : std::uint8_t { far, microphone, output, count_ };
inline constexpr int kFeedTaps = static_cast<int>(FeedTap::count_);

/// One 10 ms block as a window sees it.
struct FeedBlock {
    BlockIndex block = 0;
    std::array<std::array<WaveColumn, kColumnsPerBlock>, kFeedTaps> columns{};
    ItemId item = 0;          ///< sounding now; 0: none
    float heard_ms = 0.0F;    ///< of that item
    float clean_dbfs = 0.0F;  ///< of the cleaned signal: what voice activity looks at
    bool voice = false;       ///< voice activity on the cleaned signal
    bool lost = false;        ///< the microphone's audio was made up
    bool concealed = false;   ///< the loudspeaker's audio was made up
    bool clipped = false;
    bool ready = false;  ///< the canceller is ready for barge-in
};

/// One row of ChainMeter::columns(), each 100 ms.
struct FeedRow {
    BlockIndex block = 0;
    double time_s = 0.0;
    static constexpr std::size_t kMostColumns = 64;
    std::array<double, kMostColumns> values{};  ///< the first columns().size() of them
};

/// One packet of the downlink as it came, or never came.
struct FeedPacket {
    BlockIndex block = 0;
    std::uint16_t sequence = 0;
    bool lost = false;
    double delay_ms = 0.0;  ///< arrival less sending, on one clock; NaN when lost
};

/// The running canceller's echo path, each second.
struct EchoPath {
    static constexpr int kMostFrames = 24576;  ///< 512 ms at 48 kHz, the longest tail
    BlockIndex block = 0;
    int rate_hz = 16000;
    int frames = 0;
    double delay_ms = 0.0;  ///< alignment before its first frame
    std::array<float, kMostFrames> response{};
};

/// An item's own audio, which sounds later, or never.
struct ItemWave {
    ItemId item = 0;
    std::vector<WaveColumn> columns;
    bool more = false;  ///< goes on behind what is known of the item
};

/// What a running engine shows to a window: rings from its worker, which never waits; whoever reads
/// them too late finds a gap, counted in dropped().
/// Thread: push() worker, prepare() while nothing runs, the rest one reader (gui).
class LiveFeed {
public:
    LiveFeed();
    /// Empties everything. Not real-time safe.
    void prepare();
    /// After every block. Real-time safe.
    void push(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept;

    /// Each gives the next entries, oldest first, and returns how many.
    int readBlocks(std::span<FeedBlock> to) noexcept { return int(blocks_->read(to, false)); }
    int readRows(std::span<FeedRow> to) noexcept { return int(rows_->read(to, false)); }
    int readEvents(std::span<Event> to) noexcept { return int(events_->read(to, false)); }
    int readPackets(std::span<FeedPacket> to) noexcept { return int(packets_->read(to, false)); }
    /// False: nothing newer than the last one.
    bool echoPath(EchoPath& out) noexcept { return path_->get(out); }
    /// An item that begins, or more of one. Moves it behind a lock: the thread of the run that
    /// sends it, not real time.
    void pushItem(ItemWave wave);
    /// What was pushed since the last call, oldest first.
    [[nodiscard]] std::vector<ItemWave> takeItems();
    /// Blocks waiting to be read. Any thread.
    [[nodiscard]] std::int64_t waitingBlocks() const noexcept { return blocks_->available(); }
    /// Entries nobody read in time.
    [[nodiscard]] std::int64_t dropped() const noexcept;

private:
    void pushBlock(const duplex::BlockLoop& loop, const duplex::BlockInput& input) noexcept;
    void pushPackets(const duplex::BlockInput& input) noexcept;
    void pushPath(const duplex::BlockLoop& loop, BlockIndex block) noexcept;

    std::unique_ptr<Ring<FeedBlock>> blocks_;
    std::unique_ptr<Ring<FeedRow>> rows_;
    std::unique_ptr<Ring<Event>> events_;
    std::unique_ptr<Ring<FeedPacket>> packets_;
    std::unique_ptr<Mailbox<EchoPath>> path_;
    std::unique_ptr<EchoPath> newest_path_;  ///< worker's own
    std::mutex items_mutex_;
    std::vector<ItemWave> items_;
};

}  // namespace doubletalk::bench
