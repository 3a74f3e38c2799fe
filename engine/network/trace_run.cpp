// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/trace_run.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/metrics/quality.h"

namespace doubletalk::network {
namespace {

/// The buffers look at time stamps, never at samples: the lowest rate costs the least memory.
constexpr SampleRate kRate{8000};
constexpr double kNsPerMs = 1e6;

struct Arrived {
    std::int64_t arrival_ns = 0;
    std::size_t packet = 0;
};

std::vector<Arrived> arrivals(const Trace& trace) {
    std::vector<Arrived> list;
    list.reserve(trace.packets.size());
    for (std::size_t i = 0; i < trace.packets.size(); ++i) {
        if (trace.packets[i].lost()) continue;
        list.push_back({std::llround(trace.packets[i].arrival_ms * kNsPerMs), i});
    }
    std::stable_sort(list.begin(), list.end(), [](const Arrived& a, const Arrived& b) {
        return a.arrival_ns < b.arrival_ns;
    });
    return list;
}

PacketView packetOf(const TracePacket& p, std::size_t index) {
    PacketView view;
    view.header.sequence = static_cast<std::uint16_t>(p.sequence);
    view.header.timestamp = static_cast<std::uint32_t>(
        static_cast<std::uint64_t>(std::llround(p.send_ms * kRate.hz / 1000.0)));
    view.header.item = 1;
    // Which packet of the trace it is comes back with the slot.
    view.header.item_sample = double(index);
    return view;
}

/// Played frames as they come, for the sums of METRICS.md.
struct Tally {
    std::vector<double> delays_ms;
    std::int64_t first = -1, newest = -1;  ///< sequence numbers
    std::int64_t empty = 0;                ///< slots since the newest
    std::int64_t gaps = 0;

    void play(std::int64_t sequence, double delay_ms) {
        if (first < 0) {
            first = sequence;
        } else {
            gaps += std::max<std::int64_t>(sequence - newest - 1, empty);
        }
        newest = sequence;
        empty = 0;
        delays_ms.push_back(delay_ms);
    }
};

void summarize(const Trace& trace, const Tally& tally, TraceResult& result) {
    double sum = 0.0;
    for (const double d : tally.delays_ms) sum += d;
    result.played = static_cast<std::int64_t>(tally.delays_ms.size());
    result.mean_delay_ms = sum / double(result.played);
    std::vector<double> sorted = tally.delays_ms;
    std::sort(sorted.begin(), sorted.end());
    const double place = 0.95 * double(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, sorted.size() - 1);
    result.p95_delay_ms = sorted[below] + (place - double(below)) * (sorted[above] - sorted[below]);
    result.packets = static_cast<std::int64_t>(trace.packets.size());
    result.lost = trace.lostPackets();
    result.network_loss_percent = 100.0 * double(result.lost) / double(result.packets);
    const double n = double(tally.newest - tally.first + 1);
    result.concealed_percent =
        std::max(0.0, 100.0 * double(tally.gaps) / n - result.network_loss_percent);
    result.discarded = result.packets - result.lost - result.played;
    result.r_factor = metrics::rFactor(result.mean_delay_ms,
                                       result.concealed_percent + result.network_loss_percent);
}

}  // namespace

Result<TraceResult> runTrace(const Trace& trace, jitter::JitterBuffer& buffer,
                             const jitter::JitterParams& params) {
    const int frame_ms = static_cast<int>(std::lround(trace.frame_ms));
    if (std::abs(trace.frame_ms - frame_ms) > 1e-9) {
        return fail(ErrorKind::unsupported, "frames of a fraction of a millisecond", {},
                    "use a trace with whole milliseconds a frame");
    }
    if (auto ok = buffer.prepare({kRate, frame_ms}, params); !ok) {
        return tl::unexpected(ok.error());
    }
    const auto list = arrivals(trace);
    if (list.empty()) return fail(ErrorKind::format, "no packet of this trace arrives");
    const double min_delay_ms = trace.minDelayMs();
    const double end_ms = trace.packets.back().send_ms + min_delay_ms;

    Tally tally;
    TraceResult result;
    std::size_t next = 0;
    double slot_ms = double(list.front().arrival_ns) / kNsPerMs;
    while (slot_ms <= end_ms + 1e-6) {
        const std::int64_t slot_ns = std::llround(slot_ms * kNsPerMs);
        for (; next < list.size() && list[next].arrival_ns <= slot_ns; ++next) {
            const auto index = list[next].packet;
            static_cast<void>(
                buffer.put(packetOf(trace.packets[index], index), list[next].arrival_ns));
        }
        const jitter::Slot slot = buffer.get(slot_ns);
        int stretched = 0;
        if (slot.kind == jitter::SlotKind::frame) {
            const auto& p = trace.packets[static_cast<std::size_t>(slot.packet.header.item_sample)];
            tally.play(p.sequence, slot_ms - p.send_ms - min_delay_ms);
            stretched = slot.stretch_frames;
            buffer.stretched(stretched);
        } else {
            ++tally.empty;
        }
        const double stretched_ms = 1000.0 * stretched / kRate.hz;
        result.inserted_ms += std::max(0.0, stretched_ms);
        result.removed_ms += std::max(0.0, -stretched_ms);
        slot_ms += std::max(trace.frame_ms + stretched_ms, 0.1 * trace.frame_ms);
    }
    if (tally.delays_ms.empty()) {
        return fail(ErrorKind::state, "the buffer played nothing of this trace", {},
                    "use a longer trace or a smaller target");
    }
    const auto state = buffer.state();
    result.late = state.late;
    result.duplicate = state.duplicate;
    result.reordered = state.reordered;
    result.jitter_ms = state.jitter_ms;
    summarize(trace, tally, result);
    return result;
}

}  // namespace doubletalk::network
