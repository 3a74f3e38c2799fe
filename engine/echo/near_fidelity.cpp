// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/echo/near_fidelity.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace doubletalk::echo {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kMostDb = 120.0;

struct Projection {
    double reference_power = 0.0;
    double out_power = 0.0;
    double cross = 0.0;
};

Projection project(std::span<const float> reference, std::span<const float> out) noexcept {
    Projection p;
    const std::size_t n = std::min(reference.size(), out.size());
    for (std::size_t i = 0; i < n; ++i) {
        p.reference_power += double(reference[i]) * double(reference[i]);
        p.out_power += double(out[i]) * double(out[i]);
        p.cross += double(reference[i]) * double(out[i]);
    }
    return p;
}

}  // namespace

double siSdrDb(std::span<const float> reference, std::span<const float> out) noexcept {
    const Projection p = project(reference, out);
    if (p.reference_power <= 0.0) return kMissing;
    const double target = p.cross * p.cross / p.reference_power;
    const double rest = std::max(p.out_power - target, 1e-12 * p.out_power);
    if (target <= 0.0 || rest <= 0.0) return -kMostDb;
    return std::clamp(10.0 * std::log10(target / rest), -kMostDb, kMostDb);
}

double nearLossDb(std::span<const float> reference, std::span<const float> out) noexcept {
    const Projection p = project(reference, out);
    if (p.reference_power <= 0.0) return kMissing;
    if (p.cross <= 0.0) return kMostDb;
    return std::min(-20.0 * std::log10(p.cross / p.reference_power), kMostDb);
}

}  // namespace doubletalk::echo
