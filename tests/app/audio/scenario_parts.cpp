// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenario_parts.h"

#include <cmath>
#include <numbers>
#include <vector>

namespace doubletalk::test {

QJsonObject failed(const std::string& what) { return {{"error", QString::fromStdString(what)}}; }

void addGaps(QJsonObject& result, const audio::DeviceStatus& status) {
    result["tick_gap_p99_ms"] = status.tick_gap_p99_ms;
    result["tick_gap_max_ms"] = status.tick_gap_max_ms;
    result["xruns"] = double(status.output.xruns);
}

int clicksOfTone(std::span<const float> tone) {
    constexpr std::size_t kWindow = 480;
    std::vector<double> phases;
    for (std::size_t at = 0; at + kWindow <= tone.size(); at += kWindow) {
        double re = 0.0, im = 0.0;
        for (std::size_t i = 0; i < kWindow; ++i) {
            const double w = 2.0 * std::numbers::pi * 1000.0 * double(i) / kRateHz;
            re += double(tone[at + i]) * std::cos(w);
            im -= double(tone[at + i]) * std::sin(w);
        }
        phases.push_back(std::atan2(im, re));
    }
    int clicks = 0;
    for (std::size_t k = 2; k < phases.size(); ++k) {
        const double bend = phases[k] - 2.0 * phases[k - 1] + phases[k - 2];
        if (std::abs(std::remainder(bend, 2.0 * std::numbers::pi)) > 0.05) ++clicks;
    }
    return clicks;
}

}  // namespace doubletalk::test
