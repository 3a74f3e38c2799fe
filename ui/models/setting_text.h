// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <string>
#include <string_view>

#include "engine/params/param_table.h"

namespace doubletalk::duplex {
struct SettingRef;
}

namespace doubletalk::ui {

/// Words of the settings tables as a window shows them. Thread: gui.

/// "echo" → "Echo canceller".
[[nodiscard]] QString groupTitle(std::string_view module);
[[nodiscard]] QString settingLabel(const params::ParamRow& row);
/// "webrtc" of echo.canceller → "WebRTC"; unknown ones as they are.
[[nodiscard]] QString choiceTitle(std::string_view full_name, std::string_view choice);
/// False: this build cannot make it.
[[nodiscard]] bool choiceBuilt(std::string_view full_name, std::string_view choice);
/// Number with the decimals of its step and a true minus; on / off; the choice's title.
[[nodiscard]] QString valueText(const params::ParamRow& row, std::string_view full_name,
                                const params::ParamValue& value);
/// What somebody typed (true minus, decimal comma, unit behind it) as parseParam() reads it.
[[nodiscard]] std::string typedText(const params::ParamRow& row, const QString& typed);
/// Help, range, default and name for a tool tip.
[[nodiscard]] QString settingToolTip(const duplex::SettingRef& ref);
/// One sentence of an error: what and what to do.
[[nodiscard]] QString errorText(const Error& error);
/// value with decimals and a true minus; "–" when not finite.
[[nodiscard]] QString numberText(double value, int decimals);
/// mm:ss.mmm, or h:mm:ss.mmm; decimals 0..3.
[[nodiscard]] QString timeText(double seconds, int decimals = 3);

}  // namespace doubletalk::ui
