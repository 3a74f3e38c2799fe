// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <limits>
#include <vector>

#include "ui/models/health_rows.h"

namespace doubletalk::ui {

struct Series;

/// What health rows are judged on.
struct HealthReader::Input {
    const History& history;
    const duplex::Settings& settings;
    const bench::MachineState* machine;
    int rate_hz;
};

/// Up to this value it is so.
struct Limit {
    double upto;
    Verdict verdict;
};

[[nodiscard]] inline QString healthText(const char* text) {
    return QCoreApplication::translate("Health", text);
}
/// Fills band, marker, verdict and word of a value between least and most.
void judge(HealthRow& row, double value, double least, double most,
           const std::vector<Limit>& limits);
/// Mean of the last `count` values that are there; NaN when none is.
[[nodiscard]] double recentMean(const Series& series, std::size_t count);

/// Middle one of the last `count` values that are there, however old; NaN when none is.
[[nodiscard]] double recentMedian(const Series& series, std::size_t count);

/// Newest value that is there, and how old it is.
struct Newest {
    double value = std::numeric_limits<double>::quiet_NaN();
    std::size_t rows_ago = 0;
    double time_s = 0.0;
};
[[nodiscard]] Newest newest(const Series& series);
/// Values that are there since from_s, counted up to `enough`.
[[nodiscard]] int countSince(const Series& series, double from_s, int enough);

}  // namespace doubletalk::ui
