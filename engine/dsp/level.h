// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace doubletalk::dsp {

inline constexpr double kSilenceDb = -200.0;  ///< what digital silence reads

/// Mean square of the samples, summed in double; 0 for none.
[[nodiscard]] double meanSquare(std::span<const float> x) noexcept;
/// Largest magnitude.
[[nodiscard]] float peak(std::span<const float> x) noexcept;
/// 10 log10 of a power, not below kSilenceDb.
[[nodiscard]] double powerDb(double power) noexcept;
/// Mean square in dBFS: a full-scale sine reads -3.0.
[[nodiscard]] double levelDbfs(std::span<const float> x) noexcept;
/// Amplitude factor of a level in dB.
[[nodiscard]] double dbToGain(double db) noexcept;
/// Power factor of a level in dB.
[[nodiscard]] double dbToPower(double db) noexcept;

/// Power of 10 ms blocks, smoothed: P[k] = a P[k-1] + (1 - a) p[k], a = exp(-0.1) (time constant
/// 100 ms), started with the first block: the power of all meters. Real-time safe.
class SmoothedPower {
public:
    double add(double block_power) noexcept;
    double add(std::span<const float> block) noexcept { return add(meanSquare(block)); }
    [[nodiscard]] double value() const noexcept { return value_; }
    [[nodiscard]] bool started() const noexcept { return started_; }
    void reset() noexcept { *this = {}; }

private:
    double value_ = 0.0;
    bool started_ = false;
};

}  // namespace doubletalk::dsp
