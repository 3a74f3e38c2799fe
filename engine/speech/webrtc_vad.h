// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "engine/speech/vad.h"

namespace doubletalk::speech {

/// The detector inside the WebRTC audio library: Gaussian models of speech and noise in six bands.
/// 8, 16, 32 or 48 kHz. Neither allocates nor locks in process().
/// Ref: webrtc/common_audio/vad. Thread: worker.
class WebrtcVad final : public VoiceActivityDetector {
public:
    [[nodiscard]] std::string_view name() const override { return "webrtc"; }
    /// Errors: usage (another rate, a setting outside its range).
    [[nodiscard]] Result<void> prepare(SampleRate rate, const VadParams& params) override;
    bool process(std::span<const float> block) noexcept override;
    void reset() override;
    void setParams(const VadParams& params) noexcept override;

private:
    struct Free {
        void operator()(void* state) const noexcept;
    };
    void decide() noexcept;

    std::unique_ptr<void, Free> state_;
    SampleRate rate_;
    VadParams params_;
    std::array<std::int16_t, 3 * std::size_t(kMaxBlockFrames)> frame_{};
    std::size_t have_ = 0;
    bool voice_ = false;
};

}  // namespace doubletalk::speech
