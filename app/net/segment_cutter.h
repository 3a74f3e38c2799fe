// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/core/result.h"
#include "engine/speech/segmenter.h"
#include "engine/speech/vad.h"

namespace doubletalk::net {

/// A stretch of speech.
struct SpeechSegment {
    std::int64_t start_frame = 0;  ///< from the first sample of the stream
    std::vector<float> samples;
};

/// Cuts a stream of any block size into whole segments of speech, at most 15 s long. Detector and
/// segmenter are the engine's, with their default settings. Thread: any one.
class SegmentCutter {
public:
    [[nodiscard]] Result<void> prepare(int rate_hz);
    void push(std::span<const float> samples, std::vector<SpeechSegment>& out);
    /// Nothing more comes for now: ends a segment without waiting for silence.
    void flush(std::vector<SpeechSegment>& out);
    [[nodiscard]] bool inSegment() const { return segmenter_.inSegment(); }

private:
    void processBlock(std::vector<SpeechSegment>& out);
    void takeSegment();
    void emitSegment(std::vector<SpeechSegment>& out);

    SampleRate rate_;
    std::unique_ptr<speech::VoiceActivityDetector> detector_;
    speech::Segmenter segmenter_;
    std::vector<float> block_;  ///< being filled
    SpeechSegment segment_;
    std::int64_t base_frame_ = 0;  ///< frames before the segmenter's newest reset
    std::int64_t frames_ = 0;      ///< frames since then
};

}  // namespace doubletalk::net
