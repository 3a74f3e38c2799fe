// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "engine/core/frames.h"

namespace doubletalk::duplex {

/// How far an item was heard, read off the samples that left the loudspeaker: they are looked for
/// in the item's own audio. Neither provenance nor ledger is asked, so that both can be judged.
/// Thread: the driver's.
class LoudspeakerTruth {
public:
    explicit LoudspeakerTruth(SampleRate rate) : rate_(rate) {}

    /// Frames the loudspeaker has just been given.
    void played(std::span<const float> frames);
    /// What was played until now, kept for a look at it later. fade_ms: the longest ramp at its
    /// end.
    struct Ending {
        std::vector<float> tail;  ///< up to the last sample that is not zero
        double fade_ms = 0.0;
    };
    [[nodiscard]] Ending ending(double fade_ms) const;

    /// Position [ms] in the item's own audio just after the ending's last sample, to a sample; NaN
    /// where it cannot be recognised (silence, concealment). item: at the engine's rate. around_ms:
    /// where the search begins; of places that look the same the nearest is taken.
    [[nodiscard]] double heardMs(const Ending& ending, std::span<const float> item,
                                 double around_ms) const;

private:
    SampleRate rate_;
    std::vector<float> tail_;
};

}  // namespace doubletalk::duplex
