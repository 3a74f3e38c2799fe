// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/sequenced_buffer.h"

#include <algorithm>

#include "engine/jitter/stream_check.h"

namespace doubletalk::jitter {
namespace {

constexpr double kNsPerMs = 1e6;
constexpr std::int64_t kLongGapNs = 3'000'000'000;
constexpr int kDirectMs = 200;
constexpr int kMaxPauseSlots = 3000;  ///< a longer jump of time stamps is a new start

}  // namespace

Result<void> SequencedBuffer::prepare(const StreamFormat& format, const JitterParams& params) {
    if (auto ok = checkStream(format); !ok) return ok;
    format_ = format;
    params_ = params;
    const int longest_ms = std::max({params.max_ms, params.target_ms, params.min_ms});
    // Switched off it plays packets as they come and holds hardly any.
    const int packets = params.enabled ? storePackets(longest_ms, format.frame_ms)
                                       : kDirectMs / format.frame_ms + 4;
    store_.prepare(packets, format.maxPayloadBytes());
    tracker_.prepare(format.rate);
    counts_ = {};
    SequencedBuffer::reset();
    return {};
}

void SequencedBuffer::reset() {
    store_.clear();
    tracker_.reset();
    discarded_.clear();
    playing_ = false;
    ended_ = false;
    last_arrived_ended_ = false;
    positioned_ = false;
    last_speech_ = true;
    pause_slots_ = 0;
}

void SequencedBuffer::makeRoom() noexcept {
    // Full means far behind the sender: keep what the start delay asks for, drop the oldest.
    const int keep =
        std::clamp(static_cast<int>(startDelayMs() / frameMs()), 1, store_.capacity() - 1);
    while (store_.size() > keep) skipHead();
}

PutResult SequencedBuffer::take(const PacketView& packet, std::int64_t arrival_ns,
                                bool wanted) noexcept {
    ++counts_.received;
    const bool paused = arrival_ns - last_arrival_ns_ > kLongGapNs;
    if (packet.header.marker || last_arrived_ended_ || paused) tracker_.rebase();
    const Arrival arrival = tracker_.onPacket(packet.header, arrival_ns);
    if (arrival.rejected) {
        ++counts_.late;
        return PutResult::late;
    }
    if (arrival.duplicate) return PutResult::duplicate;
    if (arrival.restarted) {
        counts_.discarded += store_.size();
        store_.clear();
        endSpurt();
        positioned_ = false;
    }
    last_arrival_ns_ = arrival_ns;
    last_arrived_ended_ = packet.header.last;
    onArrival(arrival);
    if (!wanted || discarded_.has(packet.header.item)) {
        ++counts_.discarded;
        return PutResult::discarded;
    }
    if (positioned_ && arrival.sequence < next_) {
        ++counts_.late;
        return PutResult::late;
    }
    if (store_.size() == store_.capacity()) makeRoom();
    const StoredPacket stored{packet.header, arrival.sequence, arrival.timestamp, arrival_ns, 0};
    const bool first = store_.empty();
    if (store_.insert(stored, packet.payload) != PacketStore::Insert::stored) {
        ++counts_.discarded;
        return PutResult::overflow;
    }
    if (!playing_ && first) {
        due_ns_ = arrival_ns + static_cast<std::int64_t>(startDelayMs() * kNsPerMs);
    }
    return PutResult::stored;
}

bool SequencedBuffer::running(std::int64_t slot_ns) noexcept {
    if (playing_ && ended_) {
        playing_ = false;
        if (!store_.empty()) {
            due_ns_ =
                store_.front().arrival_ns + static_cast<std::int64_t>(startDelayMs() * kNsPerMs);
        }
    }
    if (playing_) return true;
    if (store_.empty() || slot_ns < due_ns_) return false;
    playing_ = true;
    ended_ = false;
    positioned_ = true;
    next_ = store_.front().sequence;
    next_timestamp_ = store_.front().timestamp;
    pause_slots_ = 0;
    tracker_.passed(next_);
    return true;
}

SequencedBuffer::Head SequencedBuffer::head() noexcept {
    while (!store_.empty()) {
        const auto& packet = store_.front();
        if (packet.sequence > next_) return Head::hole;
        const std::int64_t gap = (packet.timestamp - next_timestamp_) / format_.frameFrames();
        if (gap < 0 || gap > kMaxPauseSlots || packet.header.marker) return Head::due;
        if (gap > pause_slots_) return Head::pause;
        if (gap == pause_slots_) return Head::due;
        // More silence was played than the sender made: this packet's time has gone.
        ++counts_.late;
        store_.drop();
        --pause_slots_;
        ++next_;
        next_timestamp_ += format_.frameFrames();
    }
    return Head::none;
}

Slot SequencedBuffer::playHead(std::int64_t slot_ns) noexcept {
    const StoredPacket& packet = store_.front();
    if (packet.header.marker && pause_slots_ >= 0 && packet.sequence == next_) {
        // A new talk spurt: its delay starts afresh.
        const auto due = packet.arrival_ns + static_cast<std::int64_t>(startDelayMs() * kNsPerMs);
        if (slot_ns < due) return {};
    }
    next_ = packet.sequence + 1;
    next_timestamp_ = packet.timestamp + format_.frameFrames();
    ended_ = packet.header.last;
    item_ = packet.header.item;
    last_speech_ = packet.header.speech;
    pause_slots_ = 0;
    ++counts_.played;
    Slot slot;
    slot.kind = SlotKind::frame;
    slot.arrival_ns = packet.arrival_ns;
    slot.packet = store_.pop();
    tracker_.passed(next_);
    return slot;
}

Slot SequencedBuffer::conceal() noexcept {
    ++next_;
    next_timestamp_ += format_.frameFrames();
    tracker_.passed(next_);
    Slot slot;
    slot.kind = SlotKind::missing;
    return slot;
}

void SequencedBuffer::skipHole(int slots) noexcept {
    next_ += slots;
    next_timestamp_ += std::int64_t{slots} * format_.frameFrames();
    tracker_.passed(next_);
}

double SequencedBuffer::newestDelayMs() const noexcept {
    const auto& newest = store_.back();
    return double(newest.arrival_ns) / kNsPerMs - tracker_.timestampMs(newest.timestamp) -
           tracker_.baseMs();
}

Slot SequencedBuffer::pause() noexcept {
    ++pause_slots_;
    return {};
}

void SequencedBuffer::skipHead() noexcept {
    const auto& packet = store_.front();
    next_ = packet.sequence + 1;
    next_timestamp_ = packet.timestamp + format_.frameFrames();
    ended_ = packet.header.last;
    pause_slots_ = 0;
    positioned_ = true;
    ++counts_.discarded;
    store_.drop();
    tracker_.passed(next_);
}

bool SequencedBuffer::silentForLong(std::int64_t slot_ns) const noexcept {
    return slot_ns - last_arrival_ns_ > kLongGapNs;
}

void SequencedBuffer::endSpurt() noexcept {
    playing_ = false;
    ended_ = false;
    pause_slots_ = 0;
    // A sender that paused goes on with the next number, whatever was concealed meanwhile.
    if (tracker_.started()) next_ = tracker_.newest() + 1;
}

void SequencedBuffer::discardItem(ItemId item) noexcept {
    if (item == 0) return;
    discarded_.add(item);
    const bool current = item == item_;
    counts_.discarded += store_.eraseItem(item);
    if (!current && !store_.empty()) return;
    endSpurt();
    if (store_.empty()) return;
    next_ = store_.front().sequence;
    due_ns_ = store_.front().arrival_ns + static_cast<std::int64_t>(startDelayMs() * kNsPerMs);
}

bool SequencedBuffer::takeOldest(PacketView& packet, std::int64_t& arrival_ns) noexcept {
    if (store_.empty()) return false;
    arrival_ns = store_.front().arrival_ns;
    packet = store_.pop();
    return true;
}

double SequencedBuffer::headDelayMs(std::int64_t slot_ns) const noexcept {
    return double(slot_ns) / kNsPerMs - tracker_.timestampMs(store_.front().timestamp) -
           tracker_.baseMs();
}

JitterState SequencedBuffer::state() const noexcept {
    JitterState state = counts_;
    state.lost = tracker_.lost();
    state.duplicate = tracker_.duplicates();
    state.reordered = tracker_.reordered();
    state.jitter_ms = tracker_.jitterMs();
    state.last_d_ms = tracker_.lastDMs();
    state.min_ms = tracker_.peakMs();
    if (!store_.empty()) {
        const auto from = std::min(next_, store_.front().sequence);
        state.buffer_ms = positioned_ ? double(store_.back().sequence - from + 1) * frameMs()
                                      : double(store_.size()) * frameMs();
    }
    return state;
}

}  // namespace doubletalk::jitter
