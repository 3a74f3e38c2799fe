// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "engine/core/packet.h"
#include "engine/core/provenance.h"
#include "engine/core/result.h"
#include "engine/dsp/time_stretch.h"
#include "engine/jitter/concealer.h"
#include "engine/jitter/jitter_buffer.h"

namespace doubletalk::jitter {

/// What one tick did, for events and plots.
struct PlayoutTick {
    SlotKind kind = SlotKind::idle;
    ItemId item = 0;                    ///< of the played or concealed frame
    std::uint16_t sequence = 0;         ///< kind frame only
    int frames = 0;                     ///< samples appended to the queue
    int stretched_frames = 0;           ///< samples inserted (> 0) or removed (< 0)
    bool concealment_started = false;   ///< first missing slot of a concealment event
    bool interruption_counted = false;  ///< this slot made the gap 150 ms long
    bool item_last = false;             ///< the item's own end is in this slot
    double lead_ms = 0.0;               ///< playout_lead_ms of this slot
};

/// Lifetime counters (never reset by reset()) in samples of the stream's own rate unless said.
/// Ref: W3C "Identifiers for WebRTC's Statistics API", RTCInboundRtpStreamStats.
struct PlayoutState {
    JitterState jitter;  ///< of the buffer in use; its counters go on over a switch to another
    double playout_lead_ms = 0.0;    ///< audio buffered at the last deadline; negative when late
    double queue_ms = 0.0;           ///< decoded, not yet read
    double delay_ms = 0.0;           ///< last frame: arrival of its packet to its slot, + queue
    std::int64_t output_frames = 0;  ///< all samples appended but idle ones
    std::int64_t concealed_frames = 0;
    std::int64_t silent_concealed_frames = 0;  ///< of these: silence or comfort, not speech-like
    std::int64_t concealment_events = 0;
    std::int64_t playout_interruptions = 0;  ///< concealed for 150 ms or more in a row
    std::int64_t inserted_frames = 0;
    std::int64_t removed_frames = 0;
    std::int64_t played_slots = 0, missing_slots = 0, idle_slots = 0;  ///< [slots]
    std::int64_t undecodable = 0;  ///< [packets] wrong payload, played as missing
    std::int64_t queue_overflow_frames = 0;
    /// concealed / output, NaN without output. concealed_ratio of METRICS.md.
    [[nodiscard]] double concealedRatio() const;
    [[nodiscard]] double silentConcealedRatio() const;
};

/// The receiving end of one packet stream at its own rate and frame length: jitter buffer, decoder
/// (pcm16), concealer, stretcher and a queue that keeps the provenance of every sample.
///
/// How to drive it: put() packets as they arrive; when n samples are wanted at now_ns
///     while (playout.available() < n) playout.tick(now_ns);
///     playout.read(out.first(n), spans);
/// so stretched frames put off or bring forward the next slot by themselves. A tick appends
/// half a frame at least and two at most.
/// Thread: worker. put, tick, read, discardItem, setParams and the swaps are real-time safe.
class Playout {
public:
    Playout();
    ~Playout();
    Playout(const Playout&) = delete;
    Playout& operator=(const Playout&) = delete;

    /// Builds buffer and concealer from the registries and takes all memory.
    /// Errors: unsupported format (8, 16, 24, 32, 48 kHz; 10, 20, 30, 60 ms), unknown names.
    [[nodiscard]] Result<void> prepare(const StreamFormat& format, const JitterParams& jitter,
                                       const LossParams& loss);
    /// arrival_ns never goes back. Packets of an item given to discardItem() are dropped.
    PutResult put(const PacketView& packet, std::int64_t arrival_ns) noexcept;
    /// A packet nobody wants any more: counted as discarded, not as lost. Real-time safe.
    void passBy(const PacketView& packet, std::int64_t arrival_ns) noexcept;
    /// One frame slot; slot_ns is the time of this slot on the arrival clock.
    PlayoutTick tick(std::int64_t slot_ns) noexcept;
    /// Samples ready for read().
    [[nodiscard]] int available() const noexcept;
    /// Copies up to out.size() samples and appends their provenance; returns the samples copied.
    int read(std::span<float> out, ProvenanceQueue& spans) noexcept;

    /// Drops the item's packets now and whenever they arrive later (counted as discarded), and its
    /// samples in the queue. Returns the queue samples dropped.
    int discardItem(ItemId item) noexcept;
    /// Live values. Another buffer or concealer name needs a swap; enabled takes effect at once
    /// (jitter off: packets play as they come; loss off: silence for missing frames).
    void setParams(const JitterParams& jitter, const LossParams& loss) noexcept;
    /// Takes over a buffer that was created and prepared elsewhere with format(), moves the packets
    /// of the old one into it and returns the old one for deletion elsewhere.
    [[nodiscard]] std::unique_ptr<JitterBuffer> swapBuffer(
        std::unique_ptr<JitterBuffer> prepared) noexcept;
    [[nodiscard]] std::unique_ptr<Concealer> swapConcealer(
        std::unique_ptr<Concealer> prepared) noexcept;
    /// Forgets packets, audio and discarded items; keeps settings and counters.
    void reset();

    [[nodiscard]] PlayoutState state() const noexcept;
    [[nodiscard]] const StreamFormat& format() const noexcept { return format_; }
    [[nodiscard]] std::string_view bufferName() const noexcept;
    [[nodiscard]] std::string_view concealerName() const noexcept;

private:
    struct Impl;
    StreamFormat format_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::jitter
