// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/jitter/delay_tracker.h"
#include "engine/jitter/discard_list.h"
#include "engine/jitter/jitter_buffer.h"
#include "engine/jitter/packet_store.h"

namespace doubletalk::jitter {

/// What the fixed and the adaptive buffer share: packets in order of sequence, late and duplicate
/// rejection, talk spurts, pauses and the end of items. Who derives decides when a slot is due.
class SequencedBuffer : public JitterBuffer {
public:
    [[nodiscard]] Result<void> prepare(const StreamFormat& format,
                                       const JitterParams& params) override;
    PutResult put(const PacketView& packet, std::int64_t arrival_ns) noexcept override {
        return take(packet, arrival_ns, true);
    }
    void passBy(const PacketView& packet, std::int64_t arrival_ns) noexcept override {
        take(packet, arrival_ns, false);
    }
    void discardItem(ItemId item) noexcept override;
    bool takeOldest(PacketView& packet, std::int64_t& arrival_ns) noexcept override;
    void reset() override;
    void setParams(const JitterParams& params) noexcept override { params_ = params; }
    [[nodiscard]] JitterState state() const noexcept override;

protected:
    /// How a slot with an arrived packet stands to the play position.
    enum class Head : std::uint8_t { none, due, hole, pause };

    /// Called for every packet that is neither duplicate nor rejected.
    virtual void onArrival(const Arrival& arrival) noexcept = 0;
    /// Delay a talk spurt starts with.
    [[nodiscard]] virtual double startDelayMs() const noexcept = 0;

    /// Starts a talk spurt when its first packet is due; false: nothing to play in this slot.
    [[nodiscard]] bool running(std::int64_t slot_ns) noexcept;
    [[nodiscard]] Head head() noexcept;
    [[nodiscard]] Slot playHead(std::int64_t slot_ns) noexcept;
    [[nodiscard]] Slot conceal() noexcept;
    [[nodiscard]] Slot pause() noexcept;
    /// Counts slots of the hole before the oldest packet as played.
    void skipHole(int slots) noexcept;
    /// Delay above the running minimum that the newest waiting packet had when it came.
    [[nodiscard]] double newestDelayMs() const noexcept;
    /// Throws the oldest packet away and plays on behind it.
    void skipHead() noexcept;
    /// Nothing came for so long that whatever comes next starts anew.
    [[nodiscard]] bool silentForLong(std::int64_t slot_ns) const noexcept;
    void endSpurt() noexcept;
    [[nodiscard]] double frameMs() const noexcept { return format_.frame_ms; }
    [[nodiscard]] bool lastWasSpeech() const noexcept { return last_speech_; }
    /// Delay above the running minimum that the oldest packet has when played at slot_ns.
    [[nodiscard]] double headDelayMs(std::int64_t slot_ns) const noexcept;

    StreamFormat format_;
    JitterParams params_;
    PacketStore store_;
    DelayTracker tracker_;
    std::int64_t next_ = 0;  ///< extended sequence of the next slot
    JitterState counts_;     ///< only its counters and times that derived classes set

private:
    PutResult take(const PacketView& packet, std::int64_t arrival_ns, bool wanted) noexcept;
    void makeRoom() noexcept;

    DiscardList discarded_;
    bool playing_ = false;
    bool ended_ = false;  ///< the last played packet ended its item
    bool last_arrived_ended_ = false;
    bool positioned_ = false;  ///< next_ means something
    bool last_speech_ = true;
    ItemId item_ = 0;      ///< of the last played packet
    int pause_slots_ = 0;  ///< idle slots since the last packet
    std::int64_t next_timestamp_ = 0;
    std::int64_t due_ns_ = 0;  ///< start of the talk spurt
    std::int64_t last_arrival_ns_ = 0;
};

}  // namespace doubletalk::jitter
