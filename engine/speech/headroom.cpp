// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/speech/headroom.h"

#include <algorithm>
#include <vector>

#include "engine/dsp/level.h"
#include "engine/speech/barge_in.h"
#include "engine/speech/vad_registry.h"

namespace doubletalk::speech {
namespace {

constexpr double kLowestDb = -20.0;
constexpr double kStepDb = 0.25;
constexpr int kSteps = 320;  ///< up to +60 dB

/// Tries one gain after another on the same audio.
class Trial {
public:
    Trial(std::span<const float> residual, SampleRate rate, const VadParams& vad,
          const BargeInParams& barge_in)
        : residual_(residual),
          rate_(rate),
          vad_(vad),
          barge_in_(barge_in),
          block_(std::size_t(rate.blockFrames())) {
        barge_in_.enabled = true;  // what would fire is asked, not what may
    }

    [[nodiscard]] Result<bool> fires(int step) {
        auto detector = createVoiceActivityDetector(vad_.detector);
        if (!detector) return tl::unexpected(detector.error());
        if (auto ok = (*detector)->prepare(rate_, vad_); !ok) return tl::unexpected(ok.error());
        BargeInDetector rule;
        rule.prepare(rate_, barge_in_);
        const auto gain = float(dsp::dbToGain(kLowestDb + kStepDb * step));
        for (std::size_t at = 0; at + block_.size() <= residual_.size(); at += block_.size()) {
            for (std::size_t i = 0; i < block_.size(); ++i) block_[i] = gain * residual_[at + i];
            const bool voice = (*detector)->process(block_);
            if (rule.process(voice, block_, true, true) == BargeInVerdict::fire) return true;
        }
        return false;
    }

private:
    std::span<const float> residual_;
    SampleRate rate_;
    VadParams vad_;
    BargeInParams barge_in_;
    std::vector<float> block_;
};

}  // namespace

Result<double> bargeInHeadroomDb(std::span<const float> residual, SampleRate rate,
                                 const VadParams& vad, const BargeInParams& barge_in) {
    Trial trial(residual, rate, vad, barge_in);
    auto answer = trial.fires(kSteps);
    if (!answer) return tl::unexpected(answer.error());
    int fires = kSteps;
    if (*answer) {
        int silent = -1;  // one below the range: the lowest gain is tried like all others
        while (fires - silent > 1) {
            const int middle = (fires + silent) / 2;
            answer = trial.fires(middle);
            if (!answer) return tl::unexpected(answer.error());
            (*answer ? fires : silent) = middle;
        }
    }
    return kLowestDb + kStepDb * fires;
}

}  // namespace doubletalk::speech
