// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/jitter/speex_buffer.h"

#include <speex/speex_jitter.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "engine/jitter/delay_tracker.h"
#include "engine/jitter/discard_list.h"
#include "engine/jitter/stream_check.h"

namespace doubletalk::jitter {
namespace {

struct Destroy {
    void operator()(::JitterBuffer_* buffer) const { jitter_buffer_destroy(buffer); }
};

constexpr int kLibrarySlots = 200;         ///< SPEEX_JITTER_MAX_BUFFER_SIZE
constexpr int kPayloadBudget = 64 * 1024;  ///< [bytes] for waiting packets
constexpr int kFewestSlots = 64;
constexpr int kLibraryResetMisses = 20;  ///< after more misses its next put starts over

}  // namespace

/// The library keeps our pointers (destroy callback) and drops a hopelessly late packet without a
/// word, so the rule for that is followed here step by step: otherwise its memory would be lost.
struct SpeexBuffer::Impl {
    enum class Owner : std::uint8_t { free, library, caller };
    struct Cell {
        Impl* impl = nullptr;
        int index = 0;
        Owner owner = Owner::free;
        PacketHeader header;
        std::int64_t arrival_ns = 0;
        int bytes = 0;
        std::uint32_t time_ms = 0;
        bool cancelled = false;  ///< of a discarded item: silence instead
    };

    StreamFormat format;
    std::unique_ptr<::JitterBuffer_, Destroy> library;
    std::vector<Cell> cells;
    std::vector<std::byte> payloads;
    std::vector<int> free_cells;
    int free_count = 0;
    int in_library = 0;
    int caller_cell = -1;
    DelayTracker tracker;
    DiscardList discard_list;
    JitterState counts;
    bool unsynced = true;  ///< the library's reset_state
    int misses = 0;        ///< the library's lost_count
    bool ended = false;    ///< last packet of the item played: no gets until more comes
    bool any = false;
    std::int64_t origin_timestamp = 0;
    std::uint32_t newest_ms = 0;

    static void onDestroy(void* data) noexcept {
        Cell* cell = static_cast<Cell*>(data);
        Impl& impl = *cell->impl;
        if (cell->owner != Owner::library) return;
        --impl.in_library;
        if (!cell->cancelled) ++impl.counts.discarded;
        impl.release(*cell);
    }

    [[nodiscard]] std::span<const std::byte> payload(const Cell& cell) const noexcept {
        return {payloads.data() + static_cast<std::size_t>(cell.index) * format.maxPayloadBytes(),
                static_cast<std::size_t>(cell.bytes)};
    }

    void release(Cell& cell) noexcept {
        cell.owner = Owner::free;
        free_cells[free_count++] = cell.index;
    }

    void releaseCaller() noexcept {
        if (caller_cell >= 0) release(cells[caller_cell]);
        caller_cell = -1;
    }

    void restart() noexcept {
        jitter_buffer_reset(library.get());
        unsynced = true;
        misses = 0;
    }

    [[nodiscard]] std::uint32_t pointerMs() const noexcept {
        return static_cast<std::uint32_t>(jitter_buffer_get_pointer_timestamp(library.get()));
    }

    /// Whether the library will keep a packet of this time.
    [[nodiscard]] bool keeps(std::uint32_t time_ms) const noexcept {
        if (unsynced || misses > kLibraryResetMisses) return true;
        const std::uint32_t end = time_ms + 2U * static_cast<std::uint32_t>(format.frame_ms);
        return static_cast<std::int32_t>(end - pointerMs()) >= 0;
    }

    [[nodiscard]] bool playedAlready(std::uint32_t time_ms) const noexcept {
        return !unsynced && misses <= kLibraryResetMisses &&
               static_cast<std::int32_t>(time_ms - pointerMs()) < 0;
    }

    void hand(Cell& cell) noexcept {
        if (misses > kLibraryResetMisses) {
            unsynced = true;
            misses = 0;
        }
        cell.owner = Owner::library;
        ++in_library;
        JitterBufferPacket packet{};
        packet.data = reinterpret_cast<char*>(&cell);
        packet.len = static_cast<spx_uint32_t>(cell.bytes);
        packet.timestamp = cell.time_ms;
        packet.span = static_cast<spx_uint32_t>(format.frame_ms);
        packet.sequence = cell.header.sequence;
        jitter_buffer_put(library.get(), &packet);
    }
};

SpeexBuffer::SpeexBuffer() : impl_(std::make_unique<Impl>()) {}

SpeexBuffer::~SpeexBuffer() {
    // Destroying the library's buffer gives our cells back: they must still be there.
    impl_->library.reset();
}

Result<void> SpeexBuffer::prepare(const StreamFormat& format, const JitterParams&) {
    if (auto ok = checkStream(format); !ok) return ok;
    auto& m = *impl_;
    m.library.reset(jitter_buffer_init(format.frame_ms));
    if (!m.library) return fail(ErrorKind::internal, "SpeexDSP gave no jitter buffer");
    jitter_buffer_ctl(m.library.get(), JITTER_BUFFER_SET_DESTROY_CALLBACK,
                      reinterpret_cast<void*>(&Impl::onDestroy));
    m.format = format;
    // Two more than the library can hold: the one with the caller and the one being put.
    const int count =
        std::clamp(kPayloadBudget / format.maxPayloadBytes(), kFewestSlots, kLibrarySlots) + 2;
    m.cells.assign(static_cast<std::size_t>(count), {});
    m.payloads.assign(static_cast<std::size_t>(count) * format.maxPayloadBytes(), std::byte{0});
    m.free_cells.assign(static_cast<std::size_t>(count), 0);
    m.free_count = 0;
    m.in_library = 0;
    for (int i = 0; i < count; ++i) {
        m.cells[i].impl = &m;
        m.cells[i].index = i;
        m.release(m.cells[i]);
    }
    m.caller_cell = -1;
    m.tracker.prepare(format.rate);
    m.counts = {};
    m.unsynced = true;
    m.misses = 0;
    m.ended = false;
    m.any = false;
    return {};
}

void SpeexBuffer::reset() {
    auto& m = *impl_;
    m.releaseCaller();
    m.restart();
    m.tracker.reset();
    m.discard_list.clear();
    m.ended = false;
    m.any = false;
}

PutResult SpeexBuffer::take(const PacketView& packet, std::int64_t arrival_ns,
                            bool wanted) noexcept {
    auto& m = *impl_;
    ++m.counts.received;
    const Arrival arrival = m.tracker.onPacket(packet.header, arrival_ns);
    if (arrival.duplicate) return PutResult::duplicate;
    if (arrival.rejected) {
        ++m.counts.late;
        return PutResult::late;
    }
    if (!wanted || m.discard_list.has(packet.header.item)) {
        ++m.counts.discarded;
        return PutResult::discarded;
    }
    if (arrival.restarted) m.restart();
    if (!m.any || arrival.restarted) m.origin_timestamp = arrival.timestamp;
    m.any = true;
    const auto time_ms = static_cast<std::uint32_t>((arrival.timestamp - m.origin_timestamp) *
                                                    1000 / m.format.rate.hz);
    // After an item's end the clock of the sender may have gone on, or not: both begin anew.
    if (m.ended && time_ms != m.pointerMs()) m.restart();
    m.ended = false;
    if (static_cast<int>(packet.payload.size()) > m.format.maxPayloadBytes()) {
        ++m.counts.discarded;
        return PutResult::overflow;
    }
    const bool late = m.playedAlready(time_ms);
    m.counts.late += late ? 1 : 0;
    const bool kept = m.keeps(time_ms);
    if (kept && m.free_count == 0) {
        ++m.counts.discarded;
        return PutResult::overflow;
    }
    if (!kept) {
        // It only wants to know when this came; the packet itself stays outside.
        JitterBufferPacket probe{};
        probe.data = nullptr;
        probe.timestamp = time_ms;
        probe.span = static_cast<spx_uint32_t>(m.format.frame_ms);
        jitter_buffer_put(m.library.get(), &probe);
        return PutResult::late;
    }
    auto& cell = m.cells[m.free_cells[--m.free_count]];
    cell.header = packet.header;
    cell.bytes = static_cast<int>(packet.payload.size());
    cell.time_ms = time_ms;
    cell.arrival_ns = arrival_ns;
    cell.cancelled = false;
    if (cell.bytes > 0) {
        std::memcpy(
            m.payloads.data() + static_cast<std::size_t>(cell.index) * m.format.maxPayloadBytes(),
            packet.payload.data(), packet.payload.size());
    }
    if (m.in_library == 0 || static_cast<std::int32_t>(time_ms - m.newest_ms) > 0) {
        m.newest_ms = time_ms;
    }
    m.hand(cell);
    return late ? PutResult::late : PutResult::stored;
}

Slot SpeexBuffer::get(std::int64_t) noexcept {
    auto& m = *impl_;
    m.releaseCaller();
    Slot slot;
    if (!m.any || m.ended) return slot;
    if (m.unsynced && m.in_library == 0) return slot;
    m.unsynced = false;
    JitterBufferPacket packet{};
    spx_int32_t offset = 0;
    const std::uint32_t before_ms = m.pointerMs();
    const int got = jitter_buffer_get(m.library.get(), &packet, m.format.frame_ms, &offset);
    if (got == JITTER_BUFFER_OK) {
        m.misses = 0;
        auto& cell = *reinterpret_cast<Impl::Cell*>(packet.data);
        --m.in_library;
        cell.owner = Impl::Owner::caller;
        m.caller_cell = cell.index;
        if (!cell.cancelled) {
            slot.kind = SlotKind::frame;
            slot.packet = {cell.header, m.payload(cell)};
            slot.arrival_ns = cell.arrival_ns;
            ++m.counts.played;
            m.ended = cell.header.last && m.in_library == 0;
        }
    } else {
        slot.kind = SlotKind::missing;
        // A deferred insertion moves the pointer and is no miss to the library.
        const bool deferred = got == JITTER_BUFFER_INSERTION && m.pointerMs() != before_ms;
        m.misses += deferred ? 0 : 1;
        if (got == JITTER_BUFFER_INSERTION) ++m.counts.adjustments;
        slot.passed = got == JITTER_BUFFER_MISSING;
    }
    jitter_buffer_tick(m.library.get());
    m.tracker.passed(m.tracker.newest() - m.in_library);
    return slot;
}

void SpeexBuffer::discardItem(ItemId item) noexcept {
    if (item == 0) return;
    auto& m = *impl_;
    m.discard_list.add(item);
    bool others = false;
    for (auto& cell : m.cells) {
        if (cell.owner != Impl::Owner::library) continue;
        if (cell.header.item == item) {
            m.counts.discarded += cell.cancelled ? 0 : 1;
            cell.cancelled = true;
        } else if (!cell.cancelled) {
            others = true;
        }
    }
    if (others) return;
    m.restart();
    m.ended = true;
}

bool SpeexBuffer::takeOldest(PacketView& packet, std::int64_t& arrival_ns) noexcept {
    auto& m = *impl_;
    Impl::Cell* oldest = nullptr;
    for (auto& cell : m.cells) {
        if (cell.owner != Impl::Owner::library || cell.cancelled) continue;
        if (oldest == nullptr || static_cast<std::int32_t>(cell.time_ms - oldest->time_ms) < 0) {
            oldest = &cell;
        }
    }
    if (oldest == nullptr) return false;
    oldest->cancelled = true;
    arrival_ns = oldest->arrival_ns;
    packet = {oldest->header, m.payload(*oldest)};
    return true;
}

JitterState SpeexBuffer::state() const noexcept {
    const auto& m = *impl_;
    JitterState state = m.counts;
    state.lost = m.tracker.lost();
    state.duplicate = m.tracker.duplicates();
    state.reordered = m.tracker.reordered();
    state.jitter_ms = m.tracker.jitterMs();
    state.last_d_ms = m.tracker.lastDMs();
    state.min_ms = m.tracker.peakMs();
    if (m.in_library > 0) {
        const auto span = static_cast<std::int32_t>(m.newest_ms - m.pointerMs());
        state.buffer_ms = m.unsynced ? double(m.in_library * m.format.frame_ms)
                                     : std::max(0, span + m.format.frame_ms);
    }
    // The library has no target; what it keeps stands for it.
    state.target_ms = state.buffer_ms;
    return state;
}

}  // namespace doubletalk::jitter
