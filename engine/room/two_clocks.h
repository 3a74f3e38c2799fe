// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>

namespace doubletalk::room {

/// Loudspeaker and microphone clocks against true time. Positions are computed from the frame
/// number each time, so no error grows. Ref: METRICS, drift_ppm.
class TwoClocks {
public:
    TwoClocks() = default;
    TwoClocks(double loudspeaker_ppm, double microphone_ppm)
        : loudspeaker_(1.0 + loudspeaker_ppm * 1e-6),
          microphone_(1.0 + microphone_ppm * 1e-6),
          agree_(loudspeaker_ppm == microphone_ppm) {}

    /// Both run at the same speed: playback and capture frames are the same.
    [[nodiscard]] bool agree() const noexcept { return agree_; }
    /// Playback frames that pass while this many capture frames do.
    [[nodiscard]] double playbackAt(double capture_frames) const noexcept {
        return agree_ ? capture_frames : capture_frames * loudspeaker_ / microphone_;
    }
    /// Whole playback frames consumed when so many capture frames are complete.
    [[nodiscard]] std::int64_t consumedAt(std::int64_t capture_frames) const noexcept {
        return std::int64_t(std::floor(playbackAt(double(capture_frames))));
    }
    /// Frames of true time at the nominal rate.
    [[nodiscard]] double trueAt(double capture_frames) const noexcept {
        return capture_frames / microphone_;
    }
    [[nodiscard]] double captureAt(double true_frames) const noexcept {
        return true_frames * microphone_;
    }
    [[nodiscard]] bool microphoneExact() const noexcept { return microphone_ == 1.0; }
    [[nodiscard]] double loudspeakerRate(int nominal_hz) const noexcept {
        return nominal_hz * loudspeaker_;
    }

private:
    double loudspeaker_ = 1.0;
    double microphone_ = 1.0;
    bool agree_ = true;
};

}  // namespace doubletalk::room
