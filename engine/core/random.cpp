// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/random.h"

#include <bit>
#include <cmath>

namespace doubletalk {
namespace {

std::uint64_t splitMix(std::uint64_t& x) noexcept {
    std::uint64_t z = (x += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) {
    for (auto& word : state_) word = splitMix(seed);
}

std::uint64_t Random::bits() noexcept {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

double Random::uniform() noexcept { return double(bits() >> 11) * 0x1.0p-53; }

double Random::normal() noexcept {
    if (has_spare_) {
        has_spare_ = false;
        return spare_;
    }
    double u = 0.0;
    double v = 0.0;
    double s = 0.0;
    do {
        u = 2.0 * uniform() - 1.0;
        v = 2.0 * uniform() - 1.0;
        s = u * u + v * v;
    } while (s >= 1.0 || s == 0.0);
    const double scale = std::sqrt(-2.0 * std::log(s) / s);
    spare_ = v * scale;
    has_spare_ = true;
    return u * scale;
}

double Random::gamma(double shape, double scale) noexcept {
    if (shape < 1.0) {
        const double u = uniform();
        return gamma(shape + 1.0, scale) * std::pow(u > 0.0 ? u : 0x1.0p-53, 1.0 / shape);
    }
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    for (;;) {
        double x = 0.0;
        double v = 0.0;
        do {
            x = normal();
            v = 1.0 + c * x;
        } while (v <= 0.0);
        v = v * v * v;
        const double u = uniform();
        if (std::log(u > 0.0 ? u : 0x1.0p-53) < 0.5 * x * x + d - d * v + d * std::log(v)) {
            return d * v * scale;
        }
    }
}

std::uint64_t deriveSeed(std::uint64_t seed, const char* purpose) noexcept {
    std::uint64_t x = seed;
    for (; *purpose != '\0'; ++purpose) {
        x ^= static_cast<unsigned char>(*purpose);
        x *= 0x100000001b3ULL;
    }
    return splitMix(x);
}

}  // namespace doubletalk
