// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/metrics/distribution.h"

#include <algorithm>
#include <cmath>

namespace doubletalk::metrics {
namespace {

constexpr double kMissing = Summary::kMissing;

}  // namespace

double percentileOfSorted(std::span<const double> sorted, double percent) noexcept {
    if (sorted.empty()) return kMissing;
    const double rank = std::clamp(percent, 0.0, 100.0) / 100.0 * double(sorted.size() - 1);
    const auto below = std::size_t(rank);
    if (below + 1 >= sorted.size()) return sorted.back();
    return sorted[below] + (rank - double(below)) * (sorted[below + 1] - sorted[below]);
}

Summary summarize(std::span<const double> values) {
    std::vector<double> sorted;
    sorted.reserve(values.size());
    std::ranges::copy_if(values, std::back_inserter(sorted),
                         [](double v) { return !std::isnan(v); });
    if (sorted.empty()) return {};
    std::ranges::sort(sorted);
    double sum = 0.0;
    for (const double v : sorted) sum += v;
    const auto at = [&](double percent) { return percentileOfSorted(sorted, percent); };
    return {at(10),
            at(50),
            at(90),
            at(95),
            at(99),
            at(99.9),
            sum / double(sorted.size()),
            sorted.front(),
            sorted.back(),
            std::int64_t(sorted.size())};
}

Histogram::Histogram(double low, double high, int bins)
    : low_(low), high_(high), bins_(std::size_t(std::max(1, bins))) {}

void Histogram::add(double value) noexcept {
    if (std::isnan(value)) return;
    const double place = (value - low_) / (high_ - low_) * double(bins_.size());
    const double last = double(bins_.size() - 1);
    ++bins_[std::size_t(std::clamp(place, 0.0, last))];
    if (std::size_t(count_) < kExact) first_[std::size_t(count_)] = value;
    min_ = count_ == 0 ? value : std::min(min_, value);
    max_ = count_ == 0 ? value : std::max(max_, value);
    sum_ += value;
    ++count_;
}

void Histogram::reset() noexcept {
    std::ranges::fill(bins_, 0);
    count_ = 0;
    sum_ = min_ = max_ = 0.0;
}

double Histogram::fromBins(double percent) const noexcept {
    const double rank = std::clamp(percent, 0.0, 100.0) / 100.0 * double(count_ - 1);
    const double width = (high_ - low_) / double(bins_.size());
    double before = 0.0;
    for (std::size_t i = 0; i < bins_.size(); ++i) {
        const auto here = double(bins_[i]);
        if (here > 0.0 && rank < before + here) {
            const double value = low_ + width * (double(i) + (rank - before + 0.5) / here);
            // The end bins also hold what lies beyond the ends.
            if (i == 0 && min_ < low_) return min_ + (value - low_) / width * (low_ + width - min_);
            if (i + 1 == bins_.size() && max_ > high_) {
                return high_ - width + (value - high_ + width) / width * (max_ - high_ + width);
            }
            return std::clamp(value, min_, max_);
        }
        before += here;
    }
    return max_;
}

double Histogram::percentile(double percent) const {
    if (count_ == 0) return kMissing;
    if (std::size_t(count_) > kExact) return fromBins(percent);
    std::vector<double> sorted(first_.begin(), first_.begin() + count_);
    std::ranges::sort(sorted);
    return percentileOfSorted(sorted, percent);
}

Summary Histogram::summary() const {
    if (count_ == 0) return {};
    if (std::size_t(count_) <= kExact) return summarize({first_.data(), std::size_t(count_)});
    return {fromBins(10),   fromBins(50),          fromBins(90), fromBins(95), fromBins(99),
            fromBins(99.9), sum_ / double(count_), min_,         max_,         count_};
}

}  // namespace doubletalk::metrics
