// SPDX-FileCopyrightText: 2026 The Doubletalk authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace doubletalk::ui {

class Theme;

/// The one style sheet of the window, made from the token table. Object properties a widget may set:
/// kind = "field" (button with edge and fill), "interrupt", "primary" (inverse: Run while idle,
/// recording chip), "note", "title", "number", "panel"; low = true (button as high as a field).
[[nodiscard]] QString makeStyleSheet(const Theme& theme);
/// Gives a widget one of these kinds, or "" for none, and restyles it.
void setKind(QWidget& widget, const char* kind);

}  // namespace doubletalk::ui
