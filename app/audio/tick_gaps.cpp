// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/audio/tick_gaps.h"

#include <algorithm>

namespace doubletalk::audio {
namespace {

constexpr std::int64_t kBinNs = 100'000;

}  // namespace

void TickGaps::tick(std::int64_t now_ns) noexcept {
    if (last_ns_ != 0) {
        const auto gap_ns = now_ns - last_ns_;
        max_ns_ = std::max(max_ns_, gap_ns);
        ++bins_[std::size_t(std::clamp<std::int64_t>(gap_ns / kBinNs, 0, bins_.size() - 1))];
        ++ticks_;
    }
    last_ns_ = now_ns;
}

double TickGaps::p99Ms() const noexcept {
    const auto wanted = ticks_ - ticks_ / 100;
    std::int64_t seen = 0;
    for (std::size_t bin = 0; bin < bins_.size(); ++bin) {
        seen += bins_[bin];
        if (ticks_ > 0 && seen >= wanted) return double(bin + 1) * kBinNs * 1e-6;
    }
    return 0.0;
}

}  // namespace doubletalk::audio
