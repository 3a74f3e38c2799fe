// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "engine/core/frames.h"
#include "engine/metrics/distribution.h"

namespace doubletalk::speech {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// What a labelled stretch of sound at the microphone is.
enum class TurnLabel : std::uint8_t { interruption, backchannel, side_speech, cough, echo_only };

/// One labelled event of a scene or session, in frames of the capture clock.
struct LabelledTurn {
    std::int64_t onset_frame = 0;  ///< acoustic onset at the microphone (t_on)
    std::int64_t end_frame = 0;    ///< just after its last sample
    TurnLabel label = TurnLabel::interruption;
};

/// Why an interruption happened that should not have.
enum class FalseCause : std::uint8_t { echo, noise, backchannel, side_speech };
inline constexpr int kFalseCauses = 4;

/// One stop of the assistant with its chain of times, in frames of the capture clock; -1: missing.
struct StopTimes {
    std::int64_t vad_frame = -1;
    std::int64_t decided_frame = -1;
    std::int64_t command_frame = -1;
    std::int64_t flushed_frame = -1;
    std::int64_t silent_frame = -1;
    /// In the item's own audio, from the loudspeaker's own samples; NaN where they do not tell.
    double heard_ms = kMissing;
    double reported_ms = kMissing;           ///< what was reported as heard
    FalseCause evidence = FalseCause::echo;  ///< cause when no labelled event explains it
};

/// A stretch of capture frames that reached recognition.
struct ReceivedSpan {
    std::int64_t start_frame = 0;
    std::int64_t end_frame = 0;
};

struct TurnInput {
    SampleRate rate;
    std::span<const LabelledTurn> turns;
    std::span<const StopTimes> stops;        ///< in their order
    std::span<const ReceivedSpan> received;  ///< in their order
    double assistant_s = 0.0;                ///< [s] the assistant was playing
};

/// The rows of METRICS "Barge-in and turns" that need labels; NaN where there is no data.
struct TurnMetrics {
    metrics::Summary detect_ms;            ///< t_dec - t_on
    metrics::Summary stop_ms;              ///< t_sil - t_on
    metrics::Summary flush_ms;             ///< t_sil - t_cmd, every stop
    metrics::Summary heard_ms;             ///< every stop; what was reported where nobody knows
    metrics::Summary truncation_error_ms;  ///< reported - heard, every stop whose heard is known
    metrics::Summary
        first_word_loss_ms;  ///< speech of an interruption before the first frame received
    double missed_ratio = kMissing;
    double success_ratio = kMissing;
    double false_ratio = kMissing;  ///< of labelled events that are no interruption
    double false_per_min = kMissing;
    std::array<double, kFalseCauses> false_per_min_by_cause{kMissing, kMissing, kMissing, kMissing};
    int interruptions = 0;
    int missed = 0;
    int other_events = 0;
    int false_events = 0;  ///< of other_events
    int false_stops = 0;
};

/// Off-line; deterministic. A stop answers an interruption when it was decided (or, without a
/// decision, commanded) within 2.0 s after its onset; one stop answers one interruption.
[[nodiscard]] TurnMetrics computeTurnMetrics(const TurnInput& input);

}  // namespace doubletalk::speech
