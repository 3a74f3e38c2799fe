// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/metrics/distribution.h"

namespace doubletalk::metrics {

/// Indicative transmission rating of a voice path, 0..93.2. mean_delay_ms: mean delay of the played
/// frames above the minimum (60 ms are taken for the rest of the path); loss_percent: everything
/// the listener did not get. NaN in, NaN out. Ref: ITU-T G.107 with Ie 0, Bpl 25.1, BurstR 1.
[[nodiscard]] double rFactor(double mean_delay_ms, double loss_percent) noexcept;
/// Indicative mean opinion score 1..4.5 of a rating. Ref: ITU-T G.107 annex B.
[[nodiscard]] double meanOpinionScore(double r_factor) noexcept;

/// Interarrival jitter of one stream. Ref: RFC 3550 section 6.4.1 and appendix A.8. Thread: one.
class Rfc3550Jitter {
public:
    /// Both clocks in ms; their offset does not matter. Packets in order of arrival.
    void add(double sent_ms, double arrived_ms) noexcept;
    /// J in ms; NaN before two packets.
    [[nodiscard]] double jitterMs() const noexcept;
    /// The last raw difference D in ms; NaN before two packets.
    [[nodiscard]] double lastDifferenceMs() const noexcept;
    [[nodiscard]] std::int64_t packets() const noexcept { return packets_; }
    void reset() noexcept { *this = {}; }

private:
    std::int64_t packets_ = 0;
    double last_transit_ms_ = 0.0;
    double difference_ms_ = 0.0;
    double jitter_ms_ = 0.0;
};

/// Delay above the smallest of the run. Ref: RFC 5481 section 4.2 (PDV). The smallest may come
/// late: percentiles are those of the delays minus it, so nothing has to be kept. add() is
/// real-time safe.
class DelayVariation {
public:
    /// range_ms: delays up to that much above the first are resolved to 0.5 ms, without limit
    /// before 1024 packets.
    explicit DelayVariation(double range_ms = 4000.0);
    void add(double sent_ms, double arrived_ms) noexcept;
    /// All of it above the minimum; n = packets.
    [[nodiscard]] Summary summary() const;
    void reset() noexcept;

private:
    Histogram delays_;
    double first_ms_ = 0.0;
};

}  // namespace doubletalk::metrics
