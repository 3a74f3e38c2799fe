// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/health_judge.h"

#include <algorithm>
#include <cmath>

#include "ui/models/history.h"

namespace doubletalk::ui {

void judge(HealthRow& row, double value, double least, double most,
           const std::vector<Limit>& limits) {
    const auto ratio = [&](double at) {
        return std::clamp((at - least) / (most - least), 0.0, 1.0);
    };
    for (const auto& limit : limits) row.parts.push_back({ratio(limit.upto), limit.verdict});
    if (!std::isfinite(value)) {
        row.word = healthText("no data");
        return;
    }
    row.marker = ratio(value);
    row.verdict = limits.back().verdict;
    for (const auto& limit : limits) {
        if (value <= limit.upto) {
            row.verdict = limit.verdict;
            break;
        }
    }
    row.word = row.verdict == Verdict::good    ? healthText("good")
               : row.verdict == Verdict::watch ? healthText("watch")
                                               : healthText("failing");
}

double recentMean(const Series& series, std::size_t count) {
    double sum = 0.0;
    int n = 0;
    const auto size = series.values.size();
    for (auto i = size - std::min(size, count); i < size; ++i) {
        if (!std::isfinite(series.values[i])) continue;
        sum += series.values[i];
        ++n;
    }
    return n > 0 ? sum / n : std::numeric_limits<double>::quiet_NaN();
}

double recentMedian(const Series& series, std::size_t count) {
    std::vector<double> there;
    for (auto i = series.values.size(); i > 0 && there.size() < count; --i) {
        if (std::isfinite(series.values[i - 1])) there.push_back(series.values[i - 1]);
    }
    if (there.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto middle = there.begin() + std::ptrdiff_t(there.size() / 2);
    std::nth_element(there.begin(), middle, there.end());
    return *middle;
}

Newest newest(const Series& series) {
    for (auto i = series.values.size(); i > 0; --i) {
        if (std::isfinite(series.values[i - 1])) {
            return {series.values[i - 1], series.values.size() - i,
                    series.first_s + double(i - 1) * series.step_s};
        }
    }
    return {};
}

int countSince(const Series& series, double from_s, int enough) {
    int n = 0;
    for (auto i = series.values.size(); i > 0 && n < enough; --i) {
        if (series.first_s + double(i - 1) * series.step_s < from_s) break;
        n += std::isfinite(series.values[i - 1]) ? 1 : 0;
    }
    return n;
}

}  // namespace doubletalk::ui
