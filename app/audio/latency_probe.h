// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include "engine/device/audio_device.h"

namespace doubletalk::audio {

struct LatencyOptions {
    int chirps = 10;             ///< 3..100, one each 500 ms
    double level_dbfs = -12.0;   ///< of the chirp's peak
    double longest_ms = 450.0;   ///< round trips beyond are not found
    /// Called a few times a second with 0..1; false ends the measurement.
    std::function<bool(double)> progress;
};

/// Round trip: from exchange() handing a frame over to exchange() bringing it back.
struct LatencyReport {
    int sent = 0, found = 0;
    double median_ms = 0.0;
    double spread_ms = 0.0;       ///< largest less smallest
    double confidence_ratio = 0;  ///< median of the correlation coefficients, 0..1
    std::vector<double> trips_ms;
};

/// Plays chirps (200-6000 Hz, 100 ms, Hann) and finds them in what comes back. The device must be
/// open and not started; it is stopped afterwards. Errors: those of the device, usage, and
/// not_found when too little comes back, with what to do. Blocks for its duration.
/// Ref: Farina 2000 (swept sine); matched filter with normalised correlation.
[[nodiscard]] Result<LatencyReport> measureLatency(device::AudioDevice& device,
                                                   const LatencyOptions& options);

}  // namespace doubletalk::audio
