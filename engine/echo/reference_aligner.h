// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

#include "engine/core/frames.h"
#include "engine/core/result.h"

namespace doubletalk::echo {

/// Keeps the raw playback frames and reads them back on the capture clock: at the map's ratio
/// (windowed-sinc interpolation, exact copy at ratio 1 and whole positions), once unshifted (for
/// the delay search and the meters) and once shifted by a whole number of samples (for the
/// canceller). Thread: worker. Real-time safe after prepare().
class ReferenceAligner {
public:
    ReferenceAligner();
    ~ReferenceAligner();
    /// history_ms of the past stay readable (at least 100).
    [[nodiscard]] Result<void> prepare(SampleRate rate, int history_ms);
    /// Raw frames as they were handed to the loudspeaker, playback clock.
    void push(std::span<const float> playback) noexcept;
    /// out[i] = playback signal at position start + i * ratio - shift; silence where unknown.
    /// (negative shift reads newer frames). Returns false when part of it was not there: newer than
    /// what was pushed (between samples the 16 frames after count too) or older than the history.
    /// Before the start lies silence, which is known.
    bool read(double start, double ratio, double shift_frames, std::span<float> out) noexcept;
    [[nodiscard]] std::int64_t pushedFrames() const noexcept;
    void reset() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace doubletalk::echo
