// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/tick_text.h"

#include <array>
#include <cmath>

namespace doubletalk::ui {

double roundStep(double least_step) {
    const double decade = std::pow(10.0, std::floor(std::log10(std::max(least_step, 1e-12))));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * decade >= least_step * (1.0 - 1e-9)) return factor * decade;
    }
    return 10.0 * decade;
}

double roundTimeStep(double least_step_s) {
    if (least_step_s <= 1.0) return roundStep(least_step_s);
    constexpr std::array kSteps{2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0};
    for (const double step : kSteps) {
        if (step >= least_step_s) return step;
    }
    return 3600.0 * roundStep(least_step_s / 3600.0);
}

QString plainNumber(double value, int decimals) {
    QString text = QString::number(value, 'f', decimals);
    if (text.startsWith('-')) {
        const bool zero = text.mid(1).toDouble() == 0.0;
        text = zero ? text.mid(1) : QChar(0x2212) + text.mid(1);
    }
    return text;
}

QString clockText(double seconds, int decimals) {
    const double unit = std::pow(10.0, decimals);
    auto ticks = std::int64_t(std::llround(std::max(seconds, 0.0) * unit));
    const auto per_s = std::int64_t(unit);
    const auto whole = ticks / per_s;
    ticks %= per_s;
    QString text = QStringLiteral("%1:%2")
                       .arg(whole / 60 % 60, 2, 10, QChar('0'))
                       .arg(whole % 60, 2, 10, QChar('0'));
    if (whole >= 3600) text = QString::number(whole / 3600) + ':' + text;
    if (decimals > 0) text += '.' + QStringLiteral("%1").arg(ticks, decimals, 10, QChar('0'));
    return text;
}

QString lengthText(double seconds) {
    if (seconds < 1.0) return plainNumber(1000.0 * seconds, 0) + QStringLiteral(" ms");
    return plainNumber(seconds, 2) + QStringLiteral(" s");
}

std::vector<double> ticksWithin(double low, double high, double step) {
    std::vector<double> ticks;
    for (double i = std::ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i += 1.0) {
        ticks.push_back(i * step);
    }
    return ticks;
}

}  // namespace doubletalk::ui
