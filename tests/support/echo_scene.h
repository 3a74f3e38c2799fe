// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "engine/core/frames.h"
#include "engine/echo/canceller.h"
#include "engine/noise/reducer.h"

namespace doubletalk::test {

/// Recorded read speech (pocketsphinx-testdata), several clips in a row, at most seconds long, at
/// about -26 dBFS while it lasts. first chooses the clip to begin with (0..4), so that two talkers
/// differ. Empty when the package is missing.
[[nodiscard]] std::vector<float> speech(SampleRate rate, double seconds, int first = 0);
/// Seeded white noise at this level.
[[nodiscard]] std::vector<float> whiteNoise(std::size_t frames, double level_dbfs,
                                            unsigned long long seed);
/// A seeded random response after delay_ms, decaying by 60 dB in decay_ms, whose energy is
/// -return_loss_db.
[[nodiscard]] std::vector<float> echoPath(SampleRate rate, double delay_ms, double decay_ms,
                                          double return_loss_db, unsigned long long seed);
/// As long as signal.
[[nodiscard]] std::vector<float> convolve(std::span<const float> signal,
                                          std::span<const float> response);
[[nodiscard]] std::vector<float> sum(std::span<const float> a, std::span<const float> b);
/// signal[i - frames], silence before.
[[nodiscard]] std::vector<float> delayed(std::span<const float> signal, int frames);
/// Mean power in dBFS of a stretch in seconds; -200 for silence.
[[nodiscard]] double levelDbfs(std::span<const float> signal, SampleRate rate, double from_s,
                               double to_s);

struct CancellerRun {
    std::vector<float> out;
    std::vector<float> linear;  ///< empty when the engine has none
};
/// Whole blocks of both; edit may change a block's info before it goes in.
using EditInfo = std::function<void(BlockIndex, echo::BlockInfo&)>;
[[nodiscard]] CancellerRun runCanceller(echo::Canceller& canceller, SampleRate rate,
                                        std::span<const float> far, std::span<const float> near,
                                        const EditInfo& edit = {});
[[nodiscard]] std::vector<float> runReducer(noise::NoiseReducer& reducer, SampleRate rate,
                                            std::span<const float> in);
/// The shift of out against in (0..max_frames) where they agree best.
[[nodiscard]] int lagOf(std::span<const float> in, std::span<const float> out, int max_frames);
/// dB lost by talker in out: -20 log10 of the projection, after lag frames (near_loss_db).
[[nodiscard]] double nearLossDb(std::span<const float> talker, std::span<const float> out, int lag,
                                SampleRate rate, double from_s, double to_s);

}  // namespace doubletalk::test
