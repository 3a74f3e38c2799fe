// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <span>

#include "engine/core/event.h"

namespace doubletalk::ui {

/// An event in words for a table row.
struct EventWords {
    QString kind, value, cause;
};

/// before: the events up to this one, newest last, for what needs an earlier one (stop time, how
/// long something took). rate_hz: of the capture clock. Thread: gui.
[[nodiscard]] EventWords eventWords(const Event& event, std::span<const Event> before, int rate_hz);
/// What a parameter_changed changed: "Suppression 9.0 → 6.0 dB".
[[nodiscard]] QString parameterChangeText(const Event& event);
/// Title of a kind for a filter ("Barge-in").
[[nodiscard]] QString eventKindTitle(EventKind kind);
/// Coloured as a decision: barge-in and interruption.
[[nodiscard]] bool isDecision(EventKind kind);
/// From the first voice of the interruption that made event playback_silent until silence; NaN when
/// the events do not have it. onset: the talker's own onset is known (virtual room).
struct StopTime {
    double stop_ms;   ///< since the onset, or the first voice
    double flush_ms;  ///< since the command
    bool onset = false;
    bool by_hand = false;
};
[[nodiscard]] StopTime stopTime(const Event& silent, std::span<const Event> before, int rate_hz);

}  // namespace doubletalk::ui
