// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/core/frames.h"
#include "engine/speech/speech_params.h"

namespace doubletalk::speech {

enum class BargeInVerdict : std::uint8_t { none, held, fire };

/// First barge-in rule: voice activity and level above the trigger for min_speech_ms while the
/// assistant plays; held while the canceller is not ready. The level is the mean square of the last
/// 30 ms; gaps of up to 30 ms inside a stretch are bridged, but do not count as speech.
/// Thread: worker. Real-time safe.
class BargeInDetector {
public:
    void prepare(SampleRate rate, const BargeInParams& params);
    void setParams(const BargeInParams& params) noexcept;
    void reset() noexcept;
    /// One block: voice decision and samples of the canceller's output after noise reduction.
    /// Fires once per stretch of voice; held is returned once per stretch too, and a held stretch
    /// fires when the canceller becomes ready while it lasts.
    BargeInVerdict process(bool voice, std::span<const float> block, bool assistant_plays,
                           bool canceller_ready) noexcept;
    /// First block of the stretch under examination, counted in calls to process(); -1 without one.
    [[nodiscard]] std::int64_t stretchStart() const noexcept { return stretch_start_; }

private:
    static constexpr int kLevelBlocks = 3;

    [[nodiscard]] double smoothedPower(std::span<const float> block) noexcept;
    /// Carries the stretch on by one block; false when there is none.
    bool follow(bool active) noexcept;
    void endStretch() noexcept;

    BargeInParams params_;
    double trigger_power_ = 0.0;
    std::array<double, kLevelBlocks> powers_{};
    std::int64_t calls_ = 0;
    std::int64_t stretch_start_ = -1;
    int gap_blocks_ = 0;
    int voiced_blocks_ = 0;
    bool fired_ = false;
    bool held_ = false;
};

}  // namespace doubletalk::speech
