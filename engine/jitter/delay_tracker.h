// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

#include "engine/core/packet.h"

namespace doubletalk::jitter {

/// What one arrival says.
struct Arrival {
    std::int64_t sequence = 0;   ///< extended: never wraps
    std::int64_t timestamp = 0;  ///< [samples] extended
    double relative_ms = 0.0;    ///< delay above the running minimum
    bool duplicate = false;      ///< seen before (the rest is not updated)
    bool reordered = false;      ///< older than the newest
    bool restarted = false;      ///< sequence jumped: a new stream begins with this packet
    bool rejected = false;       ///< far off; a second one in a row will restart
};

/// Extends sequence numbers and time stamps over their wraps, counts expected, lost, duplicate and
/// reordered packets, and measures jitter and delay above the minimum of the last minute.
/// Thread: one at a time. Real-time safe.
/// Ref: RFC 3550 sections 6.4.1 and A.1, RFC 5481.
class DelayTracker {
public:
    void prepare(SampleRate rate) noexcept;
    void reset() noexcept;
    Arrival onPacket(const PacketHeader& header, std::int64_t arrival_ns) noexcept;

    /// A talk spurt begins after a pause: the sender's clock may have stood still, so delays are
    /// measured anew.
    void rebase() noexcept { buckets_.fill({}); }
    /// The same, from this packet on.
    void rebase(std::int64_t timestamp, std::int64_t arrival_ns) noexcept {
        rebase();
        measure(timestamp, arrival_ns);
    }

    /// RFC 3550: J += (|D| - J) / 16 over packets in order of arrival.
    [[nodiscard]] double jitterMs() const noexcept { return jitter_ms_; }
    [[nodiscard]] double lastDMs() const noexcept { return last_d_ms_; }
    /// Largest delay above the minimum in the last two to four seconds.
    [[nodiscard]] double peakMs() const noexcept;
    /// arrival - time stamp of the fastest packet of the last minute [ms].
    [[nodiscard]] double baseMs() const noexcept { return base_ms_; }
    [[nodiscard]] double timestampMs(std::int64_t timestamp) const noexcept {
        return 1000.0 * double(timestamp) / rate_hz_;
    }
    [[nodiscard]] bool started() const noexcept { return started_; }
    [[nodiscard]] std::int64_t newest() const noexcept { return newest_; }
    [[nodiscard]] std::int64_t expected() const noexcept { return newest_ - first_ + 1; }
    [[nodiscard]] std::int64_t duplicates() const noexcept { return duplicates_; }
    [[nodiscard]] std::int64_t reordered() const noexcept { return reordered_; }
    [[nodiscard]] std::int64_t lost() const noexcept { return lost_; }
    /// The play position passed everything below sequence: holes there that newer packets have
    /// already overtaken count as lost.
    void passed(std::int64_t sequence) noexcept;

private:
    static constexpr int kSeen = 1024;     ///< packets looked back at for duplicates
    static constexpr int kMaxJump = 3000;  ///< RFC 3550 A.1 MAX_DROPOUT
    static constexpr int kBuckets = 30;    ///< of two seconds each, for the running minimum
    struct Bucket {
        std::int64_t number = -1;
        double min_ms = 0.0;
        double max_ms = 0.0;
    };

    void begin(const PacketHeader& header, std::int64_t arrival_ns, Arrival& arrival) noexcept;
    void measure(std::int64_t timestamp, std::int64_t arrival_ns) noexcept;
    [[nodiscard]] bool seen(std::int64_t sequence) const noexcept;
    void mark(std::int64_t sequence) noexcept;
    void advance(std::int64_t sequence) noexcept;
    void countLost(std::int64_t end) noexcept;

    double rate_hz_ = 16000.0;
    bool started_ = false;
    bool probing_ = false;
    std::uint16_t probe_ = 0;  ///< sequence that would confirm a restart
    std::int64_t first_ = 0, newest_ = 0, newest_timestamp_ = 0;
    std::int64_t counted_ = 0;  ///< losses are counted up to here
    std::int64_t last_timestamp_ = 0, last_arrival_ns_ = 0;
    std::array<std::uint64_t, kSeen / 64> seen_{};
    std::array<Bucket, kBuckets> buckets_{};
    double jitter_ms_ = 0.0, last_d_ms_ = 0.0, base_ms_ = 0.0;
    std::int64_t duplicates_ = 0, reordered_ = 0, lost_ = 0;
};

}  // namespace doubletalk::jitter
