// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/simulated_network.h"

#include <algorithm>
#include <cmath>

#include "engine/core/random.h"
#include "engine/network/trace_file.h"

namespace doubletalk::network {
namespace {

constexpr double kNsPerMs = 1e6;
constexpr double kGammaShape = 2.0;            // a long tail, no mode at zero
constexpr std::int64_t kDrainGapNs = 200'000;  // packets of a drained queue come this close
constexpr double kOvertakeIntervals = 1.5;     // a reordered packet waits: the next overtakes
constexpr std::int64_t kUsualIntervalNs = 20'000'000;
constexpr std::int64_t kDuplicateGapNs = 1'000'000;

}  // namespace

struct SimulatedNetwork::Impl {
    struct Flying {
        OwnedPacket packet;
        std::int64_t arrival_ns = 0;
        std::uint64_t order = 0;
    };

    NetworkParams params;
    // One stream of random numbers for each purpose: changing one setting never shifts another.
    Random jitter_random, loss_random, spike_random, order_random, copy_random;
    Trace trace;
    std::size_t trace_at = 0;
    std::vector<Flying> flying;
    std::uint64_t order = 0;
    std::int64_t last_arrival_ns = 0;
    std::int64_t last_send_ns = -1;
    std::int64_t blocked_until_ns = 0;
    std::int64_t next_spike_ns = -1;
    bool in_burst = false;
    std::int64_t interval_ns = kUsualIntervalNs;  ///< between the last two packets

    Impl(std::uint64_t seed, const NetworkParams& p)
        : params(p),
          jitter_random(deriveSeed(seed, "jitter")),
          loss_random(deriveSeed(seed, "loss")),
          spike_random(deriveSeed(seed, "spikes")),
          order_random(deriveSeed(seed, "order")),
          copy_random(deriveSeed(seed, "copies")) {}

    double jitterMs() {
        // Every packet draws the same count of numbers, whatever the law.
        const double normal = jitter_random.normal();
        const double gamma = jitter_random.gamma(kGammaShape, 1.0);
        if (params.jitter_law == "normal")
            return std::max(-params.delay_ms, params.jitter_ms * normal);
        if (params.jitter_law == "gamma") return params.jitter_ms / std::sqrt(kGammaShape) * gamma;
        return 0.0;
    }

    bool lost() {
        const double draw = loss_random.uniform();
        const double rate = params.loss_percent / 100.0;
        if (params.loss_model == "random") return draw < rate;
        if (params.loss_model != "gilbert" || rate <= 0.0) return false;
        if (rate >= 1.0) return true;
        // Two states; everything is lost in the bad one. Ref: Gilbert 1960.
        const double leave = 1.0 / std::max(params.loss_burst_packets, 1.0);
        const double enter = std::min(1.0, leave * rate / (1.0 - rate));
        in_burst = in_burst ? draw >= leave : draw < enter;
        return in_burst;
    }

    void spikesUpTo(std::int64_t now_ns) {
        if (params.spikes_per_min <= 0.0) {
            next_spike_ns = -1;
            return;
        }
        const auto wait = [&] {
            return std::int64_t(-std::log(1.0 - spike_random.uniform()) * 60e9 /
                                params.spikes_per_min);
        };
        if (next_spike_ns < 0) next_spike_ns = now_ns + wait();
        while (next_spike_ns <= now_ns) {
            block(next_spike_ns, params.spike_ms);
            next_spike_ns += wait();
        }
    }

    void block(std::int64_t from_ns, double height_ms) {
        const auto until = from_ns + std::int64_t((params.delay_ms + height_ms) * kNsPerMs);
        blocked_until_ns = std::max(blocked_until_ns, until);
    }

    void fly(const OwnedPacket& packet, std::int64_t arrival_ns) {
        flying.push_back({packet, arrival_ns, order++});
    }
};

SimulatedNetwork::SimulatedNetwork(std::uint64_t seed, const NetworkParams& params)
    : impl_(std::make_unique<Impl>(seed, params)) {}
SimulatedNetwork::~SimulatedNetwork() = default;

void SimulatedNetwork::setParams(const NetworkParams& params) { impl_->params = params; }

Result<void> SimulatedNetwork::useTrace(const std::filesystem::path& csv) {
    auto trace = readTrace(csv);
    if (!trace) return tl::unexpected(trace.error());
    impl_->trace = std::move(*trace);
    impl_->trace_at = 0;
    return {};
}

void SimulatedNetwork::spike(std::int64_t now_ns, double height_ms) {
    impl_->block(now_ns, height_ms);
}

Fate SimulatedNetwork::send(OwnedPacket packet) {
    auto& net = *impl_;
    const auto send_ns = packet.header.send_ns;
    if (!net.params.enabled) {
        net.fly(packet, send_ns);
        return {.lost = false, .arrival_ns = send_ns};
    }
    if (net.last_send_ns >= 0 && send_ns > net.last_send_ns) {
        net.interval_ns = send_ns - net.last_send_ns;
    }
    net.last_send_ns = send_ns;
    net.spikesUpTo(send_ns);
    const bool lost = net.lost();
    const double variation_ms = net.jitterMs();
    const bool overtaken = net.order_random.chance(net.params.reorder_percent / 100.0);
    const bool doubled = net.copy_random.chance(net.params.duplicate_percent / 100.0);
    double delay_ms = net.params.delay_ms + variation_ms;
    if (!net.trace.packets.empty()) {
        const auto& row = net.trace.packets[net.trace_at];
        net.trace_at = (net.trace_at + 1) % net.trace.packets.size();
        if (row.lost()) return {.lost = true};
        delay_ms = net.params.delay_ms +
                   std::max(0.0, row.arrival_ms - row.send_ms - net.trace.minDelayMs());
    }
    if (lost) return {.lost = true};

    auto arrival = send_ns + std::int64_t(delay_ms * kNsPerMs);
    // In a spike packets wait in a queue that then drains first-in-first-out.
    if (arrival < net.blocked_until_ns) arrival = net.blocked_until_ns;
    arrival = std::max(arrival, net.last_arrival_ns + (net.last_arrival_ns > 0 ? kDrainGapNs : 0));
    Fate fate{.lost = false, .arrival_ns = arrival};
    net.last_arrival_ns = arrival;
    if (overtaken) {
        fate.arrival_ns += std::int64_t(kOvertakeIntervals * double(net.interval_ns));
    }
    net.fly(packet, fate.arrival_ns);
    if (doubled) {
        fate.duplicate_arrival_ns = fate.arrival_ns + kDuplicateGapNs;
        net.fly(packet, fate.duplicate_arrival_ns);
    }
    return fate;
}

void SimulatedNetwork::receive(std::int64_t now_ns,
                               std::vector<std::pair<OwnedPacket, std::int64_t>>& out) {
    auto& flying = impl_->flying;
    const auto split = std::stable_partition(
        flying.begin(), flying.end(), [now_ns](const auto& f) { return f.arrival_ns > now_ns; });
    std::vector<Impl::Flying> landed(std::make_move_iterator(split),
                                     std::make_move_iterator(flying.end()));
    flying.erase(split, flying.end());
    std::sort(landed.begin(), landed.end(), [](const auto& a, const auto& b) {
        return a.arrival_ns != b.arrival_ns ? a.arrival_ns < b.arrival_ns : a.order < b.order;
    });
    for (auto& one : landed) out.emplace_back(std::move(one.packet), one.arrival_ns);
}

std::int64_t SimulatedNetwork::inFlight() const { return std::int64_t(impl_->flying.size()); }

}  // namespace doubletalk::network
