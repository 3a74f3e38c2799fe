// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

namespace doubletalk::ui {

/// Round steps of 1-2-5: the smallest that is at least least_step.
[[nodiscard]] double roundStep(double least_step);
/// The same for time axes: 1-2-5 below a second, then 1 2 5 10 15 30 s, minutes.
[[nodiscard]] double roundTimeStep(double least_step_s);
/// Decimal point, true minus; fixed decimals.
[[nodiscard]] QString plainNumber(double value, int decimals);
/// mm:ss, with so many decimals; h:mm:ss from an hour on.
[[nodiscard]] QString clockText(double seconds, int decimals);
/// A duration in words: "162 ms", "1.62 s".
[[nodiscard]] QString lengthText(double seconds);
/// Multiples of step within [low, high].
[[nodiscard]] std::vector<double> ticksWithin(double low, double high, double step);

}  // namespace doubletalk::ui
