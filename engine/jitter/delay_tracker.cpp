// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/delay_tracker.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace doubletalk::jitter {
namespace {

constexpr double kNsPerMs = 1e6;
constexpr std::int64_t kBucketNs = 2'000'000'000;
constexpr int kPeakBuckets = 2;

}  // namespace

void DelayTracker::prepare(SampleRate rate) noexcept {
    rate_hz_ = rate.hz;
    reset();
}

void DelayTracker::reset() noexcept {
    started_ = false;
    probing_ = false;
    jitter_ms_ = 0.0;
    last_d_ms_ = 0.0;
    base_ms_ = 0.0;
    seen_.fill(0);
    buckets_.fill({});
}

void DelayTracker::begin(const PacketHeader& header, std::int64_t arrival_ns,
                         Arrival& arrival) noexcept {
    const bool again = started_;
    reset();
    started_ = true;
    // Far from zero, so that packets older than the first keep positive numbers.
    first_ = newest_ = counted_ = (std::int64_t{1} << 32) + header.sequence;
    newest_timestamp_ = last_timestamp_ = (std::int64_t{1} << 40) + header.timestamp;
    last_arrival_ns_ = arrival_ns;
    mark(newest_);
    measure(newest_timestamp_, arrival_ns);
    arrival.sequence = newest_;
    arrival.timestamp = newest_timestamp_;
    arrival.restarted = again;
}

bool DelayTracker::seen(std::int64_t sequence) const noexcept {
    if (newest_ - sequence >= kSeen) return false;
    const auto bit = static_cast<std::uint64_t>(sequence) % kSeen;
    return ((seen_[bit / 64] >> (bit % 64)) & 1U) != 0;
}

void DelayTracker::mark(std::int64_t sequence) noexcept {
    const auto bit = static_cast<std::uint64_t>(sequence) % kSeen;
    seen_[bit / 64] |= std::uint64_t{1} << (bit % 64);
}

void DelayTracker::countLost(std::int64_t end) noexcept {
    for (; counted_ < end; ++counted_) lost_ += seen(counted_) ? 0 : 1;
}

void DelayTracker::passed(std::int64_t sequence) noexcept {
    if (started_) countLost(std::min(sequence, newest_));
}

void DelayTracker::advance(std::int64_t sequence) noexcept {
    for (; newest_ < sequence; ++newest_) {
        // What falls out of the window is not looked at again.
        if (counted_ <= newest_ + 1 - kSeen) countLost(newest_ + 2 - kSeen);
        const auto bit = static_cast<std::uint64_t>(newest_ + 1) % kSeen;
        seen_[bit / 64] &= ~(std::uint64_t{1} << (bit % 64));
    }
}

void DelayTracker::measure(std::int64_t timestamp, std::int64_t arrival_ns) noexcept {
    const double delay_ms = double(arrival_ns) / kNsPerMs - timestampMs(timestamp);
    const std::int64_t number = arrival_ns / kBucketNs;
    auto& bucket = buckets_[static_cast<std::size_t>(number % kBuckets + kBuckets) % kBuckets];
    if (bucket.number != number) bucket = {number, delay_ms, delay_ms};
    bucket.min_ms = std::min(bucket.min_ms, delay_ms);
    bucket.max_ms = std::max(bucket.max_ms, delay_ms);
    base_ms_ = delay_ms;
    for (const auto& b : buckets_) {
        if (b.number >= 0 && number - b.number < kBuckets) base_ms_ = std::min(base_ms_, b.min_ms);
    }
}

double DelayTracker::peakMs() const noexcept {
    const std::int64_t number = last_arrival_ns_ / kBucketNs;
    double peak = 0.0;
    for (const auto& b : buckets_) {
        if (b.number >= 0 && number - b.number < kPeakBuckets) {
            peak = std::max(peak, b.max_ms - base_ms_);
        }
    }
    return peak;
}

Arrival DelayTracker::onPacket(const PacketHeader& header, std::int64_t arrival_ns) noexcept {
    Arrival arrival;
    if (!started_) {
        begin(header, arrival_ns, arrival);
        return arrival;
    }
    const int delta = sequenceDelta(header.sequence, static_cast<std::uint16_t>(newest_));
    if (std::abs(delta) > kMaxJump) {
        if (probing_ && header.sequence == probe_) {
            begin(header, arrival_ns, arrival);
            return arrival;
        }
        probing_ = true;
        probe_ = static_cast<std::uint16_t>(header.sequence + 1);
        arrival.rejected = true;
        return arrival;
    }
    probing_ = false;
    arrival.sequence = newest_ + delta;
    const auto turn =
        static_cast<std::int32_t>(header.timestamp - static_cast<std::uint32_t>(newest_timestamp_));
    arrival.timestamp = newest_timestamp_ + turn;
    if (delta <= 0 && seen(arrival.sequence)) {
        arrival.duplicate = true;
        ++duplicates_;
        return arrival;
    }
    if (delta > 0) {
        advance(arrival.sequence);
        newest_timestamp_ = arrival.timestamp;
    } else {
        arrival.reordered = true;
        ++reordered_;
        if (arrival.sequence < first_) first_ = arrival.sequence;
    }
    mark(arrival.sequence);
    last_d_ms_ = double(arrival_ns - last_arrival_ns_) / kNsPerMs -
                 timestampMs(arrival.timestamp - last_timestamp_);
    jitter_ms_ += (std::abs(last_d_ms_) - jitter_ms_) / 16.0;
    last_timestamp_ = arrival.timestamp;
    last_arrival_ns_ = arrival_ns;
    measure(arrival.timestamp, arrival_ns);
    arrival.relative_ms = double(arrival_ns) / kNsPerMs - timestampMs(arrival.timestamp) - base_ms_;
    return arrival;
}

}  // namespace doubletalk::jitter
