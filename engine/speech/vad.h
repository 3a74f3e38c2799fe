// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/speech/speech_params.h"

namespace doubletalk::speech {

/// Voice activity detection. Thread: worker. process() is real-time safe.
class VoiceActivityDetector {
public:
    virtual ~VoiceActivityDetector() = default;
    [[nodiscard]] virtual std::string_view name() const = 0;
    [[nodiscard]] virtual Result<void> prepare(SampleRate rate, const VadParams& params) = 0;
    /// One 10 ms block; frames of frame_ms are collected inside, the last decision is held between.
    virtual bool process(std::span<const float> block) noexcept = 0;
    virtual void reset() = 0;
    virtual void setParams(const VadParams& params) noexcept = 0;
};

}  // namespace doubletalk::speech
