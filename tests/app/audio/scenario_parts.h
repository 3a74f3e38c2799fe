// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <span>
#include <string>

#include "app/audio/device_status.h"

namespace doubletalk::test {

constexpr int kRateHz = 48000;  ///< of the sound servers and captures

[[nodiscard]] QJsonObject failed(const std::string& what);
void addGaps(QJsonObject& result, const audio::DeviceStatus& status);
/// Jumps of a 1 kHz tone: 10 ms windows whose phase is off the line of the two before by more than
/// 0.05 rad, which is 0.4 frames.
[[nodiscard]] int clicksOfTone(std::span<const float> tone);

/// The microphone's clock runs at rate_hz instead of 48000; what the engine makes of it.
[[nodiscard]] QJsonObject drift(int rate_hz, double seconds);
/// Interrupts again and again; how long it still sounds, and how right the heard position is.
[[nodiscard]] QJsonObject interrupts(bool hard_cut, int rounds);
/// A second output plays a tone; refused on the loudspeaker itself.
[[nodiscard]] QJsonObject monitor();
/// The monitor plays a tap of the running engine, then a track, on a second output.
[[nodiscard]] QJsonObject tap();

}  // namespace doubletalk::test
