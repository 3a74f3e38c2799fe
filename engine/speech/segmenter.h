// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/speech/speech_params.h"

namespace doubletalk::speech {

enum class SegmentChange : std::uint8_t { none, started, ended };

/// Cuts the output into segments of speech: a segment starts pre_roll_ms before voice and ends
/// after end_ms of silence. Audio of the running segment is read with take(), at the latest half a
/// second after it came; what is not taken by then is dropped and counted. Two segments never share
/// a frame. Thread: worker, real-time safe after prepare().
class Segmenter {
public:
    [[nodiscard]] Result<void> prepare(SampleRate rate, const SegmentParams& params);
    /// A pre-roll longer than the prepared one is cut to it.
    void setParams(const SegmentParams& params) noexcept;
    void reset() noexcept;
    SegmentChange process(bool voice, std::span<const float> block) noexcept;
    /// Frames of the running (or just ended) segment not taken yet, oldest first; pre-roll
    /// included.
    int take(std::span<float> out) noexcept;
    [[nodiscard]] bool inSegment() const noexcept { return in_segment_; }
    /// Capture frame (counted from the first process()) of the running or last segment's first
    /// sample, pre-roll included; -1 before the first.
    [[nodiscard]] std::int64_t startFrame() const noexcept { return start_frame_; }
    /// Frames of segments that were not taken in time.
    [[nodiscard]] std::int64_t droppedFrames() const noexcept { return dropped_frames_; }

private:
    void append(std::span<const float> block) noexcept;
    [[nodiscard]] std::int64_t capacity() const noexcept { return std::int64_t(ring_.size()); }
    [[nodiscard]] std::int64_t takeEnd() const noexcept {
        return in_segment_ ? frames_ : end_frame_;
    }

    SampleRate rate_;
    SegmentParams params_;
    int max_pre_roll_ms_ = 0;
    /// The newest frames in 16 bits, what recognition takes; frame f lies at f modulo its size.
    std::vector<std::int16_t> ring_;
    std::int64_t frames_ = 0;        ///< came so far
    std::int64_t take_frame_ = 0;    ///< next to be taken
    std::int64_t start_frame_ = -1;  ///< of the running or last segment
    std::int64_t end_frame_ = 0;     ///< just after the last ended segment
    std::int64_t silent_frames_ = 0;
    std::int64_t dropped_frames_ = 0;
    bool in_segment_ = false;
};

}  // namespace doubletalk::speech
