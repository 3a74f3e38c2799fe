// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/core/packet.h"
#include "engine/core/result.h"
#include "engine/jitter/jitter_params.h"

namespace doubletalk::jitter {

/// What a slot of one frame length holds. idle: nothing is expected (before the first packet, after
/// an item's last one, or while filling), play silence; missing: conceal.
enum class SlotKind : std::uint8_t { frame, missing, idle };

struct Slot {
    SlotKind kind = SlotKind::idle;
    PacketView packet;            ///< kind frame; valid until the next call of any verb
    std::int64_t arrival_ns = 0;  ///< kind frame
    bool passed = true;  ///< kind missing: false when the buffer waits, its audio may still come
    int stretch_frames = 0;  ///< wish: samples to insert (> 0) or remove (< 0) around this slot
};

enum class PutResult : std::uint8_t { stored, late, duplicate, overflow, discarded };

/// Lifetime counters never reset; times are the buffer's own view.
struct JitterState {
    double target_ms = 0.0;  ///< what the controller wants
    double buffer_ms = 0.0;  ///< what lies in it, newest to next slot
    double min_ms = 0.0;     ///< smallest delay that would have lost nothing lately
    double jitter_ms = 0.0;  ///< RFC 3550 section 6.4.1
    double last_d_ms = 0.0;  ///< raw D of the last packet
    std::int64_t received = 0, played = 0, late = 0, lost = 0, duplicate = 0, reordered = 0;
    std::int64_t discarded = 0;  ///< thrown away by the controller or by discardItem
    std::int64_t adjustments = 0;

    /// Adds the counters of other times factor; its times are left alone.
    void addCounters(const JitterState& other, std::int64_t factor) noexcept;
};

inline void JitterState::addCounters(const JitterState& other, std::int64_t factor) noexcept {
    for (const auto counter : {&JitterState::received, &JitterState::played, &JitterState::late,
                               &JitterState::lost, &JitterState::duplicate, &JitterState::reordered,
                               &JitterState::discarded, &JitterState::adjustments}) {
        this->*counter += factor * other.*counter;
    }
}

/// A jitter buffer knows no PCM: packets in with their arrival time, one slot out per frame length.
/// Thread: one at a time. put() and get() are real-time safe.
class JitterBuffer {
public:
    virtual ~JitterBuffer() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// Takes all memory. Errors: unsupported format.
    [[nodiscard]] virtual Result<void> prepare(const StreamFormat& format,
                                               const JitterParams& params) = 0;
    /// Copies the payload. arrival_ns never goes back.
    virtual PutResult put(const PacketView& packet, std::int64_t arrival_ns) noexcept = 0;
    /// Counts a packet nobody wants any more (received, discarded) and knows its place in the
    /// stream: it is not lost. Real-time safe.
    virtual void passBy(const PacketView& packet, std::int64_t arrival_ns) noexcept = 0;
    /// Once per frame length; slot_ns is the time of this slot on the arrival clock.
    virtual Slot get(std::int64_t slot_ns) noexcept = 0;
    /// The stretcher's report: how many samples were really inserted (> 0) or removed (< 0).
    virtual void stretched(int frames) noexcept = 0;
    /// Drops every packet of the item, now and whenever one arrives (counted as discarded), and
    /// forgets the talk spurt.
    virtual void discardItem(ItemId item) noexcept = 0;
    /// Removes the oldest waiting packet, to hand it to another buffer; false when none waits. The
    /// view is valid until the next call of any verb.
    virtual bool takeOldest(PacketView& packet, std::int64_t& arrival_ns) noexcept = 0;
    /// Forgets packets, measurements and discarded items. Real-time safe after prepare().
    virtual void reset() = 0;
    virtual void setParams(const JitterParams& params) noexcept = 0;
    [[nodiscard]] virtual JitterState state() const noexcept = 0;
};

}  // namespace doubletalk::jitter
