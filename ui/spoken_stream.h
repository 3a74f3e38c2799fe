// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "engine/dsp/resampler.h"

namespace doubletalk::bench {
class Bench;
}

namespace doubletalk::ui {

/// Speech that comes piece by piece, at a rate of its own, as one entry of the bench's queue.
/// Thread: gui.
class SpokenStream {
public:
    /// The entry is made at once. bench outlives it.
    SpokenStream(bench::Bench& bench, const QString& title);
    /// Mono. Errors: a rate that cannot be converted.
    [[nodiscard]] Result<void> append(std::span<const float> samples, int rate_hz);
    /// Nothing of it is taken any more: it was interrupted, or removed from the queue.
    [[nodiscard]] bool cut() const;
    /// So much of it was appended.
    [[nodiscard]] double lengthS() const { return length_s_; }
    /// That was all; it ends with what there is.
    void end();
    void fail(const QString& why);

private:
    bench::Bench& bench_;
    std::int64_t ticket_;
    int from_hz_ = 0;
    double length_s_ = 0.0;
    dsp::Resampler resampler_;
    std::vector<float> out_;
};

}  // namespace doubletalk::ui
