// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace doubletalk {

/// Seeded random numbers, equal on every machine and library version (std:: distributions are not).
/// Ref: Blackman & Vigna, xoshiro256++ (2019); Marsaglia & Tsang, gamma variates (2000).
class Random {
public:
    explicit Random(std::uint64_t seed = 1);

    [[nodiscard]] std::uint64_t bits() noexcept;
    /// Uniform in [0, 1).
    [[nodiscard]] double uniform() noexcept;
    /// Mean 0, standard deviation 1.
    [[nodiscard]] double normal() noexcept;
    /// Gamma with the given shape (> 0) and scale; mean shape * scale.
    [[nodiscard]] double gamma(double shape, double scale) noexcept;
    [[nodiscard]] bool chance(double probability) noexcept { return uniform() < probability; }

private:
    std::uint64_t state_[4];
    double spare_ = 0.0;
    bool has_spare_ = false;
};

/// A seed for an independent stream, so that adding one consumer never shifts another's numbers.
[[nodiscard]] std::uint64_t deriveSeed(std::uint64_t seed, const char* purpose) noexcept;

}  // namespace doubletalk
