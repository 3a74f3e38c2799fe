// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace doubletalk::metrics {

/// What a reader sees of a distribution; all NaN but n when it is empty.
struct Summary {
    static constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
    double p10 = kMissing, p50 = kMissing, p90 = kMissing;
    double p95 = kMissing, p99 = kMissing, p999 = kMissing;
    double mean = kMissing, min = kMissing, max = kMissing;
    std::int64_t n = 0;
};

/// Percentile (0..100) of sorted values, linear between the two nearest; NaN for none. The
/// definition numpy.percentile uses.
[[nodiscard]] double percentileOfSorted(std::span<const double> sorted, double percent) noexcept;
/// All of it at once, exactly. NaN values are left out. Allocates.
[[nodiscard]] Summary summarize(std::span<const double> values);

/// Collects values in fixed memory: the first 1024 are kept and give exact percentiles, after that
/// equal bins between low and high do, to within one bin (beyond the ends: the smallest and largest
/// value seen). Missing values (NaN) are not counted. Thread: one at a time. add() is real-time
/// safe.
class Histogram {
public:
    /// Allocates. low < high, bins >= 1.
    Histogram(double low, double high, int bins);
    void add(double value) noexcept;
    void reset() noexcept;
    [[nodiscard]] std::int64_t count() const noexcept { return count_; }
    /// NaN for an empty one. Not real-time safe (sorts a copy).
    [[nodiscard]] double percentile(double percent) const;
    [[nodiscard]] Summary summary() const;
    /// Counts of the equal bins; values beyond the ends are in the first and last.
    [[nodiscard]] std::span<const std::int64_t> bins() const noexcept { return bins_; }
    [[nodiscard]] double low() const noexcept { return low_; }
    [[nodiscard]] double high() const noexcept { return high_; }

private:
    [[nodiscard]] double fromBins(double percent) const noexcept;

    static constexpr std::size_t kExact = 1024;
    double low_, high_;
    std::vector<std::int64_t> bins_;
    std::array<double, kExact> first_{};
    std::int64_t count_ = 0;
    double sum_ = 0.0, min_ = 0.0, max_ = 0.0;
};

}  // namespace doubletalk::metrics
