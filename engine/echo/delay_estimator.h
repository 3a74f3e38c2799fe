// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk::echo {

enum class DelayStatus : std::uint8_t { searching, locked, outside_window, reference_late };

struct DelayState {
    DelayStatus status = DelayStatus::searching;
    double delay_ms = 0.0;   ///< echo after reference; NaN while nothing is known
    double median_ms = 0.0;  ///< of the last estimates, NaN without any
    double sigma_ms = 0.0;
    double peak_ratio = 0.0;  ///< peak to second peak
    std::int64_t estimates = 0;
};

/// Lag of the correlation peak of reference to microphone, phase transform, -50..+750 ms; usable
/// 0..500. Gives an estimate about every 200 ms of active far end; two consistent ones before lock.
/// Ref: Knapp & Carter 1976 (GCC-PHAT). Thread: worker. process() is real-time safe and may spread
/// one estimate's work over several blocks.
class DelayEstimator {
public:
    DelayEstimator();
    ~DelayEstimator();
    [[nodiscard]] Result<void> prepare(SampleRate rate);
    /// One 10 ms block of both, reference on the capture clock and not yet shifted.
    void process(std::span<const float> reference, std::span<const float> near) noexcept;
    void reset() noexcept;
    [[nodiscard]] DelayState state() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::echo
