// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/frames.h"
#include "engine/core/result.h"
#include "engine/room/two_clocks.h"
#include "engine/room/virtual_room.h"

namespace doubletalk::room {

/// All talkers as the microphone hears them, on the capture clock: reverberation is put on each dry
/// signal beforehand, its active level kept. Thread: one at a time; add() is real-time safe.
class TalkerStage {
public:
    void prepare(SampleRate rate, const TwoClocks& clocks, std::vector<TalkerSignal> talkers);
    /// Talker → microphone response (its direct sound first). The next add() cross-fades from the
    /// old one. Not real-time safe.
    [[nodiscard]] Result<void> setResponse(std::span<const float> response);
    /// Speech from capture frame first on; out is overwritten.
    void speech(std::int64_t first, std::span<float> out) noexcept;

private:
    struct Heard {
        std::int64_t first = 0;  // capture frame
        std::vector<float> samples;
    };
    [[nodiscard]] Result<Heard> hear(const TalkerSignal& talker,
                                     std::span<const float> response) const;
    static void add(const std::vector<Heard>& from, std::int64_t first,
                    std::span<float> out) noexcept;

    SampleRate rate_;
    TwoClocks clocks_;
    std::vector<TalkerSignal> dry_;
    std::vector<Heard> heard_;
    std::vector<Heard> before_;  // until the next block has faded from it
    std::vector<float> fading_;
    bool fade_ = false;
};

}  // namespace doubletalk::room
