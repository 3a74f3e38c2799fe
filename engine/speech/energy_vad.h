// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/speech/vad.h"

namespace doubletalk::speech {

/// Voice where the level passes the threshold and stands out from the noise floor; held for 100 ms.
/// The floor falls with every quieter frame and rises by 3 dB a second, so steady noise above the
/// threshold stops counting after some seconds. Any rate. Thread: worker.
class EnergyVad final : public VoiceActivityDetector {
public:
    [[nodiscard]] std::string_view name() const override { return "energy"; }
    /// Errors: usage (a frame length that is not 10, 20 or 30 ms).
    [[nodiscard]] Result<void> prepare(SampleRate rate, const VadParams& params) override;
    bool process(std::span<const float> block) noexcept override;
    void reset() override;
    void setParams(const VadParams& params) noexcept override { params_ = params; }

private:
    void decide(double level_dbfs, int frame_ms) noexcept;

    VadParams params_;
    double floor_dbfs_ = 0.0;
    bool has_floor_ = false;
    double energy_ = 0.0;
    int blocks_ = 0;  ///< in the frame being collected
    int hang_ms_ = 0;
    bool voice_ = false;
};

}  // namespace doubletalk::speech
